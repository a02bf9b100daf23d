import { CosmosFault } from '../errors.ts';
import type { Query } from './ast.ts';
import { childrenOf, hasAggregate, selected } from './ast.ts';

function callNames(query: Query): ReadonlySet<string> {
  const names = new Set<string>();
  const walk = (expression: Parameters<typeof childrenOf>[0]): void => {
    if (expression.kind === 'call') names.add(expression.name);
    for (const child of childrenOf(expression)) walk(child);
  };
  for (const expression of selected(query.select)) walk(expression);
  return names;
}

/** What a client must be able to do to run a query over several partitions, by the names that it lists in its header. */
function featuresOf(query: Query): readonly string[] {
  const names = callNames(query);
  const aggregates = selected(query.select).filter(hasAggregate).length;
  const [first] = query.sources;
  const overDistinct = first?.from.kind === 'query' && first.from.query.distinct;
  const needs: Readonly<Record<string, boolean>> = {
    Aggregate: aggregates > 0 && query.select.kind === 'value',
    NonValueAggregate: aggregates > 0 && query.select.kind === 'list',
    MultipleAggregates: aggregates > 1,
    GroupBy: query.groupBy.length > 0,
    OrderBy: query.orderBy.length === 1,
    MultipleOrderBy: query.orderBy.length > 1,
    Distinct: query.distinct,
    OffsetAndLimit: query.limit !== undefined,
    Top: query.top !== undefined,
    ListAndSetAggregate: names.has('MAKELIST') || names.has('MAKESET'),
    CountIf: names.has('COUNTIF'),
    DCount: aggregates > 0 && overDistinct,
  };
  return Object.keys(needs).filter(name => needs[name]);
}

/** Refuses (400) to plan a query whose results the client cannot merge. `supported` is its list; without one all is believed. */
export function checkFeatures(query: Query, supported: string | undefined): void {
  if (supported === undefined) return;
  const known = new Set(supported.split(',').map(name => name.trim()));
  const missing = featuresOf(query).filter(name => !known.has(name));
  if (missing.length === 0) return;
  const lines = missing.map(name => `Query contained ${name}, which the calling client does not support.`);
  throw new CosmosFault(
    400,
    `Query contains 1 or more unsupported features. Upgrade your SDK to a version that does support the requested features:\n${lines.join('\n')}`,
  );
}
