import * as z from 'zod';
import { readTopologyFile, TopologyProblem, topologyPart } from '../topology-file.ts';
import type { Catalog } from './catalog.ts';
import { partitionKeyOf } from './container.ts';
import { completedDefinition } from './container-rules.ts';
import { checkName } from './documents.ts';
import { CosmosFault } from './errors.ts';
import type { JsonObject } from './json.ts';

export type Topology = { readonly database: string; readonly containers: readonly JsonObject[] };

const path = z.string().startsWith('/');
const compositePart = z.union([path, z.strictObject({ path, order: z.enum(['ascending', 'descending']) })]);

const container = z.strictObject({
  name: z.string().min(1),
  partitionKey: z.array(path).min(1).max(3),
  /** Null: nothing expires. -1: what has a `ttl` of its own. */
  defaultTtlSeconds: z.int().nullable().default(null),
  /** Left out: everything is indexed, as the service does by default. */
  indexing: z
    .strictObject({
      included: z.array(path).optional(),
      excluded: z.array(path).optional(),
      composite: z.array(z.array(compositePart)).default([]),
    })
    .optional(),
  uniqueKeys: z.array(z.array(path)).default([]),
});

const cosmos = z.strictObject({
  database: z.string().min(1),
  containers: z.array(container).default([]),
});

type Declared = z.infer<typeof container>;

function indexingPolicyOf(indexing: NonNullable<Declared['indexing']>): JsonObject {
  const { included, excluded, composite } = indexing;
  return {
    indexingMode: 'consistent',
    automatic: true,
    ...(included === undefined ? {} : { includedPaths: included.map(one => ({ path: one })) }),
    ...(excluded === undefined ? {} : { excludedPaths: excluded.map(one => ({ path: one })) }),
    compositeIndexes: composite.map(index =>
      index.map(part => (typeof part === 'string' ? { path: part, order: 'ascending' } : part)),
    ),
  };
}

/** Turns a container of the topology file into the definition that the service would be given. */
function definitionOf(declared: Declared): JsonObject {
  const { name, partitionKey: paths, defaultTtlSeconds: ttl, indexing, uniqueKeys } = declared;
  return {
    id: name,
    partitionKey: { paths, kind: paths.length > 1 ? 'MultiHash' : 'Hash', version: 2 },
    ...(indexing === undefined ? {} : { indexingPolicy: indexingPolicyOf(indexing) }),
    ...(ttl === null ? {} : { defaultTtl: ttl }),
    ...(uniqueKeys.length === 0
      ? {}
      : { uniqueKeyPolicy: { uniqueKeys: uniqueKeys.map(one => ({ paths: one })) } }),
  };
}

/** Reads the `cosmos` part of a topology file; throws a TopologyProblem with the place of what the service would refuse. */
export function readTopology(file: string): Topology {
  const { database, containers } = topologyPart(file, readTopologyFile(file), 'cosmos', cosmos);
  const definitions = containers.map((declared, at) => {
    try {
      checkName(declared.name);
      const definition = completedDefinition(definitionOf(declared));
      partitionKeyOf(definition);
      if (containers.findIndex(one => one.name === declared.name) < at)
        throw new TopologyProblem(file, `the name '${declared.name}' is taken.`, [
          'cosmos',
          'containers',
          at,
        ]);
      return definition;
    } catch (error) {
      if (!(error instanceof CosmosFault)) throw error;
      const [, reason = error.message] = /"Errors":\["(.*)"\]/.exec(error.message) ?? [];
      throw new TopologyProblem(file, `container '${declared.name}': ${reason}`, [
        'cosmos',
        'containers',
        at,
      ]);
    }
  });
  return { database, containers: definitions };
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
