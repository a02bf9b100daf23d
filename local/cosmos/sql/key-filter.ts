import type { EpkRange, KeyKind, KeyPart } from '../epk.ts';
import { effectiveKey, keyPart, prefixRange } from '../epk.ts';
import { isArray } from '../json.ts';
import type { Expression, Query } from './ast.ts';
import { isConstant, pathOf } from './ast.ts';
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

/** The values that a key can have where a condition holds; undefined when that is not known. */
type Allowed = readonly KeyPart[] | undefined;

type Level = {
  readonly isKey: (expression: Expression) => boolean;
  readonly parameters: Parameters;
};

/** The value of a constant as a key has it: lists and objects count as none. Undefined for what is no constant. */
function constant(expression: Expression, { parameters }: Level): { readonly part: KeyPart } | undefined {
  if (!isConstant(expression)) return undefined;
  if (expression.kind === 'array' || expression.kind === 'object') return { part: undefined };
  if (expression.kind === 'literal') return { part: keyPart(expression.value) };
  return expression.kind === 'parameter' ? { part: keyPart(parameters.get(expression.name)) } : undefined;
}

function constants(expressions: readonly Expression[], level: Level): Allowed {
  const found = expressions.map(one => constant(one, level)).filter(one => one !== undefined);
  return found.length === expressions.length ? found.map(one => one.part) : undefined;
}

const sameAs =
  (part: KeyPart) =>
  (other: KeyPart): boolean =>
    other === part;

/** The key values for which a condition can hold. */
function allowed(condition: Expression, level: Level): Allowed {
  if (level.isKey(condition)) return [true];
  switch (condition.kind) {
    case 'literal':
      return condition.value === true ? undefined : [];
    case 'unary':
      return condition.operator === 'NOT' && level.isKey(condition.of) ? [false] : undefined;
    case 'in':
      return level.isKey(condition.of) ? constants(condition.options, level) : undefined;
    case 'binary':
      return allowedByBinary(condition, level);
    case 'call':
      return allowedByCall(condition, level);
    default:
      return undefined;
  }
}

function allowedByBinary(
  { operator, left, right }: Extract<Expression, { kind: 'binary' }>,
  level: Level,
): Allowed {
  if (operator === '=') {
    if (level.isKey(left)) return constants([right], level);
    return level.isKey(right) ? constants([left], level) : undefined;
  }
  if (operator !== 'AND' && operator !== 'OR') return undefined;
  const [first, second] = [allowed(left, level), allowed(right, level)];
  if (operator === 'OR') return first && second && [...first, ...second];
  if (first === undefined || second === undefined) return first ?? second;
  return first.filter(part => second.some(sameAs(part)));
}

function allowedByCall(
  { name, args: [first, second, ...more] }: Extract<Expression, { kind: 'call' }>,
  level: Level,
): Allowed {
  if (first === undefined) return undefined;
  if (name === 'IS_NULL' && level.isKey(first)) return [null];
  if (name === 'IS_BOOL' && level.isKey(first)) return [false, true];
  if (name !== 'ARRAY_CONTAINS' || second === undefined || more.length > 0 || !level.isKey(second))
    return undefined;
  if (first.kind === 'array') return constants(first.items, level);
  const list = first.kind === 'parameter' ? level.parameters.get(first.name) : undefined;
  return isArray(list) ? list.map(keyPart) : undefined;
}

export type QueryRange = EpkRange & { readonly isMinInclusive: boolean; readonly isMaxInclusive: boolean };

const everything: QueryRange = { min: '', max: 'FF', isMinInclusive: true, isMaxInclusive: false };
// One physical partition is asked all the same: a query without FROM has its one row there.
const nothing: QueryRange = { min: '', max: '', isMinInclusive: true, isMaxInclusive: true };
// Beyond this many combinations the service too stops narrowing; the exact bound is not published.
const mostRanges = 200;

/**
 * The hash ranges in which matching documents can live: what the filter says of leading levels of the partition key narrows
 * them, as https://learn.microsoft.com/azure/cosmos-db/hierarchical-partition-keys describes. Which conditions the service
 * looks at is to be seen in QueryPlanBaselineTests.ManyRanges.xml of https://github.com/Azure/azure-cosmos-dotnet-v3.
 */
export function queryRanges(
  query: Query,
  parameters: Parameters,
  paths: readonly string[],
  kind: KeyKind,
): readonly QueryRange[] {
  if (query.sources.length === 0) return [nothing];
  const alias = documentAlias(query);
  let prefixes: readonly (readonly KeyPart[])[] = [[]];
  for (const path of paths) {
    const isKey = (side: Expression): boolean => {
      const found = pathOf(side);
      return found !== undefined && found.root === alias && found.path.join('/') === path;
    };
    const values = query.where && allowed(query.where, { isKey, parameters });
    if (values?.length === 0) return [nothing];
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
