import type { EpkRange, KeyKind, KeyPart } from './epk.ts';
import { effectiveKey, keyPart } from './epk.ts';
import { badRequest, partitionKeyMismatch } from './errors.ts';
import type { IndexRules } from './index-rules.ts';
import { readIndexRules } from './index-rules.ts';
import type { Json, JsonObject } from './json.ts';
import { endOfNames, isObject, splitPath, valueAt } from './json.ts';

export type PartitionRange = EpkRange & { readonly id: string; readonly parents: readonly string[] };

/** A container as the server works with it: its definition, made ready. */
export type Container = {
  /** Number of the container, which names its table. */
  readonly number: number;
  readonly databaseId: string;
  readonly databaseRid: string;
  readonly id: string;
  readonly rid: string;
  readonly etag: string;
  readonly ts: number;
  readonly definition: JsonObject;
  readonly keyKind: KeyKind;
  readonly keyPaths: readonly (readonly string[])[];
  readonly defaultTtl: number | undefined;
  readonly index: IndexRules;
  readonly uniqueKeys: readonly (readonly string[])[];
  readonly ranges: readonly PartitionRange[];
  /** The log sequence number of the last commit: it only grows, over all partitions. */
  lsn: number;
};

export type StoredContainer = {
  readonly number: number;
  readonly databaseId: string;
  readonly databaseRid: string;
  readonly id: string;
  readonly rid: string;
  readonly etag: string;
  readonly ts: number;
  readonly definition: JsonObject;
  readonly ranges: readonly PartitionRange[];
  readonly lsn: number;
};

/** Makes a stored definition ready. */
export function openContainer(stored: StoredContainer): Container {
  const key = partitionKeyOf(stored.definition);
  const ttl = stored.definition['defaultTtl'];
  return {
    ...stored,
    keyKind: key.kind,
    keyPaths: key.paths,
    defaultTtl: typeof ttl === 'number' ? ttl : undefined,
    index: readIndexRules(stored.definition['indexingPolicy']),
    uniqueKeys: uniqueKeysOf(stored.definition['uniqueKeyPolicy']),
  };
}

/** The partition key of a definition; 400 when it is none that the service knows. */
export function partitionKeyOf(definition: JsonObject): {
  readonly kind: KeyKind;
  readonly paths: readonly (readonly string[])[];
} {
  const key = definition['partitionKey'];
  const given = isObject(key) && Array.isArray(key['paths']) ? (key['paths'] as readonly Json[]) : [];
  if (!isObject(key) || given.length === 0 || !given.every(path => typeof path === 'string'))
    throw badRequest('The partition key definition is invalid.');
  const paths = given.map(keyPath);
  const levels = paths.length;
  if (new Set(paths.map(path => JSON.stringify(path))).size < levels)
    throw badRequest('The partition key definition is invalid: a path is given twice.');
  const { version } = key;
  if (version !== undefined && version !== 1 && version !== 2)
    throw badRequest("The partition key definition is invalid: the version is neither '1' nor '2'.");
  if (key['kind'] === 'MultiHash') {
    if (levels > 3) throw badRequest('The partition key definition is invalid: at most 3 paths are allowed.');
    if (version === 1)
      throw badRequest("The partition key definition is invalid: the kind 'MultiHash' needs version 2.");
    return { kind: 'MultiHash', paths };
  }
  if (levels > 1)
    throw badRequest(
      "The partition key definition is invalid: several paths need the kind 'MultiHash' and version 2.",
    );
  return { kind: version === 2 ? 'HashV2' : 'HashV1', paths };
}

/** A path of names without wildcards: an element of an array is no key. */
function keyPath(path: string): readonly string[] {
  const end = endOfNames(path, false);
  if (end > 0 && end === path.length) return splitPath(path);
  throw badRequest(
    `Message: {"Errors":["The partition key component definition path '${path}' could not be accepted, failed near position '${end}'. Partition key paths must contain only valid characters and not contain a trailing slash or wildcard character."]}`,
  );
}

function uniqueKeysOf(policy: Json | undefined): readonly (readonly string[])[] {
  const keys = isObject(policy) ? policy['uniqueKeys'] : undefined;
  if (!Array.isArray(keys)) return [];
  return (keys as readonly Json[]).flatMap(key => {
    const paths = isObject(key) && Array.isArray(key['paths']) ? (key['paths'] as readonly Json[]) : [];
    return paths.length > 0 ? [paths.map(String)] : [];
  });
}

/** The partition key of a document: the values at the container's key paths. */
export function keyOf(container: Container, document: JsonObject): readonly KeyPart[] {
  return container.keyPaths.map(path => keyPart(valueAt(document, path)));
}

// https://learn.microsoft.com/azure/cosmos-db/concepts-limits#per-logical-partition
const mostKeyBytes = 2048;

/** The place of a full key; 400 (1001) when the number of levels is not the container's, 400 above 2 KB. */
export function placeOf(container: Container, key: readonly KeyPart[]): string {
  const bytes = key.reduce<number>(
    (sum, part) => sum + (typeof part === 'string' ? Buffer.byteLength(part) : 0),
    0,
  );
  if (bytes > mostKeyBytes)
    throw badRequest(
      `Message: {"Errors":["The partition key value is larger than the maximum of ${mostKeyBytes} bytes."]}`,
    );
  if (key.length !== container.keyPaths.length) throw partitionKeyMismatch();
  return cachedEffectiveKey(key, container.keyKind);
}

const known = new Map<string, string>();

/** Hashing in big integers takes tens of microseconds, and the same keys come again and again. */
function cachedEffectiveKey(key: readonly KeyPart[], kind: KeyKind): string {
  const name = `${kind}${JSON.stringify(key.map(part => (part === undefined ? {} : part)))}`;
  const found = known.get(name);
  if (found !== undefined) return found;
  if (known.size > 50_000) known.clear();
  const made = effectiveKey(key, kind);
  known.set(name, made);
  return made;
}

/** The id that the next physical partition of a container will have. */
export function nextRangeId({ ranges }: Container): number {
  return Math.max(...ranges.flatMap(range => [range.id, ...range.parents]).map(Number)) + 1;
}

/** The physical partition in whose range a place lies. */
export function partitionOf(container: Container, place: string): PartitionRange {
  const found = container.ranges.find(range => place >= range.min && place < range.max);
  if (found === undefined) throw new Error('the ranges of a container cover the whole hash space');
  return found;
}
