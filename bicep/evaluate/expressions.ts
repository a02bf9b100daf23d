import type { Environment, Expression } from './environment.ts';
import { builtIn } from './functions.ts';
import type { Scanner } from './scanner.ts';
import { isEqual, memberOf } from './values.ts';

type Binary = (left: () => unknown, right: () => unknown) => unknown;

const arithmetic =
  (work: (left: number, right: number) => unknown): Binary =>
  (left, right) =>
    work(Number(left()), Number(right()));

/** Operators by how tightly they bind, loosest first. */
const OPERATORS: readonly Readonly<Record<string, Binary>>[] = [
  { '??': (left, right) => left() ?? right() },
  { '||': (left, right) => left() === true || right() === true },
  { '&&': (left, right) => left() === true && right() === true },
  { '==': (left, right) => isEqual(left(), right()), '!=': (left, right) => !isEqual(left(), right()) },
  {
    '<': arithmetic((left, right) => left < right),
    '>': arithmetic((left, right) => left > right),
    '<=': arithmetic((left, right) => left <= right),
    '>=': arithmetic((left, right) => left >= right),
  },
  { '+': arithmetic((left, right) => left + right), '-': arithmetic((left, right) => left - right) },
  { '*': arithmetic((left, right) => left * right), '%': arithmetic((left, right) => left % right) },
];

/** Parses one expression. Line ends before `?`, `:` and operators belong to it. */
export function parseExpression(scanner: Scanner): Expression {
  const condition = parseOperators(scanner, 0);
  if (!takeAcrossLines(scanner, '?')) return condition;
  scanner.lines();
  const yes = parseExpression(scanner);
  if (!takeAcrossLines(scanner, ':')) scanner.fail('expected :');
  scanner.lines();
  const no = parseExpression(scanner);
  return environment => (condition(environment) === true ? yes(environment) : no(environment));
}

function parseOperators(scanner: Scanner, level: number): Expression {
  const operators = OPERATORS[level];
  if (operators === undefined) return parseUnary(scanner);
  let left = parseOperators(scanner, level + 1);
  for (;;) {
    const sign = Object.keys(operators).find(text => takeAcrossLines(scanner, text));
    const work = sign === undefined ? undefined : operators[sign];
    if (work === undefined) return left;
    scanner.lines();
    const [first, second] = [left, parseOperators(scanner, level + 1)];
    left = environment =>
      work(
        () => first(environment),
        () => second(environment),
      );
  }
}

function takeAcrossLines(scanner: Scanner, text: string): boolean {
  const before = scanner.position;
  scanner.lines();
  if (scanner.take(text)) return true;
  scanner.position = before;
  return false;
}

function parseUnary(scanner: Scanner): Expression {
  if (scanner.take('!')) {
    const inner = parseUnary(scanner);
    return environment => inner(environment) !== true;
  }
  if (scanner.take('-')) {
    const inner = parseUnary(scanner);
    return environment => -Number(inner(environment));
  }
  return parseMembers(scanner, parsePrimary(scanner));
}

function parseMembers(scanner: Scanner, start: Expression): Expression {
  let target = start;
  for (;;) {
    const from = target;
    if (scanner.take('!')) continue;
    const safe = scanner.take('.?');
    if (safe || scanner.take('.')) {
      const name = scanner.next().text;
      if (scanner.take('(')) {
        const values = parseList(scanner, ')');
        target = environment => call(name, values, environment);
      } else target = environment => memberOf(from(environment), name, safe);
      continue;
    }
    const safeIndex = scanner.take('[?');
    if (!safeIndex && !scanner.take('[')) return target;
    const index = parseExpression(scanner);
    scanner.expect(']');
    target = environment => memberOf(from(environment), index(environment), safeIndex);
  }
}

function parsePrimary(scanner: Scanner): Expression {
  const token = scanner.peek();
  if (token.kind === 'string') return parseString(scanner);
  if (token.kind === 'mark') {
    if (token.text === '{') return parseObject(scanner);
    if (token.text === '[') return parseArray(scanner);
    if (token.text === '(') return parseParentheses(scanner);
    scanner.fail('expected a value');
  }
  scanner.next();
  if (token.kind === 'number') return () => Number(token.text);
  if (token.kind !== 'name') scanner.fail('expected a value');
  if (token.text === 'true') return () => true;
  if (token.text === 'false') return () => false;
  if (token.text === 'null') return () => null;
  if (scanner.take('=>')) return parseLambda(scanner, [token.text]);
  if (scanner.take('(')) {
    const values = parseList(scanner, ')');
    return environment => call(token.text, values, environment);
  }
  return environment => (token.text === 'az' && !environment.has('az') ? {} : environment.get(token.text));
}

function call(name: string, values: readonly Expression[], environment: Environment): unknown {
  const evaluated = values.map(value => value(environment));
  const own = environment.has(name) ? environment.get(name) : undefined;
  return typeof own === 'function' ? own(...evaluated) : builtIn(name, evaluated, environment);
}

