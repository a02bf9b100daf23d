import { randomUUID } from 'node:crypto';
import { likeTest } from '../../like.ts';
import { type Token, tokenize } from './lexer.ts';
import { systemProperty } from './system-properties.ts';
import { calculate, order, type SqlValue } from './values.ts';

/** Looks a property up. `scope` is `sys` or `user`. Throws EvaluationError for a system property that is none. */
export type Lookup = (scope: Scope, name: string) => SqlValue;
export type Scope = 'sys' | 'user';

export type Expression = (lookup: Lookup) => SqlValue;

/** Values for the `@name`s of an expression. */
export type Parameters = Readonly<Record<string, SqlValue>>;

const comparisons: Readonly<Record<string, (order: number) => boolean>> = {
  '=': order => order === 0,
  '<>': order => order !== 0,
  '!=': order => order !== 0,
  '<': order => order < 0,
  '<=': order => order <= 0,
  '>': order => order > 0,
  '>=': order => order >= 0,
};

/** A recursive descent parser: each method reads one level of precedence and returns a closure. */
export class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;

  readonly #parameters: Parameters;

  /** Throws SyntaxError when the text has characters that no token begins with. */
  constructor(text: string, parameters: Parameters) {
    this.#tokens = tokenize(text);
    this.#parameters = parameters;
  }

  condition(): Expression {
    let left = this.#conjunction();
    while (this.takeWord('OR')) left = or(left, this.#conjunction());
    return left;
  }

  end(): void {
    if (!this.atEnd()) this.#fail();
  }

  atEnd(): boolean {
    return this.#peek().kind === 'end';
  }

  #conjunction(): Expression {
    let left = this.#negation();
    while (this.takeWord('AND')) left = and(left, this.#negation());
    return left;
  }

  #negation(): Expression {
    if (!this.takeWord('NOT')) return this.#predicate();
    return not(this.#negation());
  }

  #predicate(): Expression {
    if (this.takeWord('EXISTS')) return this.#exists();
    const left = this.#sum();
    const symbol = this.#peek();
    const test = symbol.kind === 'symbol' ? comparisons[symbol.value] : undefined;
    if (test !== undefined) {
      this.#at += 1;
      return compare(left, this.#sum(), test);
    }
    if (this.takeWord('IS')) {
      const negated = this.takeWord('NOT');
      this.expectWord('NULL');
      return lookup => (left(lookup) == null) !== negated;
    }
    const negated = this.takeWord('NOT');
    if (this.takeWord('IN')) return negated ? not(this.#in(left)) : this.#in(left);
    if (this.takeWord('LIKE')) return negated ? not(this.#like(left)) : this.#like(left);
    if (negated) this.#fail();
    return left;
  }

  #exists(): Expression {
    this.expect('(');
    const { scope, name } = this.property();
    this.expect(')');
    return lookup => lookup(scope, name) !== undefined;
  }

  #in(left: Expression): Expression {
    this.expect('(');
    let found = compare(left, this.#sum(), order => order === 0);
    while (this.take(','))
      found = or(
        found,
        compare(left, this.#sum(), order => order === 0),
      );
    this.expect(')');
    return found;
  }

  #like(left: Expression): Expression {
    const pattern = this.#sum();
    const escapeBy = this.takeWord('ESCAPE') ? this.#sum() : undefined;
    return lookup => {
      const value = left(lookup);
      const like = pattern(lookup);
      const escapeWith = escapeBy?.(lookup);
      if (typeof value !== 'string' || typeof like !== 'string') return undefined;
      return likeTest(like, { escapeBy: typeof escapeWith === 'string' ? escapeWith : undefined })(value);
    };
  }

  #sum(): Expression {
    let left = this.#product();
    for (let op = this.#takeOneOf('+-'); op !== undefined; op = this.#takeOneOf('+-')) {
      left = arithmetic(op, left, this.#product());
    }
    return left;
  }

  #product(): Expression {
    let left = this.#unary();
    for (let op = this.#takeOneOf('*/%'); op !== undefined; op = this.#takeOneOf('*/%')) {
      left = arithmetic(op, left, this.#unary());
    }
    return left;
  }

  #unary(): Expression {
    if (this.take('-')) return arithmetic('-', () => 0n, this.#unary());
    if (this.take('+')) return this.#unary();
    if (this.take('(')) {
      const inner = this.condition();
      this.expect(')');
      return inner;
    }
    return this.#constant() ?? this.#call() ?? this.#value();
  }

  #value(): Expression {
    const { scope, name } = this.property();
    return lookup => lookup(scope, name);
  }

  /** `newid()`, and `property(name)` or `p(name)` for names that come as texts. */
  #call(): Expression | undefined {
    const [name, bracket] = [this.#peek(), this.#tokens[this.#at + 1]];
    if (name.kind !== 'name' || name.quoted || bracket?.kind !== 'symbol' || bracket.value !== '(')
      return undefined;
    this.#at += 2;
    const callee = name.value.toLowerCase();
    if (callee === 'newid') {
      this.expect(')');
      return () => Buffer.from(randomUUID().replaceAll('-', ''), 'hex');
    }
    if (callee !== 'property' && callee !== 'p') return this.#fail();
    const argument = this.#sum();
    this.expect(')');
    return lookup => {
      const property = argument(lookup);
      return typeof property === 'string' ? lookup('user', property) : undefined;
    };
  }

  #constant(): Expression | undefined {
    const token = this.#peek();
    if (token.kind === 'number' || token.kind === 'string') {
      this.#at += 1;
      return () => token.value;
    }
    if (token.kind === 'parameter') {
      this.#at += 1;
      const value = this.#parameters[token.value];
      if (value === undefined) throw new SyntaxError(`The parameter '${token.value}' has no value.`);
      return () => value;
    }
    if (this.takeWord('TRUE')) return () => true;
    if (this.takeWord('FALSE')) return () => false;
    if (this.takeWord('NULL')) return () => null;
    return undefined;
  }

  /** A property with its scope, the user's when none is given. */
  property(): { scope: Scope; name: string } {
    const first = this.#name();
    const scope = first.toLowerCase();
    if ((scope !== 'sys' && scope !== 'user') || !this.take('.')) return { scope: 'user', name: first };
    const name = this.#name();
    if (scope === 'sys') systemProperty(name);
    return { scope, name };
  }

  #name(): string {
    const token = this.#peek();
    if (token.kind !== 'name') return this.#fail();
    this.#at += 1;
    return token.value;
  }

  #peek(): Token {
    return this.#tokens[this.#at] ?? { kind: 'end' };
  }

  take(symbol: string): boolean {
    const token = this.#peek();
    if (token.kind !== 'symbol' || token.value !== symbol) return false;
    this.#at += 1;
    return true;
  }

  #takeOneOf(symbols: string): string | undefined {
    return [...symbols].find(symbol => this.take(symbol));
  }

  takeWord(word: string): boolean {
    const token = this.#peek();
    if (token.kind !== 'name' || token.quoted || token.value.toUpperCase() !== word) return false;
    this.#at += 1;
    return true;
  }

  expect(symbol: string): void {
    if (!this.take(symbol)) this.#fail();
  }

  expectWord(word: string): void {
    if (!this.takeWord(word)) this.#fail();
  }

  #fail(): never {
    const token = this.#peek();
    const found = token.kind === 'end' ? 'the end' : `'${token.value}'`;
    throw new SyntaxError(`Unexpected ${found} as part ${this.#at + 1} of the expression.`);
  }
}

function and(left: Expression, right: Expression): Expression {
  return lookup => {
    const a = left(lookup);
    if (a === false) return false;
    const b = right(lookup);
    return b === false ? false : a === true && b === true ? true : undefined;
  };
}

function or(left: Expression, right: Expression): Expression {
  return lookup => {
    const a = left(lookup);
    if (a === true) return true;
    const b = right(lookup);
    return b === true ? true : a === false && b === false ? false : undefined;
  };
}

function not(inner: Expression): Expression {
  return lookup => {
    const value = inner(lookup);
    return typeof value === 'boolean' ? !value : undefined;
  };
}

function compare(left: Expression, right: Expression, test: (order: number) => boolean): Expression {
  return lookup => {
    const difference = order(left(lookup), right(lookup));
    return difference === undefined ? undefined : test(difference);
  };
}

function arithmetic(symbol: string, left: Expression, right: Expression): Expression {
  return lookup => calculate(symbol, left(lookup), right(lookup));
}
