import type { KeyKind } from '../epk.ts';
import { badRequest } from '../errors.ts';
import type { Json } from '../json.ts';
import type { Expression, Query, Select } from './ast.ts';
import { aggregateNames, hasAggregate, selected } from './ast.ts';
import type { QueryRange } from './key-filter.ts';
import { documentAlias, queryRanges } from './key-filter.ts';
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
  COUNT: 'Count',
  SUM: 'Sum',
  MIN: 'Min',
  MAX: 'Max',
  AVG: 'Average',
};

/** Plans a query. The shapes are those that @azure/cosmos reads in its queryExecutionContext. */
export function planQuery(
  query: Query,
  parameters: Parameters,
  paths: readonly string[],
  kind: KeyKind,
): QueryPlan {
  const program = compileQuery(query, parameters);
  const aliases = aggregateAliases(query);
  const info: QueryInfo = {
    distinctType: distinctType(query),
    top: program.top ?? null,
    offset: query.offset === undefined ? null : program.offset,
    limit: program.limit ?? null,
    orderBy: query.orderBy.map(item => (item.descending ? 'Descending' : 'Ascending')),
    orderByExpressions: query.orderBy.map(item => printExpression(item.expression)),
    groupByExpressions: query.groupBy.map(printExpression),
    groupByAliases: query.groupBy.length > 0 ? Object.keys(aliases) : [],
    aggregates: valueAggregates(query),
    groupByAliasToAggregateType: aliases,
    rewrittenQuery: rewrite(query, program.offset, program.limit),
    hasSelectValue: query.select.kind === 'value',
    hasNonStreamingOrderBy: false,
    dCountInfo: null,
  };
  return {
    partitionedQueryExecutionInfoVersion: 2,
    queryInfo: info,
    queryRanges: queryRanges(query, parameters, paths, kind),
  };
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
      'Compositions of aggregates and other expressions are not allowed in a cross partition query.',
    );
  }
  return undefined;
}

function valueAggregates(query: Query): readonly string[] {
  if (query.select.kind !== 'value') return [];
  const name = onlyAggregate(query.select.expression);
  return name === undefined ? [] : [aggregateTypes[name] ?? name];
}

function aliasOf(
  item: { readonly expression: Expression; readonly alias: string | undefined },
  at: number,
): string {
  if (item.alias !== undefined) return item.alias;
  const { expression } = item;
  if (expression.kind === 'name') return expression.name;
  if (expression.kind === 'member' && expression.key.kind === 'literal') return String(expression.key.value);
  return `$${at + 1}`;
}

function isGrouped(query: Query): boolean {
  return query.groupBy.length > 0 || selected(query.select).some(hasAggregate);
}

function aggregateAliases(query: Query): Readonly<Record<string, string | null>> {
  if (query.select.kind !== 'list' || !isGrouped(query)) return {};
  const entries = query.select.items.map((item, at) => {
    const name = onlyAggregate(item.expression);
    return [aliasOf(item, at), name === undefined ? null : (aggregateTypes[name] ?? name)] as const;
  });
  return Object.fromEntries(entries);
}

function object(entries: Readonly<Record<string, Expression>>): Expression {
  return { kind: 'object', entries: Object.entries(entries).map(([key, value]) => ({ key, value })) };
}

function call(name: string, args: readonly Expression[]): Expression {
  return { kind: 'call', name, args, span: { start: 0, end: 0 } };
}

/** The partial form of an aggregate that a client can merge over partitions. */
function partial(expression: Expression): Expression {
  if (expression.kind !== 'call' || !aggregateNames.has(expression.name)) return expression;
  const { name, args } = expression;
  if (name === 'AVG') return object({ item: object({ sum: call('SUM', args), count: call('COUNT', args) }) });
  if (name === 'MIN' || name === 'MAX') {
    return object({ item2: object({ [name.toLowerCase()]: expression, count: call('COUNT', args) }) });
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
    payload = {
      kind: 'object',
      entries: select.items.map((item, at) => ({ key: aliasOf(item, at), value: partial(item.expression) })),
    };
  }
  const groupBy =
    query.groupBy.length === 0 ? [] : [{ expression: items(query.groupBy), alias: 'groupByItems' }];
  return { kind: 'list', items: [...groupBy, { expression: payload, alias: 'payload' }] };
}

const placeholder = '{documentdb-formattableorderbyquery-filter}';

function rewrite(query: Query, offset: number, limit: number | undefined): string {
  const number = (value: number): Expression => ({ kind: 'literal', value });
  // Each partition must give its first offset + limit rows; the client skips.
  const paged: Query =
    limit === undefined ? query : { ...query, offset: number(0), limit: number(offset + limit) };
  if (isGrouped(query)) return printQuery({ ...paged, select: groupedSelect(query) });
  if (query.orderBy.length === 0)
    return limit === undefined ? '' : printQuery(query.distinct ? unlimited(query) : paged);
  const alias = documentAlias(query) ?? 'root';
  const payload = payloadOf(query.select, alias);
  const rid: Expression = { kind: 'member', of: name(alias), key: { kind: 'literal', value: '_rid' } };
  const select: Select = {
    kind: 'list',
    items: [
      { expression: rid, alias: undefined },
      { expression: items(query.orderBy.map(item => item.expression)), alias: 'orderByItems' },
      { expression: payload, alias: 'payload' },
    ],
  };
  const filter = query.where === undefined ? '' : `(${printExpression(query.where)}) AND `;
  return printQuery({ ...(query.distinct ? unlimited(query) : paged), select }, `${filter}(${placeholder})`);
}

/** The client removes duplicates and counts afterwards, so a partition must not stop early. */
function unlimited(query: Query): Query {
  return {
    ...query,
    distinct: query.orderBy.length === 0,
    top: undefined,
    offset: undefined,
    limit: undefined,
  };
}

function name(text: string): Expression {
  return { kind: 'name', name: text, span: { start: 0, end: 0 } };
}

function payloadOf(select: Select, alias: string): Expression {
  if (select.kind === 'all') return name(alias);
  if (select.kind === 'value') return select.expression;
  return {
    kind: 'object',
    entries: select.items.map((item, at) => ({ key: aliasOf(item, at), value: item.expression })),
  };
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
