import { checkName } from './documents.ts';
import { badRequest, notImplemented } from './errors.ts';
import { defaultPolicy } from './index-rules.ts';
import type { Json, JsonObject } from './json.ts';
import { endOfNames, isArray, isObject, splitPath } from './json.ts';

function refused(message: string): Error {
  return badRequest(`Message: {"Errors":["${message}"]}`);
}

/** Features of a container that this server leaves out, by the member that asks for them. */
const leftOut = ['vectorEmbeddingPolicy', 'fullTextPolicy', 'computedProperties', 'clientEncryptionPolicy'];

/** A definition with the defaults of the service filled in, checked: 400 for what the service refuses, 501 for what is left out. */
export function completedDefinition(given: Json | undefined): JsonObject {
  if (!isObject(given)) throw badRequest('The container definition is not a JSON object.');
  const { _rid, _ts, _self, _etag, _docs, _sprocs, _triggers, _udfs, _conflicts, ...kept } = given;
  for (const name of leftOut) if (kept[name] !== undefined && kept[name] !== null) throw notImplemented(name);
  checkName(kept['id']);
  checkDefaultTtl(kept['defaultTtl']);
  checkUniqueKeys(kept['uniqueKeyPolicy']);
  checkGeospatial(kept['geospatialConfig']);
  const key = isObject(kept['partitionKey']) ? kept['partitionKey'] : {};
  const policy = isObject(kept['indexingPolicy']) ? kept['indexingPolicy'] : {};
  const { defaultTtl, ...rest } = kept;
  return {
    ...rest,
    conflictResolutionPolicy: conflictResolutionOf(kept['conflictResolutionPolicy']),
    geospatialConfig: { type: 'Geography' },
    ...(typeof defaultTtl === 'number' ? { defaultTtl } : {}),
    partitionKey: { kind: 'Hash', ...key },
    indexingPolicy: checkedPolicy(completedPolicy(policy), typeof defaultTtl === 'number'),
  };
}

/** With the defaults of the service, so that two ways to say the same are the same text. https://learn.microsoft.com/azure/cosmos-db/conflict-resolution-policies */
function conflictResolutionOf(given: Json | undefined): JsonObject {
  const policy = isObject(given) ? given : {};
  const mode = ['LastWriterWins', 'Custom'].find(
    name => name.toLowerCase() === String(policy['mode'] ?? 'LastWriterWins').toLowerCase(),
  );
  if (mode === undefined)
    throw refused(`The conflict resolution mode '${String(policy['mode'])}' is not supported.`);
  const path = textOr(policy['conflictResolutionPath'], mode === 'LastWriterWins' ? '/_ts' : '');
  if (path !== '' && !path.startsWith('/'))
    throw refused(`The conflict resolution path '${path}' could not be accepted.`);
  return {
    mode,
    conflictResolutionPath: path,
    conflictResolutionProcedure: textOr(policy['conflictResolutionProcedure'], ''),
  };
}

function textOr(value: Json | undefined, otherwise: string): string {
  return typeof value === 'string' && value !== '' ? value : otherwise;
}

/** The service's default, as a client sends it back with what it read; anything else is about spatial indexes, which are left out. */
function checkGeospatial(config: Json | undefined): void {
  if (config === undefined || config === null) return;
  const type = isObject(config) ? config['type'] : undefined;
  if (type === 'Geography') return;
  if (type === 'Geometry') throw notImplemented('spatial data of the type Geometry');
  throw refused(`The type '${String(type)}' of the geospatialConfig is not supported.`);
}

function checkDefaultTtl(ttl: Json | undefined): void {
  if (ttl === undefined) return;
  const valid =
    typeof ttl === 'number' && Number.isInteger(ttl) && (ttl === -1 || (ttl > 0 && ttl < 2 ** 31));
  if (valid) return;
  throw refused(
    `The specified value '${JSON.stringify(ttl)}' of the defaultTtl is invalid. Ensure to provide a nonzero positive integer less than or equal to '2147483647', or '-1'.`,
  );
}

/** At most 10 constraints of at most 16 paths. https://learn.microsoft.com/azure/cosmos-db/concepts-limits#per-container-limits */
function checkUniqueKeys(policy: Json | undefined): void {
  const keys = isObject(policy) && isArray(policy['uniqueKeys']) ? policy['uniqueKeys'] : [];
  if (keys.length > 10) throw refused('The number of unique keys exceeds the maximum of 10.');
  for (const key of keys) {
    const paths = isObject(key) && isArray(key['paths']) ? key['paths'] : [];
    if (paths.length === 0 || paths.length > 16) throw refused('A unique key has 1 to 16 paths.');
    if (!paths.every(path => typeof path === 'string' && path.startsWith('/')))
      throw refused('The unique key path must be a valid path.');
  }
}

