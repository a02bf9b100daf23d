import { notImplemented } from '../errors.ts';
import type { Expression, OrderItem, Query, Select, SelectItem, Source } from './ast.ts';
import { checkHeight } from './depth.ts';
import { queryFault, tokenize } from './lexer.ts';
import { parseExpression } from './parse-expression.ts';
import { TokenStream } from './token-stream.ts';

/** Parses a whole query; a fault (400) points at the first wrong token. */
export function parseQuery(text: string): Query {
  const stream = new TokenStream(tokenize(text));
  const { query } = stream.nested(() => readClauses(stream));
  stream.end();
  checkHeight(query, text.length);
  return query;
}

function expression(stream: TokenStream): Expression {
  return parseExpression(stream, readSubquery);
}

// What only the outermost query may have, in the order in which the service tells of it; its words stand in
// LinqGeneralBaselineTests.TestSkipTake.xml of https://github.com/Azure/azure-cosmos-dotnet-v3.
const outermost = [
  { part: 'order', code: 'SC2202', clause: "'ORDER BY'" },
  { part: 'top', code: 'SC2203', clause: "'TOP'" },
  { part: 'limit', code: 'SC2204', clause: "'OFFSET LIMIT' clause" },
] as const;

function readSubquery(stream: TokenStream): Query {
  return stream.nested(() => {
    const { query, spans } = readClauses(stream);
    for (const { part, code, clause } of outermost) {
      const span = spans[part];
      if (span.end > span.start)
        stream.refuse({ code, message: `${clause} is not supported in subqueries.`, span });
    }
    return query;
  });
}

type Part<Read> = { readonly read: Read; readonly start: number; readonly end: number };

/** What a reader reads, and where it stands; it ends before it starts when nothing is there. */
function placed<Read>(stream: TokenStream, read: () => Read): Part<Read> {
  const { start } = stream.peek();
  return { read: read(), start, end: stream.lastEnd() };
}

type Clauses = {
  readonly query: Query;
  readonly spans: Readonly<Record<(typeof outermost)[number]['part'], Part<unknown>>>;
};

function readClauses(stream: TokenStream): Clauses {
  stream.expect('SELECT');
  const distinct = stream.take('DISTINCT');
  const top = placed(stream, () => (stream.take('TOP') ? readCount(stream, topTooLarge) : undefined));
  const select = readSelect(stream);
  const sources = stream.take('FROM') ? readSources(stream) : [];
  const where = stream.take('WHERE') ? expression(stream) : undefined;
  const groupBy = stream.take('GROUP', 'BY') ? readGroup(stream) : [];
  const order = placed(stream, () => (stream.take('ORDER', 'BY') ? readOrder(stream) : []));
  const limit = placed(stream, () => readLimit(stream));
  return {
    query: {
      ...{ distinct, top: top.read, select, sources, where, groupBy, orderBy: order.read },
      ...limit.read,
    },
    spans: { order, top, limit },
  };
}

function readLimit(stream: TokenStream): Pick<Query, 'offset' | 'limit'> {
  if (!stream.take('OFFSET')) return { offset: undefined, limit: undefined };
  const offset = readCount(stream, offsetTooLarge);
  stream.expect('LIMIT');
  return { offset, limit: readCount(stream, limitTooLarge) };
}

type CountFault = { readonly code: string; readonly message: string };
const topTooLarge = {
  code: 'SC2060',
  message: 'The count value provided for a TOP clause must be an integer.',
};
const limitTooLarge = { code: 'SC2061', message: 'The LIMIT count value exceeds the maximum allowed value.' };
const offsetTooLarge = {
  code: 'SC2062',
  message: 'The OFFSET count value exceeds the maximum allowed value.',
};
const mostCount = 4_294_967_295;

