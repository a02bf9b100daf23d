import { CosmosFault } from '../errors.ts';
import type { IndexRules } from '../index-rules.ts';
import { servesOrder } from '../index-rules.ts';
import type { Query } from './ast.ts';
import { pathOf } from './ast.ts';
import { documentAlias } from './key-filter.ts';
import { queryFault } from './lexer.ts';

/**
 * Refuses (400) an ORDER BY that the container's indexes cannot serve: a path without range index, several paths without
 * a composite index, or anything that is no property path.
 * https://learn.microsoft.com/azure/cosmos-db/nosql/query/order-by#remarks
 */
export function checkOrder(query: Query, rules: IndexRules): void {
  const alias = documentAlias(query);
  const paths = query.orderBy.map(item => {
    const found = pathOf(item.expression);
    if (found === undefined || found.path.length === 0) {
      throw unmapped();
    }
    if (found.root !== alias) {
      const known = query.sources.some(source => source.alias === found.root);
      if (known)
        throw queryFault('SC2106', 'Order-by over correlated collections is not supported.', item.span);
      throw queryFault('SC2001', `Identifier '${found.root}' could not be resolved.`, item.span);
    }
    return {
      path: found.path.map(part => (typeof part === 'number' ? '[]' : part)),
      descending: item.descending,
    };
  });
  const [only, ...more] = paths;
  if (only === undefined) return;
  if (more.length > 0) {
    const order = paths.map(one => ({ path: one.path.join('/'), descending: one.descending }));
    if (!servesOrder(rules, order)) {
      throw refused(
        'The order by query does not have a corresponding composite index that it can be served from.',
      );
    }
  } else if (!rules.covers(only.path)) {
    throw refused('The index path corresponding to the specified order-by item is excluded.');
  }
}

/** The service gives no place and a number for a code here. */
export function unmapped(): CosmosFault {
  const message =
    'Unsupported ORDER BY clause. ORDER BY item expression could not be mapped to a document path.';
  return new CosmosFault(
    400,
    `Message: ${JSON.stringify({ errors: [{ severity: 'Error', code: 2206, message }] })}`,
  );
}

function refused(message: string): CosmosFault {
  return new CosmosFault(400, `Message: {"Errors":["${message}"]}`);
}
