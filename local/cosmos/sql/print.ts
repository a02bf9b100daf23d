import type { Json } from '../json.ts';
import type { Expression, OrderItem, Query, Select, Source } from './ast.ts';
import { continuesChain } from './ast.ts';
import { isPlainName } from './token-stream.ts';

/** Writes an expression as query text that parses to the same tree. */
export function printExpression(expression: Expression): string {
  switch (expression.kind) {
    case 'literal':
      return printLiteral(expression.value);
    case 'parameter':
    case 'name':
      return expression.name;
    case 'member':
      return printMember(expression.of, expression.key);
    case 'unary':
      return `(${expression.operator} ${printExpression(expression.of)})`;
    case 'binary':
      return `(${printBinary(expression)})`;
    case 'between':
      return `(${printExpression(expression.of)} BETWEEN ${printExpression(expression.low)} AND ${printExpression(expression.high)})`;
    case 'in':
      return `(${printExpression(expression.of)} IN (${printList(expression.options)}))`;
    case 'like': {
      const escapeMark =
        expression.escape === undefined ? '' : ` ESCAPE ${printExpression(expression.escape)}`;
      return `(${printExpression(expression.of)} LIKE ${printExpression(expression.pattern)}${escapeMark})`;
    }
    case 'ternary':
      return `(${printExpression(expression.test)} ? ${printExpression(expression.yes)} : ${printExpression(expression.no)})`;
    case 'call':
      return `${expression.name}(${printList(expression.args)})`;
    case 'array':
      return `[${printList(expression.items)}]`;
    case 'object':
      return `{${expression.entries.map(entry => `${JSON.stringify(entry.key)}: ${printExpression(entry.value)}`).join(', ')}}`;
    case 'exists':
      return `EXISTS(${printQuery(expression.query)})`;
    case 'arrayOf':
      return `ARRAY(${printQuery(expression.query)})`;
    case 'scalar':
      return `(${printQuery(expression.query)})`;
  }
}

function printBinary(expression: Extract<Expression, { kind: 'binary' }>): string {
  const { left, operator, right } = expression;
  const before =
    left.kind === 'binary' && continuesChain(expression, left) ? printBinary(left) : printExpression(left);
  return `${before} ${operator} ${printExpression(right)}`;
}

function printLiteral(value: Json | undefined): string {
  if (value === undefined) return 'undefined';
  return typeof value === 'number' ? String(value) : JSON.stringify(value);
}

function printList(items: readonly Expression[]): string {
  return items.map(printExpression).join(', ');
}

function printMember(of: Expression, key: Expression): string {
  const simple = key.kind === 'literal' && typeof key.value === 'string' && isPlainName(key.value);
  return simple
    ? `${printExpression(of)}.${String(key.value)}`
    : `${printExpression(of)}[${printExpression(key)}]`;
}

function printSelect(select: Select): string {
  if (select.kind === 'all') return '*';
  if (select.kind === 'value') return `VALUE ${printExpression(select.expression)}`;
  return select.items
    .map(item => printExpression(item.expression) + (item.alias === undefined ? '' : ` AS ${item.alias}`))
    .join(', ');
}

function printSource(source: Source): string {
  const from =
    source.from.kind === 'query' ? `(${printQuery(source.from.query)})` : printExpression(source.from);
  if (source.bind === 'each') return `${source.alias} IN ${from}`;
  return from === source.alias || source.alias === '' ? from : `${from} AS ${source.alias}`;
}

/** Writes ORDER BY items. */
function printOrder(items: readonly OrderItem[]): string {
  return items
    .map(item => `${printExpression(item.expression)} ${item.descending ? 'DESC' : 'ASC'}`)
    .join(', ');
}

/** Writes a query as text that parses to the same tree. `where` replaces the text of its filter. */
export function printQuery(
  query: Query,
  where = query.where === undefined ? '' : printExpression(query.where),
): string {
  const parts = ['SELECT'];
  if (query.distinct) parts.push('DISTINCT');
  if (query.top !== undefined) parts.push('TOP', printExpression(query.top));
  parts.push(printSelect(query.select));
  if (query.sources.length > 0) parts.push('FROM', query.sources.map(printSource).join(' JOIN '));
  if (where !== '') parts.push('WHERE', where);
  if (query.groupBy.length > 0) parts.push('GROUP BY', printList(query.groupBy));
  if (query.orderBy.length > 0) parts.push('ORDER BY', printOrder(query.orderBy));
  if (query.offset !== undefined && query.limit !== undefined) {
    parts.push('OFFSET', printExpression(query.offset), 'LIMIT', printExpression(query.limit));
  }
  return parts.join(' ');
}
