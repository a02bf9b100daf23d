import type { KeyKind } from '../epk.ts';
import { badRequest } from '../errors.ts';
import type { Json } from '../json.ts';
import type { Expression, Query, Select } from './ast.ts';
import { aggregateNames, hasAggregate, namedItems, pathOf, selected } from './ast.ts';
import type { QueryRange } from './key-filter.ts';
import { documentAlias, queryRanges } from './key-filter.ts';
import { unmapped } from './order-rules.ts';
import { printExpression, printQuery } from './print.ts';
import type { Parameters } from './run.ts';
import { compileQuery } from './run.ts';

type QueryInfo = {
  readonly distinctType: 'None' | 'Ordered' | 'Unordered';
  readonly top: number | null;
  readonly offset: number | null;
  readonly limit: number | null;
  readonly orderBy: readonly string[];
  readonly orderByExpressions: readonly string[];
  readonly groupByExpressions: readonly string[];
  readonly groupByAliases: readonly string[];
  readonly aggregates: readonly string[];
  readonly groupByAliasToAggregateType: Readonly<Record<string, string | null>>;
  readonly rewrittenQuery: string;
  readonly hasSelectValue: boolean;
  readonly hasNonStreamingOrderBy: false;
  readonly dCountInfo: null;
};

/** What a client needs to run a query over several ranges: how to merge, what to send instead, and where. */
export type QueryPlan = {
  readonly partitionedQueryExecutionInfoVersion: 2;
  readonly queryInfo: QueryInfo;
  readonly queryRanges: readonly QueryRange[];
};

const aggregateTypes: Readonly<Record<string, string>> = {
  AVG: 'Average',
  COUNT: 'Count',
  COUNTIF: 'CountIf',
  MAKELIST: 'MakeList',
  MAKESET: 'MakeSet',
  MAX: 'Max',
  MIN: 'Min',
  SUM: 'Sum',
};

/** Plans a query. The shapes are those that @azure/cosmos reads in its queryExecutionContext. */
export function planQuery(
  query: Query,
  parameters: Parameters,
  paths: readonly string[],
  kind: KeyKind,
): QueryPlan {
  const program = compileQuery(query, parameters);
  checkOrderItems(query);
  const aliases = aggregateAliases(query);
  const ranges = queryRanges(query, parameters, paths, kind);
  const counts = isCounted(query, ranges)
    ? { offset: query.offset === undefined ? null : program.offset, limit: program.limit ?? null }
    : { offset: null, limit: null };
  // An aggregate is one row: there is no order to merge by.
  const order = isGrouped(query) ? [] : query.orderBy;
  const info: QueryInfo = {
    distinctType: distinctType(query),
    top: program.top ?? null,
    ...counts,
    orderBy: order.map(item => (item.descending ? 'Descending' : 'Ascending')),
    orderByExpressions: order.map(item => printExpression(item.expression)),
    groupByExpressions: query.groupBy.map(printExpression),
    groupByAliases: Object.keys(aliases),
    aggregates: valueAggregates(query),
    groupByAliasToAggregateType: aliases,
    rewrittenQuery: rewrite(query, counts),
    hasSelectValue: query.select.kind === 'value',
    hasNonStreamingOrderBy: false,
    dCountInfo: null,
  };
  return { partitionedQueryExecutionInfoVersion: 2, queryInfo: info, queryRanges: ranges };
}

function checkOrderItems(query: Query): void {
  if (query.orderBy.some(item => (pathOf(item.expression)?.path.length ?? 0) === 0)) throw unmapped();
}

/** One logical partition counts off OFFSET and LIMIT by itself, unless the client has to merge something after it. */
function isCounted(query: Query, ranges: readonly QueryRange[]): boolean {
  const [only, ...more] = ranges;
  const single = only !== undefined && more.length === 0 && only.min === only.max;
  return !single || query.distinct || query.orderBy.length > 0 || isGrouped(query);
}

/** Whether the gateway itself can serve the query over several partitions: a plain filter and projection. */
export function servedByGateway(query: Query): boolean {
  const limited = query.distinct || query.top !== undefined || query.limit !== undefined;
  return (
    !limited &&
    query.orderBy.length === 0 &&
    query.groupBy.length === 0 &&
    !selected(query.select).some(hasAggregate)
  );
}

function distinctType(query: Query): QueryInfo['distinctType'] {
  if (!query.distinct) return 'None';
  const [order] = query.orderBy;
  if (order === undefined || query.select.kind !== 'value' || query.orderBy.length > 1) return 'Unordered';
  return printExpression(query.select.expression) === printExpression(order.expression)
    ? 'Ordered'
    : 'Unordered';
}

function onlyAggregate(expression: Expression): string | undefined {
  if (expression.kind === 'call' && aggregateNames.has(expression.name)) return expression.name;
  if (hasAggregate(expression)) {
    throw badRequest(
      'Message: {"Errors":["Compositions of aggregates and other expressions are not allowed."]}',
    );
  }
  return undefined;
}

function valueAggregates(query: Query): readonly string[] {
  if (query.select.kind !== 'value') return [];
  const name = onlyAggregate(query.select.expression);
  return name === undefined ? [] : [aggregateTypes[name] ?? name];
}

