import { readArchived } from './archive.ts';
import type { ChangesQuery } from './changes-query.ts';
import type { ChangeDocument } from './documents.ts';
import type { PartitionKey, Store } from './store.ts';

const PAGE = 100;

/** Where changes stand: those of late, and those that have moved. */
export type ChangeStores = { readonly store: Store; readonly archive: Store };

/** At most `limit` changes of a scope, moved ones among them. A record's changes come in the order of its versions. */
export async function readChanges(
  stores: ChangeStores,
  key: PartitionKey,
  query: ChangesQuery & { readonly limit: number },
): Promise<readonly ChangeDocument[]> {
  const [late, moved] = await Promise.all([
    readLate(stores.store, key, query),
    readArchived(stores, key, query),
  ]);
  if (moved.length === 0) return late;
  const direction = query.order === 'newest' ? -1 : 1;
  // One that is just being moved stands twice.
  const once = new Map([...moved, ...late].map(change => [change.id, change]));
  return [...once.values()]
    .toSorted((left, right) => (left.at < right.at ? -direction : direction))
    .slice(0, query.limit);
}

async function readLate(
  store: Store,
  key: PartitionKey,
  query: ChangesQuery & { readonly limit: number },
): Promise<readonly ChangeDocument[]> {
  const { touching, action, after, limit } = query;
  const newest = query.order === 'newest';
  const conditions = [
    "c.type = 'change'",
    ...(touching === undefined ? [] : ['ARRAY_CONTAINS(c.ix.touches, @id)']),
    ...(action === undefined ? [] : ['c.ix.action = @action']),
    ...(after === undefined ? [] : [`c.at ${newest ? '<' : '>'} @after`]),
  ];
  return store.query<ChangeDocument>(key, {
    text: `SELECT TOP ${limit} * FROM c WHERE ${conditions.join(' AND ')} ORDER BY c.at ${newest ? 'DESC' : 'ASC'}`,
    parameters: {
      ...(touching === undefined ? {} : { id: touching }),
      ...(action === undefined ? {} : { action }),
      ...(after === undefined ? {} : { after }),
    },
  });
}

/** Every change that the query means, a page in memory at a time. */
export async function* walkChanges(
  stores: ChangeStores,
  key: PartitionKey,
  query: ChangesQuery,
): AsyncGenerator<ChangeDocument> {
  let { after } = query;
  for (;;) {
    const page = await readChanges(stores, key, { ...query, after, limit: PAGE });
    yield* page;
    after = page.at(-1)?.at;
    // One that was altered so that it has no place in the order would be read for ever.
    if (page.length < PAGE || typeof after !== 'string') return;
  }
}
