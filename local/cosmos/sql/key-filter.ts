import type { EpkRange, KeyKind, KeyPart } from '../epk.ts';
import { effectiveKey, prefixRange } from '../epk.ts';
import type { Expression, Query } from './ast.ts';
import { pathOf } from './ast.ts';
import type { Parameters } from './run.ts';

/** The conditions of a WHERE clause that must all hold. */
export function conjuncts(expression: Expression | undefined): readonly Expression[] {
  if (expression === undefined) return [];
  if (expression.kind === 'binary' && expression.operator === 'AND')
    return [...conjuncts(expression.left), ...conjuncts(expression.right)];
  return [expression];
}

/** The name by which a query calls the container's documents, when it reads them directly (`FROM c`). */
export function documentAlias(query: Query): string | undefined {
  const [first] = query.sources;
  if (first === undefined || first.bind !== 'item' || first.from.kind !== 'name') return undefined;
  return first.alias;
}

function constant(expression: Expression, parameters: Parameters): KeyPart | object {
  if (expression.kind === 'literal') return expression.value as KeyPart;
  if (expression.kind === 'parameter') return (parameters.get(expression.name) ?? null) as KeyPart | object;
  return {};
}

/** The values that the filter allows for a property path, or undefined when it does not pin them down. */
function allowed(query: Query, path: string, parameters: Parameters): readonly KeyPart[] | undefined {
  const alias = documentAlias(query);
  const isPath = (side: Expression): boolean => {
    const found = pathOf(side);
    return found !== undefined && found.root === alias && found.path.join('/') === path;
  };
  for (const condition of conjuncts(query.where)) {
    let options: readonly Expression[] = [];
    if (condition.kind === 'binary' && condition.operator === '=') {
      if (isPath(condition.left)) options = [condition.right];
      else if (isPath(condition.right)) options = [condition.left];
    } else if (condition.kind === 'in' && isPath(condition.of)) options = condition.options;
    const values = options.map(option => constant(option, parameters));
    if (values.length > 0 && values.every(value => value === null || typeof value !== 'object'))
      return values as readonly KeyPart[];
  }
  return undefined;
}

export type QueryRange = EpkRange & { readonly isMinInclusive: boolean; readonly isMaxInclusive: boolean };

const everything: QueryRange = { min: '', max: 'FF', isMinInclusive: true, isMaxInclusive: false };
// Beyond this many combinations the service too stops narrowing; the exact bound is not published.
const mostRanges = 200;

/**
 * The hash ranges in which matching documents can live: equality and IN on leading levels of the partition key narrow them,
 * as https://learn.microsoft.com/azure/cosmos-db/hierarchical-partition-keys describes.
 */
export function queryRanges(
  query: Query,
  parameters: Parameters,
  paths: readonly string[],
  kind: KeyKind,
): readonly QueryRange[] {
  let prefixes: readonly (readonly KeyPart[])[] = [[]];
  for (const path of paths) {
    const values = allowed(query, path, parameters);
    if (values === undefined || values.length * prefixes.length > mostRanges) break;
    prefixes = prefixes.flatMap(prefix => values.map(value => [...prefix, value]));
  }
  if (prefixes[0]?.length === 0) return [everything];
  const full = prefixes[0]?.length === paths.length;
  const ranges = prefixes.map(prefix => {
    if (!full) return { ...prefixRange(prefix, kind), isMinInclusive: true, isMaxInclusive: false };
    const point = effectiveKey(prefix, kind);
    return { min: point, max: point, isMinInclusive: true, isMaxInclusive: true };
  });
  const unique = new Map(ranges.map(range => [range.min, range]));
  return [...unique.values()].sort((left, right) => (left.min < right.min ? -1 : 1));
}