function isGrouped(query: Query): boolean {
  return query.groupBy.length > 0 || selected(query.select).some(hasAggregate);
}

function aggregateAliases(query: Query): Readonly<Record<string, string | null>> {
  if (query.select.kind !== 'list' || !isGrouped(query)) return {};
  const entries = namedItems(query.select.items).map(({ key, value }) => {
    const name = onlyAggregate(value);
    return [key, name === undefined ? null : (aggregateTypes[name] ?? name)] as const;
  });
  return Object.fromEntries(entries);
}

function object(entries: Readonly<Record<string, Expression>>): Expression {
  return { kind: 'object', entries: Object.entries(entries).map(([key, value]) => ({ key, value })) };
}

const nowhere = { start: 0, end: 0 };

function call(name: string, args: readonly Expression[]): Expression {
  return { kind: 'call', name, args, span: nowhere, whole: nowhere };
}

/** The partial form of an aggregate that a client can merge over partitions. */
function partial(expression: Expression): Expression {
  if (expression.kind !== 'call' || !aggregateNames.has(expression.name)) return expression;
  const { name, args } = expression;
  if (name === 'AVG') return object({ item: object({ sum: call('SUM', args), count: call('COUNT', args) }) });
  if (name === 'MIN' || name === 'MAX') {
    const counted = object({ [name.toLowerCase()]: expression, count: call('COUNT', args) });
    return object({ item: expression, item2: counted });
  }
  return object({ item: expression });
}

function items(expressions: readonly Expression[]): Expression {
  return { kind: 'array', items: expressions.map(expression => object({ item: expression })) };
}

function groupedSelect(query: Query): Select {
  const { select } = query;
  let payload: Expression = { kind: 'literal', value: null };
  if (select.kind === 'value') {
    const only = partial(select.expression);
    const wrapped: Expression = only === select.expression ? only : { kind: 'array', items: [only] };
    if (query.groupBy.length === 0) return { kind: 'value', expression: wrapped };
    payload = wrapped;
  } else if (select.kind === 'list') {
    const entries = namedItems(select.items).map(({ key, value }) => ({ key, value: partial(value) }));
    payload = { kind: 'object', entries };
  }
  const groupBy =
    query.groupBy.length === 0 ? [] : [{ expression: items(query.groupBy), alias: 'groupByItems' }];
  return { kind: 'list', items: [...groupBy, { expression: payload, alias: 'payload' }] };
}

const placeholder = '{documentdb-formattableorderbyquery-filter}';

function rewrite(query: Query, counts: { offset: number | null; limit: number | null }): string {
  const number = (value: number): Expression => ({ kind: 'literal', value });
  // The client counts after it has merged groups, aggregates and duplicates, so a partition must not stop early.
  if (isGrouped(query)) return printQuery({ ...uncounted(query), select: groupedSelect(query) });
  const { offset, limit } = counts;
  // Each partition must give its first offset + limit rows; the client skips.
  const paged: Query =
    limit === null ? query : { ...query, offset: number(0), limit: number((offset ?? 0) + limit) };
  if (query.orderBy.length > 0) return rewriteOrdered(query.distinct ? undistinct(query) : paged);
  if (query.distinct && (limit !== null || query.top !== undefined)) return printQuery(uncounted(query));
  return limit === null ? '' : printQuery(paged);
}

/** The payload with what the client merges by; the placeholder is where it says how far it has come. */
function rewriteOrdered(query: Query): string {
  const alias = documentAlias(query) ?? query.sources[0]?.alias ?? 'root';
  const rid: Expression = { kind: 'member', of: name(alias), key: { kind: 'literal', value: '_rid' } };
  const select: Select = {
    kind: 'list',
    items: [
      { expression: rid, alias: undefined },
      { expression: items(query.orderBy.map(item => item.expression)), alias: 'orderByItems' },
      { expression: payloadOf(query.select, alias), alias: 'payload' },
    ],
  };
  const merged =
    query.where === undefined ? `(${placeholder})` : `(${printExpression(query.where)} AND (${placeholder}))`;
  // Where the value is undefined there is no row at all.
  const filter =
    query.select.kind === 'value'
      ? `(${merged} AND ${printExpression(call('IS_DEFINED', [query.select.expression]))})`
      : merged;
  return printQuery({ ...query, select }, filter);
}

function uncounted(query: Query): Query {
  return { ...query, top: undefined, offset: undefined, limit: undefined };
}

/** In the order of what is distinct, the client drops neighbours; it counts them afterwards. */
function undistinct(query: Query): Query {
  return { ...uncounted(query), distinct: false };
}

function name(text: string): Expression {
  return { kind: 'name', name: text, span: nowhere };
}

function payloadOf(select: Select, alias: string): Expression {
  if (select.kind === 'all') return name(alias);
  return select.kind === 'value' ? select.expression : { kind: 'object', entries: namedItems(select.items) };
}

/** The parameters of a query body, by name. */
export function parametersOf(body: Json | undefined): Parameters {
  const parameters = new Map<string, Json>();
  if (!Array.isArray(body)) return parameters;
  for (const entry of body as readonly { readonly name?: Json; readonly value?: Json }[]) {
    if (typeof entry?.name === 'string') parameters.set(entry.name, entry.value ?? null);
  }
  return parameters;
}
