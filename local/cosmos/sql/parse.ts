import type { Expression, OrderItem, Query, Select, SelectItem, Source } from './ast.ts';
import { tokenize } from './lexer.ts';
import { parseExpression } from './parse-expression.ts';
import { TokenStream } from './token-stream.ts';

/** Parses a whole query; a fault (400) points at the first wrong token. */
export function parseQuery(text: string): Query {
  const stream = new TokenStream(tokenize(text));
  const query = readQuery(stream);
  if (stream.peek().kind !== 'end') throw stream.unexpected();
  return query;
}

function expression(stream: TokenStream): Expression {
  return parseExpression(stream, readQuery);
}

function readQuery(stream: TokenStream): Query {
  stream.expect('SELECT');
  const distinct = stream.take('DISTINCT');
  const top =
    stream.sees('TOP') && ['number', 'parameter'].includes(stream.peek(1).kind) && stream.take('TOP')
      ? topCount(stream)
      : undefined;
  const select = readSelect(stream);
  const sources = stream.take('FROM') ? readSources(stream) : [];
  const where = stream.take('WHERE') ? expression(stream) : undefined;
  const groupBy = stream.take('GROUP', 'BY') ? readGroup(stream) : [];
  const orderBy = stream.take('ORDER', 'BY') ? readOrder(stream) : [];
  const paged = stream.take('OFFSET');
  const offset = paged ? topCount(stream) : undefined;
  if (paged) stream.expect('LIMIT');
  const limit = paged ? topCount(stream) : undefined;
  return { distinct, top, select, sources, where, groupBy, orderBy, offset, limit };
}

function topCount(stream: TokenStream): Expression {
  const token = stream.next();
  if (token.kind === 'parameter') return { kind: 'parameter', name: token.text, span: token };
  if (token.kind !== 'number' || !Number.isInteger(token.value)) throw stream.unexpected(token);
  return { kind: 'literal', value: token.value };
}

function readSelect(stream: TokenStream): Select {
  if (stream.take('*')) return { kind: 'all' };
  if (stream.take('VALUE')) return { kind: 'value', expression: expression(stream) };
  const items: SelectItem[] = [];
  do {
    const item = expression(stream);
    if (stream.take('AS')) items.push({ expression: item, alias: stream.next().text });
    else
      items.push({
        expression: item,
        alias: stream.seesIdentifier() && !startsClause(stream) ? stream.next().text : undefined,
      });
  } while (stream.take(','));
  return { kind: 'list', items };
}

function startsClause(stream: TokenStream): boolean {
  return stream.sees('OFFSET') && ['number', 'parameter'].includes(stream.peek(1).kind);
}

function readSources(stream: TokenStream): readonly Source[] {
  const sources = [readSource(stream)];
  while (stream.take('JOIN')) sources.push(readSource(stream));
  return sources;
}

function readSource(stream: TokenStream): Source {
  if (stream.sees('(')) return { bind: 'item', ...readNested(stream) };
  const first = stream.identifier();
  if (stream.take('IN')) {
    const from = stream.sees('(') ? readNested(stream).from : readPath(stream);
    return { bind: 'each', alias: first.text, from };
  }
  const from = readPath(stream, { kind: 'name', name: first.text, span: first });
  const explicit = stream.take('AS');
  const named = explicit || (stream.seesIdentifier() && !startsClause(stream));
  return { bind: 'item', alias: named ? stream.identifier().text : lastName(from), from };
}

function readNested(stream: TokenStream): { alias: string; from: { kind: 'query'; query: Query } } {
  stream.expect('(');
  const query = readQuery(stream);
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
      path = { kind: 'member', of: path, key: { kind: 'literal', value: stream.next().text } };
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
  // The service allows ORDER BY RANK only for search functions, which are not implemented here.
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
