import type { Json } from '../json.ts';
import type { BinaryOperator, Expression, Query } from './ast.ts';
import { isConstant } from './ast.ts';
import type { Token } from './lexer.ts';
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
  return stream.nested(() => parseTernary(stream, query));
}

function parseTernary(stream: TokenStream, query: QueryReader): Expression {
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
  const operands = [parseAnd(stream, query)];
  while (stream.take('OR')) operands.push(parseAnd(stream, query));
  return balanced('OR', operands);
}

function parseAnd(stream: TokenStream, query: QueryReader): Expression {
  const operands = [parseNot(stream, query)];
  while (stream.take('AND')) operands.push(parseNot(stream, query));
  return balanced('AND', operands);
}

/** AND and OR may be bracketed at will, so thousands of operands become a tree that is a dozen levels high. */
function balanced(operator: 'AND' | 'OR', operands: readonly Expression[]): Expression {
  const [only, ...more] = operands;
  if (only === undefined) throw new Error('a chain of operators has operands');
  if (more.length === 0) return only;
  const middle = Math.ceil(operands.length / 2);
  const left = balanced(operator, operands.slice(0, middle));
  return { kind: 'binary', operator, left, right: balanced(operator, operands.slice(middle)) };
}

function parseNot(stream: TokenStream, query: QueryReader): Expression {
  if (stream.take('NOT'))
    return { kind: 'unary', operator: 'NOT', of: stream.nested(() => parseNot(stream, query)) };
  return parseComparison(stream, query);
}

function parseComparison(stream: TokenStream, query: QueryReader): Expression {
  let left = parseLevel(stream, query, 0);
  for (;;) {
    const found = comparisons.find(([sign]) => stream.take(sign));
    if (found !== undefined)
      left = { kind: 'binary', operator: found[1], left, right: parseLevel(stream, query, 0) };
    // What these make is no operand of another comparison: `1 BETWEEN 2 AND 3 BETWEEN 4 AND 5` is a syntax error.
    else if (stream.sees('NOT') && ['IN', 'BETWEEN', 'LIKE'].some(word => stream.sees('NOT', word))) {
      stream.expect('NOT');
      return { kind: 'unary', operator: 'NOT', of: parseTest(stream, query, left) };
    } else if (stream.sees('IN') || stream.sees('BETWEEN') || stream.sees('LIKE'))
      return parseTest(stream, query, left);
    else return left;
  }
}

function parseTest(stream: TokenStream, query: QueryReader, of: Expression): Expression {
  if (stream.take('IN')) {
    stream.expect('(');
    if (stream.sees(')')) throw stream.unexpected();
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
    const of = stream.nested(() => parseUnary(stream, query));
    if (operator === '-' && of.kind === 'literal' && typeof of.value === 'number')
      return { kind: 'literal', value: -of.value };
    return { kind: 'unary', operator, of };
  }
  return parsePostfix(stream, query);
}

function parsePostfix(stream: TokenStream, query: QueryReader): Expression {
  const { start } = stream.peek();
  let of = parsePrimary(stream, query);
  for (;;) {
    if (stream.take('.')) {
      const { text, end } = stream.identifier();
      of = { kind: 'member', of, key: { kind: 'literal', value: text }, end };
    } else if (stream.take('[')) {
      const key = parseExpression(stream, query);
      stream.expect(']');
      const end = stream.lastEnd();
      if (!isConstant(key)) stream.refuse({ ...indexer, span: { start, end } });
      of = { kind: 'member', of, key, end };
    } else return of;
  }
}

// A name of a property or an index is a constant. https://learn.microsoft.com/azure/cosmos-db/nosql/query/constants; the words
// are those of LinqSQLTranslationBaselineTest.ValidateSQLTranslation.xml in https://github.com/Azure/azure-cosmos-dotnet-v3.
const indexer = {
  code: 'SC2990',
  message: "The specified query includes 'member indexer' which is currently not supported.",
};

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

const constants: ReadonlyMap<string, Json | undefined> = new Map<string, Json | undefined>([
  ['TRUE', true],
  ['FALSE', false],
  ['NULL', null],
  ['UNDEFINED', undefined],
]);
// These are names like any other when they stand in another case.
const numbers: ReadonlyMap<string, number> = new Map([
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
]);

function parseWord(stream: TokenStream, query: QueryReader): Expression {
  const token = stream.peek();
  const word = token.text.toUpperCase();
  if (constants.has(word) || (numbers.has(token.text) && !stream.sees(word, '('))) {
    stream.next();
    return { kind: 'literal', value: numbers.get(token.text) ?? constants.get(word) };
  }
  if (stream.sees('EXISTS', '(') || stream.sees('ARRAY', '(')) {
    stream.next();
    stream.next();
    const nested = query(stream);
    stream.expect(')');
    return { kind: word === 'EXISTS' ? 'exists' : 'arrayOf', query: nested };
  }
  if (stream.take('UDF', '.')) {
    const name = stream.identifier();
    stream.expect('(');
    return parseCall(stream, query, token, `udf.${name.text}`);
  }
  const isFunction = stream.sees('LEFT', '(') || stream.sees('RIGHT', '(');
  const name = isFunction ? stream.next() : stream.identifier();
  if (!stream.take('(')) return { kind: 'name', name: name.text, span: name };
  return parseCall(stream, query, name, word);
}

/** Parses the arguments of a call after their opening parenthesis. */
function parseCall(stream: TokenStream, query: QueryReader, name: Token, called: string): Expression {
  const args = parseList(stream, query, ')');
  return {
    kind: 'call',
    name: called,
    args,
    span: { start: name.start, end: name.end },
    whole: { start: name.start, end: stream.lastEnd() },
  };
}
