import type { BinaryOperator, Expression, Query } from './ast.ts';
import type { TokenStream } from './token-stream.ts';

/** Reads a nested query after its opening parenthesis; given by parse.ts to break the cycle. */
type QueryReader = (stream: TokenStream) => Query;

const levels: readonly (readonly (readonly [string, BinaryOperator])[])[] = [
  [['|', '|']],
  [['^', '^']],
  [['&', '&']],
  [
    ['<<', '<<'],
    ['>>>', '>>>'],
    ['>>', '>>'],
  ],
  [
    ['+', '+'],
    ['-', '-'],
    ['||', '||'],
  ],
  [
    ['*', '*'],
    ['/', '/'],
    ['%', '%'],
  ],
];

const comparisons: readonly (readonly [string, BinaryOperator])[] = [
  ['=', '='],
  ['!=', '!='],
  ['<>', '!='],
  ['<=', '<='],
  ['>=', '>='],
  ['<', '<'],
  ['>', '>'],
];

/** Parses a scalar expression. Precedence follows the service's language reference, loosest first. */
export function parseExpression(stream: TokenStream, query: QueryReader): Expression {
  const test = parseCoalesce(stream, query);
  if (!stream.take('?')) return test;
  const yes = parseExpression(stream, query);
  stream.expect(':');
  return { kind: 'ternary', test, yes, no: parseExpression(stream, query) };
}

function parseCoalesce(stream: TokenStream, query: QueryReader): Expression {
  let left = parseOr(stream, query);
  while (stream.take('??')) left = { kind: 'binary', operator: '??', left, right: parseOr(stream, query) };
  return left;
}

function parseOr(stream: TokenStream, query: QueryReader): Expression {
  let left = parseAnd(stream, query);
  while (stream.take('OR')) left = { kind: 'binary', operator: 'OR', left, right: parseAnd(stream, query) };
  return left;
}

function parseAnd(stream: TokenStream, query: QueryReader): Expression {
  let left = parseNot(stream, query);
  while (stream.take('AND')) left = { kind: 'binary', operator: 'AND', left, right: parseNot(stream, query) };
  return left;
}

function parseNot(stream: TokenStream, query: QueryReader): Expression {
  if (stream.take('NOT')) return { kind: 'unary', operator: 'NOT', of: parseNot(stream, query) };
  return parseComparison(stream, query);
}

function parseComparison(stream: TokenStream, query: QueryReader): Expression {
  let left = parseLevel(stream, query, 0);
  for (;;) {
    const found = comparisons.find(([sign]) => stream.take(sign));
    if (found !== undefined)
      left = { kind: 'binary', operator: found[1], left, right: parseLevel(stream, query, 0) };
    else if (stream.sees('NOT') && ['IN', 'BETWEEN', 'LIKE'].some(word => stream.sees('NOT', word))) {
      stream.expect('NOT');
      left = { kind: 'unary', operator: 'NOT', of: parseTest(stream, query, left) };
    } else if (stream.sees('IN') || stream.sees('BETWEEN') || stream.sees('LIKE'))
      left = parseTest(stream, query, left);
    else return left;
  }
}

function parseTest(stream: TokenStream, query: QueryReader, of: Expression): Expression {
  if (stream.take('IN')) {
    stream.expect('(');
    return { kind: 'in', of, options: parseList(stream, query, ')') };
  }
  if (stream.take('BETWEEN')) {
    const low = parseLevel(stream, query, 0);
    stream.expect('AND');
    return { kind: 'between', of, low, high: parseLevel(stream, query, 0) };
  }
  stream.expect('LIKE');
  const pattern = parseLevel(stream, query, 0);
  return {
    kind: 'like',
    of,
    pattern,
    escape: stream.take('ESCAPE') ? parsePrimary(stream, query) : undefined,
  };
}

function parseLevel(stream: TokenStream, query: QueryReader, level: number): Expression {
  const operators = levels[level];
  if (operators === undefined) return parseUnary(stream, query);
  let left = parseLevel(stream, query, level + 1);
  for (;;) {
    const found = operators.find(([sign]) => stream.take(sign));
    if (found === undefined) return left;
    left = { kind: 'binary', operator: found[1], left, right: parseLevel(stream, query, level + 1) };
  }
}