/** Reads a string with its `${…}`; three quotes begin one that is taken as it stands. */
export function parseString(scanner: Scanner): Expression {
  const { text: quote } = scanner.next();
  const { source } = scanner;
  if (quote === "'''") {
    const end = source.indexOf("'''", scanner.position);
    const text = source.slice(scanner.position, end).replace(/^\r?\n/, '');
    scanner.position = end + 3;
    return () => text;
  }
  const parts: Expression[] = [];
  let text = '';
  const flush = (): void => {
    const part = text;
    if (part !== '') parts.push(() => part);
    text = '';
  };
  for (;;) {
    const character = source[scanner.position];
    if (character === undefined || character === '\n') scanner.fail('a string without an end');
    if (character === "'") break;
    if (character === '\\') {
      text += unescaped(source[scanner.position + 1] ?? '');
      scanner.position += 2;
    } else if (source.startsWith('${', scanner.position)) {
      flush();
      scanner.position += 2;
      parts.push(parseExpression(scanner));
      scanner.expect('}');
    } else {
      text += character;
      scanner.position += 1;
    }
  }
  scanner.position += 1;
  flush();
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) return environment => String(only(environment));
  return environment => parts.map(part => String(part(environment))).join('');
}

function unescaped(character: string): string {
  return { n: '\n', r: '\r', t: '\t' }[character] ?? character;
}

function parseObject(scanner: Scanner): Expression {
  scanner.expect('{');
  const entries: ((target: Record<string, unknown>, environment: Environment) => void)[] = [];
  for (separators(scanner); !scanner.take('}'); separators(scanner)) {
    if (scanner.take('...')) {
      const spread = parseExpression(scanner);
      entries.push((target, environment) => Object.assign(target, spread(environment)));
      continue;
    }
    const key = scanner.peek().kind === 'string' ? parseString(scanner) : nameOf(scanner.next().text);
    scanner.expect(':');
    const value = parseExpression(scanner);
    entries.push((target, environment) => {
      target[String(key(environment))] = value(environment) ?? null;
    });
  }
  return environment => {
    const target: Record<string, unknown> = {};
    for (const entry of entries) entry(target, environment);
    return target;
  };
}

function nameOf(text: string): Expression {
  return () => text;
}

function separators(scanner: Scanner): void {
  scanner.lines();
  while (scanner.take(',')) scanner.lines();
}

function parseArray(scanner: Scanner): Expression {
  scanner.expect('[');
  scanner.lines();
  if (scanner.peek().text === 'for') return parseFor(scanner, parseExpression);
  const items = parseList(scanner, ']');
  return environment => items.map(item => item(environment));
}

/** `for x in xs: …`, `for (x, i) in xs: …`, up to the closing bracket. */
export function parseFor(scanner: Scanner, parseBody: (scanner: Scanner) => Expression): Expression {
  scanner.expect('for');
  const names: string[] = [];
  if (scanner.take('(')) {
    while (!scanner.take(')')) {
      names.push(scanner.next().text);
      scanner.take(',');
    }
  } else names.push(scanner.next().text);
  scanner.expect('in');
  const source = parseExpression(scanner);
  scanner.expect(':');
  scanner.lines();
  const body = parseBody(scanner);
  scanner.lines();
  scanner.expect(']');
  return environment => {
    const items = source(environment);
    if (!Array.isArray(items)) throw new Error(`a loop over ${JSON.stringify(items)}`);
    return items.map((item: unknown, index) =>
      body(environment.with({ [names[0] ?? '_']: item, [names[1] ?? '_index']: index })),
    );
  };
}

function parseList(scanner: Scanner, close: string): Expression[] {
  const items: Expression[] = [];
  for (separators(scanner); !scanner.take(close); separators(scanner)) items.push(parseExpression(scanner));
  return items;
}

function parseParentheses(scanner: Scanner): Expression {
  const lambda = /^\(([\w\s,]*)\)\s*=>/.exec(scanner.source.slice(scanner.peek().start));
  if (lambda !== null) {
    scanner.position = scanner.peek().start + lambda[0].length;
    return parseLambda(
      scanner,
      (lambda[1] ?? '').split(',').map(name => name.trim()),
    );
  }
  scanner.expect('(');
  scanner.lines();
  const inner = parseExpression(scanner);
  scanner.lines();
  scanner.expect(')');
  return inner;
}

function parseLambda(scanner: Scanner, names: readonly string[]): Expression {
  scanner.lines();
  const body = parseExpression(scanner);
  return environment =>
    (...values: unknown[]) =>
      body(environment.with(Object.fromEntries(names.map((name, index) => [name, values[index]]))));
}

/** Parses `if (…)` before a body; true without one. */
export function parseCondition(scanner: Scanner): Expression {
  if (!scanner.take('if')) return () => true;
  const condition = parsePrimary(scanner);
  return condition;
}
