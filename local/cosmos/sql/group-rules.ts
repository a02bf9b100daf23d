import type { Expression, Query } from './ast.ts';
import { aggregateNames, childrenOf, hasAggregate, pathOf, selected } from './ast.ts';
import { queryFault } from './lexer.ts';
import { printExpression } from './print.ts';

/**
 * Refuses (400) what the service refuses of grouped queries: properties that are neither grouped by nor aggregated, an
 * aggregate in WHERE, and ORDER BY beside GROUP BY. https://learn.microsoft.com/azure/cosmos-db/nosql/query/group-by
 */
export function checkGroups(query: Query): void {
  if (query.where !== undefined && hasAggregate(query.where)) {
    throw queryFault('SC2071', 'An aggregate function is not allowed in the WHERE clause.', nowhere);
  }
  const grouped = query.groupBy.length > 0 || selected(query.select).some(hasAggregate);
  if (!grouped) return;
  if (query.orderBy.length > 0) {
    const span = query.orderBy[0]?.span ?? nowhere;
    throw queryFault(
      'SC2103',
      "'ORDER BY' is not supported in a query with aggregates or a 'GROUP BY' clause.",
      span,
    );
  }
  const keys = new Set(query.groupBy.map(printExpression));
  if (query.select.kind === 'all')
    throw queryFault('SC2101', "'SELECT *' is not allowed in a grouped query.", nowhere);
  for (const expression of selected(query.select)) checkGrouped(expression, keys);
}

const nowhere = { start: 0, end: 0 };

function checkGrouped(expression: Expression, keys: ReadonlySet<string>): void {
  if (keys.has(printExpression(expression))) return;
  if (expression.kind === 'call' && aggregateNames.has(expression.name)) return;
  const path = pathOf(expression);
  if (path !== undefined && !prefixesOf(expression).some(prefix => keys.has(prefix))) {
    throw queryFault(
      'SC2102',
      `Property reference '${printExpression(expression)}' is invalid in the select list because it is not contained in either an aggregate function or the GROUP BY clause.`,
      rootSpan(expression),
    );
  }
  if (path === undefined) for (const child of childrenOf(expression)) checkGrouped(child, keys);
}

function prefixesOf(expression: Expression): readonly string[] {
  return expression.kind === 'member' ? [printExpression(expression.of), ...prefixesOf(expression.of)] : [];
}

function rootSpan(expression: Expression): { readonly start: number; readonly end: number } {
  if (expression.kind === 'member') return rootSpan(expression.of);
  return expression.kind === 'name' ? expression.span : nowhere;
}
