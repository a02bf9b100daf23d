import { readFileSync } from 'node:fs';
import { Environment, type Expression } from './environment.ts';
import { parseCondition, parseExpression, parseFor, parseString } from './expressions.ts';
import { Scanner } from './scanner.ts';

export type Declaration =
  | { readonly kind: 'param'; readonly name: string; readonly fallback: Expression | undefined }
  | { readonly kind: 'var' | 'output'; readonly name: string; readonly value: Expression }
  | {
      readonly kind: 'resource';
      readonly name: string;
      readonly type: string;
      readonly existing: boolean;
      readonly turns: Expression;
    }
  | { readonly kind: 'module'; readonly name: string; readonly path: string; readonly turns: Expression }
  | { readonly kind: 'import'; readonly names: readonly string[]; readonly path: string }
  | { readonly kind: 'using'; readonly path: string };

/** One turn of a resource or module: whether it is deployed, and its body when that is asked for. */
export type Turn = { readonly isDeployed: () => boolean; readonly body: () => Record<string, unknown> };

const parsed = new Map<string, readonly Declaration[]>();

/** The declarations of a `.bicep` or `.bicepparam` file. Throws with the line where it cannot be read. */
export function parseFile(path: string): readonly Declaration[] {
  const source = readFileSync(path, 'utf8');
  const key = `${path}\n${source}`;
  const known = parsed.get(key);
  if (known !== undefined) return known;
  try {
    const declarations = parseDeclarations(new Scanner(source));
    parsed.set(key, declarations);
    return declarations;
  } catch (error) {
    throw new Error(`${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function parseDeclarations(scanner: Scanner): readonly Declaration[] {
  const declarations: Declaration[] = [];
  for (scanner.lines(); scanner.peek().kind !== 'end'; scanner.lines()) {
    if (scanner.take('@')) {
      parseExpression(scanner);
      continue;
    }
    const word = scanner.next().text;
    const read = statements[word];
    if (read === undefined) return scanner.fail(`a statement that is not known here: ${word}`);
    const declaration = read(scanner);
    if (declaration !== undefined) declarations.push(declaration);
  }
  return declarations;
}

const statements: Readonly<Record<string, (scanner: Scanner) => Declaration | undefined>> = {
  targetScope: skipValue,
  metadata: skipValue,
  type: scanner => {
    scanner.next();
    scanner.expect('=');
    return skipType(scanner);
  },
  using: scanner => ({ kind: 'using', path: textOf(scanner) }),
  import: scanner => {
    const names: string[] = [];
    scanner.expect('{');
    while (!scanner.take('}')) {
      names.push(scanner.next().text);
      scanner.take(',');
    }
    scanner.expect('from');
    return { kind: 'import', names, path: textOf(scanner) };
  },
  param: scanner => {
    const name = scanner.next().text;
    if (!scanner.take('=')) skipType(scanner);
    else return { kind: 'param', name, fallback: parseExpression(scanner) };
    return { kind: 'param', name, fallback: scanner.take('=') ? parseExpression(scanner) : undefined };
  },
  var: scanner => ({ kind: 'var', name: scanner.next().text, value: valueAfterSign(scanner) }),
  output: scanner => {
    const name = scanner.next().text;
    skipType(scanner);
    return { kind: 'output', name, value: valueAfterSign(scanner) };
  },
  func: parseFunction,
  resource: scanner => {
    const name = scanner.next().text;
    const type = textOf(scanner);
    return { kind: 'resource', name, type, existing: scanner.take('existing'), turns: parseTurns(scanner) };
  },
  module: scanner => {
    const name = scanner.next().text;
    return { kind: 'module', name, path: textOf(scanner), turns: parseTurns(scanner) };
  },
};

function skipValue(scanner: Scanner): undefined {
  while (!scanner.take('=')) scanner.next();
  parseExpression(scanner);
}

/** Goes past a type: to the `=` after it or the end of its line, outside of brackets. */
function skipType(scanner: Scanner): undefined {
  let depth = 0;
  for (let token = scanner.peek(); token.kind !== 'end'; token = scanner.peek()) {
    const isOutside = depth === 0 && token.kind !== 'string';
    if (isOutside && (token.kind === 'line' || token.text === '=')) return;
    if (token.kind === 'string') parseString(scanner);
    else scanner.next();
    depth += depthOf(token.text);
  }
}

function depthOf(text: string): number {
  if (['{', '(', '[', '[?'].includes(text)) return 1;
  return ['}', ')', ']'].includes(text) ? -1 : 0;
}

function valueAfterSign(scanner: Scanner): Expression {
  scanner.expect('=');
  return parseExpression(scanner);
}

function textOf(scanner: Scanner): string {
  return String(parseString(scanner)(new Environment()));
}

function parseFunction(scanner: Scanner): Declaration {
  const name = scanner.next().text;
  scanner.expect('(');
  const names: string[] = [];
  for (let depth = 0; depth >= 0; ) {
    names.push(scanner.next().text);
    for (;;) {
      const { text } = scanner.next();
      if (text === '(' || text === '{' || text === '[') depth += 1;
      if (text === ')' || text === '}' || text === ']') depth -= 1;
      if (depth < 0 || (depth === 0 && text === ',')) break;
    }
  }
  while (!scanner.take('=>')) scanner.next();
  scanner.lines();
  const body = parseExpression(scanner);
  const value: Expression =
    environment =>
    (...values: unknown[]) =>
      body(environment.with(Object.fromEntries(names.map((own, index) => [own, values[index]]))));
  return { kind: 'var', name, value };
}

/** A body, one under a condition, or a loop of such: always evaluated to a turn or a list of turns. */
function parseTurns(scanner: Scanner): Expression {
  scanner.expect('=');
  if (scanner.peek().text !== '[') return parseTurn(scanner);
  scanner.next();
  scanner.lines();
  return parseFor(scanner, parseTurn);
}

function parseTurn(scanner: Scanner): Expression {
  const condition = parseCondition(scanner);
  const body = parseExpression(scanner);
  return (environment): Turn => ({
    isDeployed: () => condition(environment) === true,
    body: () => body(environment) as Record<string, unknown>,
  });
}
