import { type Token, tokenize } from './sql-lexer.ts';
import { likeTest } from './sql-like.ts';

/** A value in a filter; undefined is SQL's unknown: a missing property or a result that has one in it. */
export type SqlValue = string | number | boolean | undefined;

/** Looks a property up. `scope` is `sys` or `user`. */
type Lookup = (scope: 'sys' | 'user', name: string) => SqlValue;

type Expression = (lookup: Lookup) => SqlValue;

/**
 * Compiles a SQL filter; the result says whether a message passes, which it does only when the
 * condition is true, not unknown (https://learn.microsoft.com/azure/service-bus-messaging/service-bus-messaging-sql-filter).
 * Throws SyntaxError.
 */
export function compileSqlFilter(text: string): (lookup: Lookup) => boolean {
  const parser = new Parser(tokenize(text));
  const condition = parser.condition();
  parser.end();
  return lookup => condition(lookup) === true;
}

const comparisons: Readonly<Record<string, (order: number) => boolean>> = {
  '=': order => order === 0,
  '<>': order => order !== 0,
  '!=': order => order !== 0,
  '<': order => order < 0,
  '<=': order => order <= 0,
  '>': order => order > 0,
  '>=': order => order >= 0,
};

const arithmetic: Readonly<Record<string, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
};

/** A recursive descent parser: each method reads one level of precedence and returns a closure. */
class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  condition(): Expression {
    let left = this.#conjunction();
    while (this.#takeWord('OR')) left = or(left, this.#conjunction());
    return left;
  }

  end(): void {
    if (this.#peek().kind !== 'end') this.#fail();
  }

  #conjunction(): Expression {
    let left = this.#negation();
    while (this.#takeWord('AND')) left = and(left, this.#negation());
    return left;
  }

  #negation(): Expression {
    if (!this.#takeWord('NOT')) return this.#predicate();
    return not(this.#negation());
  }

  #predicate(): Expression {
    if (this.#takeWord('EXISTS')) return this.#exists();
    const left = this.#sum();
    const symbol = this.#peek();
    const test = symbol.kind === 'symbol' ? comparisons[symbol.value] : undefined;
    if (test !== undefined) {
      this.#at += 1;
      return compare(left, this.#sum(), test);
    }
    if (this.#takeWord('IS')) {
      const negated = this.#takeWord('NOT');
      this.#expectWord('NULL');
      return lookup => (left(lookup) === undefined) !== negated;
    }
    const negated = this.#takeWord('NOT');
    if (this.#takeWord('IN')) return negated ? not(this.#in(left)) : this.#in(left);
    if (this.#takeWord('LIKE')) return negated ? not(this.#like(left)) : this.#like(left);
    if (negated) this.#fail();
    return left;
  }

  #exists(): Expression {
    this.#expect('(');
    const property = this.#property();
    this.#expect(')');
    return lookup => property(lookup) !== undefined;
  }

  #in(left: Expression): Expression {
    this.#expect('(');
    let found = compare(left, this.#sum(), order => order === 0);
    while (this.#take(','))
      found = or(
        found,
        compare(left, this.#sum(), order => order === 0),
      );
    this.#expect(')');
    return found;
  }

  #like(left: Expression): Expression {
    const pattern = this.#sum();
    const escapeBy = this.#takeWord('ESCAPE') ? this.#sum() : undefined;
    return lookup => {
      const value = left(lookup);
      const like = pattern(lookup);
      const escapeWith = escapeBy?.(lookup);
      if (typeof value !== 'string' || typeof like !== 'string') return undefined;
      return likeTest(like, typeof escapeWith === 'string' ? escapeWith : undefined)(value);
    };
  }

  #sum(): Expression {
    let left = this.#product();
    for (let op = this.#takeOneOf('+-'); op !== undefined; op = this.#takeOneOf('+-')) {
      left = calculate(left, this.#product(), op);
    }
    return left;
  }

  #product(): Expression {
    let left = this.#unary();
    for (let op = this.#takeOneOf('*/%'); op !== undefined; op = this.#takeOneOf('*/%')) {
      left = calculate(left, this.#unary(), op);
    }
    return left;
  }

  #unary(): Expression {
    if (this.#take('-')) return calculate(() => 0, this.#unary(), '-');
    if (this.#take('+')) return this.#unary();
    if (this.#take('(')) {
      const inner = this.condition();
      this.#expect(')');
      return inner;
    }
    return this.#literal() ?? this.#property();
  }

  #literal(): Expression | undefined {
    const token = this.#peek();
    if (token.kind === 'number' || token.kind === 'string') {
      this.#at += 1;
      return () => token.value;
    }
    if (this.#takeWord('TRUE')) return () => true;
    if (this.#takeWord('FALSE')) return () => false;
    if (this.#takeWord('NULL')) return () => undefined;
    return undefined;
  }

  #property(): Expression {
    const first = this.#name();
    if (first.toLowerCase() === 'property' && this.#take('(')) {
      const name = this.#name();
      this.#expect(')');
      return lookup => lookup('user', name);
    }
    const scope = first.toLowerCase();
    if ((scope === 'sys' || scope === 'user') && this.#take('.')) {
      const name = this.#name();
      return lookup => lookup(scope, name);
    }
    return lookup => lookup('user', first);
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

  #take(symbol: string): boolean {
    const token = this.#peek();
    if (token.kind !== 'symbol' || token.value !== symbol) return false;
    this.#at += 1;
    return true;
  }

  #takeOneOf(symbols: string): string | undefined {
    return [...symbols].find(symbol => this.#take(symbol));
  }

  #takeWord(word: string): boolean {
    const token = this.#peek();
    if (token.kind !== 'name' || token.quoted || token.value.toUpperCase() !== word) return false;
    this.#at += 1;
    return true;
  }

  #expect(symbol: string): void {
    if (!this.#take(symbol)) this.#fail();
  }

  #expectWord(word: string): void {
    if (!this.#takeWord(word)) this.#fail();
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
    const a = left(lookup);
    const b = right(lookup);
    if (a === undefined || b === undefined || typeof a !== typeof b) return undefined;
    return test(a < b ? -1 : a > b ? 1 : 0);
  };
}

function calculate(left: Expression, right: Expression, symbol: string): Expression {
  return lookup => {
    const a = left(lookup);
    const b = right(lookup);
    if (symbol === '+' && typeof a === 'string' && typeof b === 'string') return a + b;
    if (typeof a !== 'number' || typeof b !== 'number') return undefined;
    return arithmetic[symbol]?.(a, b);
  };
}
