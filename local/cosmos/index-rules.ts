import type { Json, JsonObject } from './json.ts';
import { isObject, splitPath } from './json.ts';

type CompositeIndex = readonly { readonly path: string; readonly descending: boolean }[];

/** What an indexing policy says about paths. https://learn.microsoft.com/azure/cosmos-db/index-policy */
export type IndexRules = {
  readonly enabled: boolean;
  /** Whether the scalar at this path (names, `[]` for array elements) has a range index. */
  readonly covers: (path: readonly string[]) => boolean;
  readonly composite: readonly CompositeIndex[];
};

type Rule = { readonly names: readonly string[]; readonly below: boolean; readonly include: boolean };

/** The policy that a container has when none was given. */
export const defaultPolicy = {
  indexingMode: 'consistent',
  automatic: true,
  includedPaths: [{ path: '/*' }],
  excludedPaths: [{ path: '/"_etag"/?' }],
};

function rulesOf(list: Json | undefined, include: boolean): readonly Rule[] {
  if (!Array.isArray(list)) return [];
  return (list as readonly Json[]).flatMap(entry => {
    const path = isObject(entry) ? entry['path'] : undefined;
    if (typeof path !== 'string') return [];
    const names = splitPath(path);
    return [{ names: names.slice(0, -1), below: names.at(-1) === '*', include }];
  });
}

function matches(rule: Rule, path: readonly string[]): boolean {
  const deep = rule.below ? path.length >= rule.names.length : path.length === rule.names.length;
  return deep && rule.names.every((name, at) => name === path[at]);
}

function compositeOf(list: Json | undefined): readonly CompositeIndex[] {
  if (!Array.isArray(list)) return [];
  return (list as readonly Json[]).map(entry =>
    (Array.isArray(entry) ? (entry as readonly Json[]) : []).flatMap(part => {
      if (!isObject(part) || typeof part['path'] !== 'string') return [];
      return [{ path: splitPath(part['path']).join('/'), descending: part['order'] === 'descending' }];
    }),
  );
}

/** Reads a policy. The most precise path wins; `id` and `_ts` are indexed whenever indexing is on. */
export function readIndexRules(policy: Json | undefined): IndexRules {
  const given: JsonObject = isObject(policy) ? policy : defaultPolicy;
  const enabled = given['indexingMode'] !== 'none';
  const rules = [...rulesOf(given['includedPaths'], true), ...rulesOf(given['excludedPaths'], false)];
  // A `?` rule is more precise than a `*` rule of the same length.
  rules.sort(
    (left, right) => right.names.length - left.names.length || Number(left.below) - Number(right.below),
  );
  const covers = (path: readonly string[]): boolean => {
    if (!enabled) return false;
    if (path.length === 1 && (path[0] === 'id' || path[0] === '_ts')) return true;
    return rules.find(rule => matches(rule, path))?.include ?? false;
  };
  return { enabled, covers, composite: compositeOf(given['compositeIndexes']) };
}

/** Counts the indexed scalars of a document: what a write pays for. */
export function countIndexed(rules: IndexRules, value: Json, path: readonly string[] = []): number {
  if (Array.isArray(value)) {
    return (value as readonly Json[]).reduce<number>(
      (sum, item) => sum + countIndexed(rules, item, [...path, '[]']),
      0,
    );
  }
  if (!isObject(value)) return rules.covers(path) ? 1 : 0;
  return Object.entries(value).reduce(
    (sum, [key, item]) => sum + countIndexed(rules, item, [...path, key]),
    0,
  );
}

/** Whether some composite index serves this order, as written or wholly reversed. */
export function servesOrder(rules: IndexRules, order: CompositeIndex): boolean {
  return rules.composite.some(index => {
    if (index.length !== order.length) return false;
    const same = index.every((part, at) => part.path === order[at]?.path);
    const straight = index.every((part, at) => part.descending === order[at]?.descending);
    const reversed = index.every((part, at) => part.descending !== order[at]?.descending);
    return same && (straight || reversed);
  });
}
