import type { Expression, Query } from './ast.ts';
import {
  aggregateNames,
  aggregatesIn,
  childrenOf,
  hasAggregate,
  hasSubquery,
  isConstant,
  pathOf,
  selected,
  spanOfPath,
} from './ast.ts';
import { queryFault, queryFaults } from './lexer.ts';
import { printExpression } from './print.ts';

/**
 * Refuses (400) what the service refuses of grouped queries: properties that are neither grouped by nor aggregated, an
 * aggregate in WHERE or GROUP BY, and ORDER BY beside GROUP BY. https://learn.microsoft.com/azure/cosmos-db/nosql/query/group-by
 */
export function checkGroups(query: Query): void {
  const [misplaced] = query.where === undefined ? [] : aggregatesIn(query.where);
  if (misplaced !== undefined)
    throw queryFault('SC2071', 'An aggregate function is not allowed in the WHERE clause.', misplaced.whole);
  for (const key of query.groupBy) checkKey(key);
  const aggregated = selected(query.select).some(hasAggregate);
  if (query.groupBy.length === 0 && !aggregated) return;
  const [order] = query.orderBy;
  if (order !== undefined && query.groupBy.length > 0)
    throw queryFault('SC2103', "'ORDER BY' is not allowed with GROUP BY.", order.span);
  if (query.select.kind === 'all')
    throw queryFault('SC2041', "'SELECT *' is not allowed with GROUP BY.", query.select.span);
  const keys = new Set(query.groupBy.map(printExpression));
  const wrong = selected(query.select).flatMap(expression => ungrouped(expression, keys));
  if (wrong.length === 0) return;
  throw queryFaults(
    wrong.map(path => ({
      code: 'SC2102',
      message: `Property reference '${printExpression(path)}' is invalid in the select list because it is not contained in either an aggregate function or the GROUP BY clause.`,
      span: spanOfPath(path),
    })),
  );
}

/** What is grouped by is computed from properties: no aggregate, no sub-query and no constant. */
function checkKey(key: Expression): void {
  const [aggregate] = aggregatesIn(key);
  if (aggregate !== undefined)
    throw queryFault(
      'SC2072',
      'An aggregate function is not allowed in the GROUP BY clause.',
      aggregate.whole,
    );
  const problem = hasSubquery(key)
    ? 'A subquery is not allowed in the GROUP BY clause.'
    : 'Each expression of the GROUP BY clause must contain a property reference.';
  if (hasSubquery(key) || isConstant(key)) throw queryFault('SC2073', problem, spanOfPath(key));
}

/** The property paths that are neither grouped by nor aggregated. */
function ungrouped(expression: Expression, keys: ReadonlySet<string>): readonly Expression[] {
  if (keys.has(printExpression(expression))) return [];
  if (expression.kind === 'call' && aggregateNames.has(expression.name)) return [];
  if (pathOf(expression) !== undefined)
    return prefixesOf(expression).some(prefix => keys.has(prefix)) ? [] : [expression];
  return childrenOf(expression).flatMap(child => ungrouped(child, keys));
}

function prefixesOf(expression: Expression): readonly string[] {
  return expression.kind === 'member' ? [printExpression(expression.of), ...prefixesOf(expression.of)] : [];
}
