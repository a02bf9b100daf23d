import { readFileSync } from 'node:fs';
import type { Catalog } from './catalog.ts';
import type { Json, JsonObject } from './json.ts';
import { isArray, isObject, parseJson } from './json.ts';

export type Topology = { readonly database: string; readonly containers: readonly JsonObject[] };

function texts(value: Json | undefined): readonly string[] {
  return isArray(value) ? value.filter(item => typeof item === 'string') : [];
}

function compositeOf(value: Json | undefined): readonly Json[] {
  return (isArray(value) ? value : []).map(index =>
    (isArray(index) ? index : []).map(part =>
      isObject(part) ? part : { path: String(part), order: 'ascending' },
    ),
  );
}

/** Turns a container of the topology file into the definition that the service would be given. */
function definitionOf(container: JsonObject): JsonObject {
  const paths = texts(container['partitionKey']);
  const indexing = isObject(container['indexing']) ? container['indexing'] : {};
  const ttl = container['defaultTtlSeconds'];
  return {
    id: String(container['name']),
    partitionKey: { paths, kind: paths.length > 1 ? 'MultiHash' : 'Hash', version: 2 },
    indexingPolicy: {
      indexingMode: 'consistent',
      automatic: true,
      includedPaths: texts(indexing['included']).map(path => ({ path })),
      excludedPaths: texts(indexing['excluded']).map(path => ({ path })),
      compositeIndexes: compositeOf(indexing['composite']),
    },
    ...(typeof ttl === 'number' ? { defaultTtl: ttl } : {}),
    ...(container['uniqueKeys'] === undefined
      ? {}
      : { uniqueKeyPolicy: uniqueKeysOf(container['uniqueKeys']) }),
  };
}

function uniqueKeysOf(value: Json): JsonObject {
  return { uniqueKeys: (isArray(value) ? value : []).map(paths => ({ paths: texts(paths) })) };
}

/** Reads the `cosmos` part of a topology file. */
export function readTopology(file: string): Topology {
  const whole = parseJson(readFileSync(file, 'utf8'));
  const cosmos = isObject(whole) ? whole['cosmos'] : undefined;
  if (!isObject(cosmos) || typeof cosmos['database'] !== 'string')
    throw new Error(`${file} has no cosmos.database`);
  const containers = isArray(cosmos['containers']) ? cosmos['containers'].filter(isObject) : [];
  return { database: cosmos['database'], containers: containers.map(definitionOf) };
}

/** Makes what is missing and brings policies up to date. What is there and not in the file stays. */
export function applyTopology(catalog: Catalog, topology: Topology, now: number): void {
  if (!catalog.databases().some(database => database.id === topology.database))
    catalog.createDatabase({ id: topology.database }, undefined, now);
  const present = new Map(catalog.list(topology.database).map(container => [container.id, container]));
  for (const definition of topology.containers) {
    const known = present.get(String(definition['id']));
    if (known === undefined) catalog.createContainer(topology.database, definition, undefined, now);
    else if (isOutdated(known.definition, definition))
      catalog.replaceContainer(known, definition, undefined, now);
  }
}

function isOutdated(known: JsonObject, wanted: JsonObject): boolean {
  const policies = (one: JsonObject): string =>
    JSON.stringify([one['defaultTtl'] ?? null, one['indexingPolicy'] ?? null]);
  return policies(known) !== policies(wanted);
}