function parseUnary(stream: TokenStream, query: QueryReader): Expression {
  for (const operator of ['-', '+', '~'] as const) {
    if (!stream.take(operator)) continue;
    const of = parseUnary(stream, query);
    if (operator === '-' && of.kind === 'literal' && typeof of.value === 'number')
      return { kind: 'literal', value: -of.value };
    return { kind: 'unary', operator, of };
  }
  return parsePostfix(stream, query);
}

function parsePostfix(stream: TokenStream, query: QueryReader): Expression {
  let of = parsePrimary(stream, query);
  for (;;) {
    if (stream.take('.')) {
      const token = stream.next();
      if (token.kind !== 'word') throw stream.unexpected(token);
      of = { kind: 'member', of, key: { kind: 'literal', value: token.text } };
    } else if (stream.take('[')) {
      of = { kind: 'member', of, key: parseExpression(stream, query) };
      stream.expect(']');
    } else return of;
  }
}

/** Parses expressions up to the closing sign, which is taken too. */
function parseList(stream: TokenStream, query: QueryReader, close: string): readonly Expression[] {
  const items: Expression[] = [];
  if (stream.take(close)) return items;
  do items.push(parseExpression(stream, query));
  while (stream.take(','));
  stream.expect(close);
  return items;
}

function parsePrimary(stream: TokenStream, query: QueryReader): Expression {
  const token = stream.peek();
  if (token.kind === 'number' || token.kind === 'string')
    return { kind: 'literal', value: stream.next().value };
  if (token.kind === 'parameter') return { kind: 'parameter', name: stream.next().text, span: token };
  if (stream.take('(')) return parseParenthesis(stream, query);
  if (stream.take('[')) return { kind: 'array', items: parseList(stream, query, ']') };
  if (stream.take('{')) return parseObject(stream, query);
  if (token.kind === 'word') return parseWord(stream, query);
  throw stream.unexpected();
}

function parseParenthesis(stream: TokenStream, query: QueryReader): Expression {
  if (stream.sees('SELECT')) {
    const nested = query(stream);
    stream.expect(')');
    return { kind: 'scalar', query: nested };
  }
  const inner = parseExpression(stream, query);
  stream.expect(')');
  return inner;
}

function parseObject(stream: TokenStream, query: QueryReader): Expression {
  const entries: { key: string; value: Expression }[] = [];
  if (stream.take('}')) return { kind: 'object', entries };
  do {
    const key = stream.next();
    if (key.kind !== 'string' && key.kind !== 'word') throw stream.unexpected(key);
    stream.expect(':');
    entries.push({ key: String(key.value), value: parseExpression(stream, query) });
  } while (stream.take(','));
  stream.expect('}');
  return { kind: 'object', entries };
}

const constants: Readonly<Record<string, null | boolean | undefined>> = {
  TRUE: true,
  FALSE: false,
  NULL: null,
  UNDEFINED: undefined,
};

function parseWord(stream: TokenStream, query: QueryReader): Expression {
  const token = stream.peek();
  const word = token.text.toUpperCase();
  if (Object.hasOwn(constants, word)) {
    stream.next();
    return { kind: 'literal', value: constants[word] };
  }
  if (
    stream.sees('EXISTS', '(') ||
    (stream.sees('ARRAY', '(') && stream.peek(2).text.toUpperCase() === 'SELECT')
  ) {
    stream.next();
    stream.next();
    const nested = query(stream);
    stream.expect(')');
    return { kind: word === 'EXISTS' ? 'exists' : 'arrayOf', query: nested };
  }
  if (stream.take('UDF', '.')) {
    const name = stream.identifier();
    stream.expect('(');
    return { kind: 'call', name: `udf.${name.text}`, args: parseList(stream, query, ')'), span: token };
  }
  const name = stream.identifier();
  if (!stream.take('(')) return { kind: 'name', name: name.text, span: name };
  return {
    kind: 'call',
    name: word,
    args: parseList(stream, query, ')'),
    span: { start: name.start, end: name.end },
  };
}