function pathsIn(list: Json | undefined): readonly string[] {
  return (isArray(list) ? list : []).map(entry =>
    isObject(entry) && typeof entry['path'] === 'string' ? entry['path'] : '',
  );
}

/** With what the service adds: the paths of the default policy, and the tag, which nobody indexes without saying so. */
function completedPolicy(given: JsonObject): JsonObject {
  const policy = { ...defaultPolicy, ...given };
  // Without an index there are no paths.
  if (String(policy.indexingMode).toLowerCase() === 'none')
    return { ...policy, includedPaths: [], excludedPaths: [], ...given };
  const [included, excluded] = [normalized(policy.includedPaths), normalized(policy.excludedPaths)];
  const [tag] = defaultPolicy.excludedPaths;
  const named = [...pathsIn(included), ...pathsIn(excluded)].some(path => splitPath(path)[0] === '_etag');
  return {
    ...policy,
    includedPaths: included,
    excludedPaths: named ? excluded : [...excluded, ...(tag === undefined ? [] : [tag])],
  };
}

/** In older policies a slash is the whole of a document. */
function normalized(list: Json): readonly Json[] {
  return (isArray(list) ? list : []).map(entry =>
    isObject(entry) && entry['path'] === '/' ? { ...entry, path: '/*' } : entry,
  );
}

/** https://learn.microsoft.com/azure/cosmos-db/index-policy#include-exclude-paths */
function checkedPolicy(policy: JsonObject, expires: boolean): JsonObject {
  for (const name of ['vectorIndexes', 'fullTextIndexes', 'spatialIndexes'])
    if (isArray(policy[name]) && policy[name].length > 0) throw notImplemented(name);
  if (hasSpatialPath(policy['includedPaths'])) throw notImplemented('spatial indexes');
  const mode = String(policy['indexingMode']).toLowerCase();
  if (mode !== 'consistent' && mode !== 'none')
    throw refused(`The indexing mode '${mode}' is not supported.`);
  const [included, excluded] = [pathsIn(policy['includedPaths']), pathsIn(policy['excludedPaths'])];
  if (mode === 'none') {
    // MicrosoftDocs/azure-docs#29213
    if (expires)
      throw refused("Indexing mode value cannot be 'none' when 'defaultTtl' is specified in the collection.");
    if (policy['automatic'] === true)
      throw refused("The indexing policy cannot be automatic when the indexing mode is 'none'.");
    return { ...policy, indexingMode: mode };
  }
  if (policy['automatic'] === false) throw notImplemented('an index that is not automatic');
  for (const path of [...included, ...excluded]) checkIndexPath(path);
  if (![...included, ...excluded].includes('/*')) {
    throw refused(
      'The special mandatory indexing path \\"/\\" is not provided in any of the path type sets. Please provide this path in one of the sets.',
    );
  }
  checkComposites(policy['compositeIndexes']);
  return { ...policy, indexingMode: mode };
}

function checkIndexPath(path: string): void {
  const end = endOfNames(path, true);
  if (/^\/[*?]$/.test(path.slice(end)) && path !== '/?') return;
  throw refused(
    `The indexing path '${path}' could not be accepted, failed near position '${end}'. Please ensure that the path is a valid path. Common errors include invalid characters or absence of quotes around labels.`,
  );
}

/** Included paths of older policies say what kinds of index they have; these have spatial ones among them. */
function hasSpatialPath(list: Json | undefined): boolean {
  const entries = isArray(list) ? list.filter(isObject) : [];
  const kinds = entries.flatMap(({ indexes }) => (indexes !== undefined && isArray(indexes) ? indexes : []));
  return kinds.some(index => isObject(index) && index['kind'] === 'Spatial');
}

function checkComposites(list: Json | undefined): void {
  for (const index of isArray(list) ? list : []) {
    const paths = pathsIn(index);
    if (paths.length < 2 || paths.length > 8) throw refused('A composite index has 2 to 8 paths.');
    if (paths.some(path => /[*?]$/.test(path)))
      throw refused('The composite index paths cannot have wildcards; they have an implicit /? at the end.');
  }
}
