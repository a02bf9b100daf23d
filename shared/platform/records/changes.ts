import type { ChangeDocument } from './documents.ts';
import type { PartitionKey, Store } from './store.ts';

/** Which changes of a scope, in which order, from where. */
export type ChangesQuery = {
  /** Only those that touched the record with this id. */
  readonly touching?: string | undefined;
  readonly order?: 'oldest' | 'newest' | undefined;
  /** The `at` of the change before the first one wanted. */
  readonly after?: string | undefined;
};

const PAGE = 100;

/** At most `limit` changes of a scope. A record's changes come in the order of its versions. */
export async function readChanges(
  store: Store,
  key: PartitionKey,
  query: ChangesQuery & { readonly limit: number },
): Promise<readonly ChangeDocument[]> {
  const { touching, after, limit } = query;
  const newest = query.order === 'newest';
  const conditions = [
    "c.type = 'change'",
    ...(touching === undefined ? [] : ['ARRAY_CONTAINS(c.ix.touches, @id)']),
    ...(after === undefined ? [] : [`c.at ${newest ? '<' : '>'} @after`]),
  ];
  return store.query<ChangeDocument>(key, {
    text: `SELECT TOP ${limit} * FROM c WHERE ${conditions.join(' AND ')} ORDER BY c.at ${newest ? 'DESC' : 'ASC'}`,
    parameters: {
      ...(touching === undefined ? {} : { id: touching }),
      ...(after === undefined ? {} : { after }),
    },
  });
}

/** Every change that the query means, a page in memory at a time. */
export async function* walkChanges(
  store: Store,
  key: PartitionKey,
  query: ChangesQuery,
): AsyncGenerator<ChangeDocument> {
  let { after } = query;
  for (;;) {
    const page = await readChanges(store, key, { ...query, after, limit: PAGE });
    yield* page;
    after = page.at(-1)?.at;
    if (page.length < PAGE) return;
  }
}