function readCount(stream: TokenStream, fault: CountFault): Expression {
  const token = stream.next();
  if (token.kind === 'parameter') return { kind: 'parameter', name: token.text, span: token };
  if (token.kind !== 'number') throw stream.unexpected(token);
  const { value } = token;
  if (!Number.isInteger(value) || Number(value) > mostCount)
    throw queryFault(fault.code, fault.message, token);
  return { kind: 'literal', value };
}

function readSelect(stream: TokenStream): Select {
  const { start, end } = stream.peek();
  if (stream.take('*')) return { kind: 'all', span: { start, end } };
  if (stream.take('VALUE')) return { kind: 'value', expression: expression(stream) };
  const items: SelectItem[] = [];
  do {
    const item = expression(stream);
    const named = stream.take('AS') || stream.seesIdentifier();
    items.push({ expression: item, alias: named ? stream.identifier().text : undefined });
  } while (stream.take(','));
  return { kind: 'list', items };
}

function readSources(stream: TokenStream): readonly Source[] {
  const sources = [readSource(stream)];
  while (stream.take('JOIN')) sources.push(readSource(stream));
  return sources;
}

function readSource(stream: TokenStream): Source {
  const { start } = stream.peek();
  const source = readInput(stream);
  return { ...source, span: { start, end: stream.lastEnd() } };
}

function readInput(stream: TokenStream): Omit<Source, 'span'> {
  if (stream.sees('(')) return { bind: 'item', ...readNested(stream) };
  const first = stream.identifier();
  if (stream.take('IN')) {
    const from = stream.sees('(') ? readNested(stream).from : readPath(stream);
    return { bind: 'each', alias: first.text, from };
  }
  const from = readPath(stream, { kind: 'name', name: first.text, span: first });
  const named = stream.take('AS') || stream.seesIdentifier();
  return { bind: 'item', alias: named ? stream.identifier().text : lastName(from), from };
}

function readNested(stream: TokenStream): { alias: string; from: { kind: 'query'; query: Query } } {
  stream.expect('(');
  const query = readSubquery(stream);
  stream.expect(')');
  const named = stream.take('AS') || stream.seesIdentifier();
  return { alias: named ? stream.identifier().text : '', from: { kind: 'query', query } };
}

function lastName(path: Expression): string {
  if (path.kind === 'name') return path.name;
  return path.kind === 'member' && path.key.kind === 'literal' ? String(path.key.value) : '';
}

function readPath(stream: TokenStream, start?: Expression): Expression {
  let path: Expression = start ?? nameOf(stream);
  for (;;) {
    if (stream.take('.'))
      path = { kind: 'member', of: path, key: { kind: 'literal', value: stream.identifier().text } };
    else if (stream.take('[')) {
      const token = stream.next();
      if (token.kind !== 'string' && token.kind !== 'number') throw stream.unexpected(token);
      path = { kind: 'member', of: path, key: { kind: 'literal', value: token.value } };
      stream.expect(']');
    } else return path;
  }
}

function nameOf(stream: TokenStream): Expression {
  const token = stream.identifier();
  return { kind: 'name', name: token.text, span: token };
}

function readGroup(stream: TokenStream): readonly Expression[] {
  const items: Expression[] = [];
  do items.push(expression(stream));
  while (stream.take(','));
  return items;
}

function readOrder(stream: TokenStream): readonly OrderItem[] {
  // https://learn.microsoft.com/azure/cosmos-db/nosql/query/order-by-rank; elsewhere RANK is a name like any other.
  if (stream.sees('RANK') && stream.peek(1).kind === 'word' && stream.peek(2).text === '(')
    throw notImplemented('full-text search (ORDER BY RANK)');
  const items: OrderItem[] = [];
  do {
    const start = stream.peek().start;
    const item = expression(stream);
    const end = stream.peek().start;
    const descending = stream.take('DESC');
    if (!descending) stream.take('ASC');
    items.push({ expression: item, descending, span: { start, end } });
  } while (stream.take(','));
  return items;
}
