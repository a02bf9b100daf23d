import type { IndexRules } from './index-rules.ts';
import type { Expression, Query } from './sql/ast.ts';
import { childrenOf, pathOf } from './sql/ast.ts';
import { documentAlias } from './sql/key-filter.ts';

type Single = { readonly IndexSpec: string };
type Composite = { readonly IndexSpecs: readonly string[] };

function filtered(
  expression: Expression | undefined,
  alias: string | undefined,
): readonly (readonly string[])[] {
  if (expression === undefined) return [];
  const found = pathOf(expression);
  if (found === undefined) return childrenOf(expression).flatMap(child => filtered(child, alias));
  return found.root === alias && found.path.length > 0
    ? [found.path.map(part => (typeof part === 'number' ? '[]' : part))]
    : [];
}

function specOf(path: readonly string[]): string {
  return `/${path.join('/')}/?`;
}

/**
 * The indexes that a query used and those that it could have used, from the policy and the text alone, in the form of the header that
 * the SDK parses. https://learn.microsoft.com/azure/cosmos-db/nosql/index-metrics
 */
export function indexMetricsHeader(query: Query, rules: IndexRules): Record<string, string> {
  const alias = documentAlias(query);
  const orders = query.orderBy.flatMap(item => filtered(item.expression, alias));
  const paths = new Map(
    [...filtered(query.where, alias), ...orders].map(path => [specOf(path), path] as const),
  );
  const single = (covered: boolean): readonly Single[] =>
    [...paths].filter(([, path]) => rules.covers(path) === covered).map(([IndexSpec]) => ({ IndexSpec }));
  const composite: readonly Composite[] =
    orders.length > 1
      ? [
          {
            IndexSpecs: query.orderBy.map(
              (item, at) => `/${orders[at]?.join('/')} ${item.descending ? 'DESC' : 'ASC'}`,
            ),
          },
        ]
      : [];
  const metrics = {
    UtilizedIndexes: { SingleIndexes: single(true), CompositeIndexes: composite },
    PotentialIndexes: { SingleIndexes: single(false), CompositeIndexes: [] },
  };
  return { 'x-ms-cosmos-index-utilization': encodeURIComponent(JSON.stringify(metrics)) };
}
