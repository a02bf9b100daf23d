import type { Caller } from '../../kernel/index.ts';
import { type CursorKey, openCursor, sealCursor } from './cursor.ts';
import type { RecordDocument } from './documents.ts';
import type { RecordKind } from './record-kind.ts';
import { type Saved, savedFrom } from './saved.ts';
import type { Store } from './store.ts';

/** Which records, in which order, from where. Filters are equalities on declared (indexed) fields. */
export type ListQuery = {
  readonly where?: Readonly<Record<string, string | number | boolean | undefined>>;
  /** By time of making. Newest first unless told otherwise. */
  readonly order?: 'newest' | 'oldest' | undefined;
  readonly limit: number;
  readonly cursor?: string | undefined;
};

export type ListPage<T> = { readonly items: readonly Saved<T>[]; readonly next: string | undefined };

/** One page of a tenant's records of a kind. The text of the query always names the tenant. */
export async function listRecords<T>(
  { store, cursorKey }: { readonly store: Store; readonly cursorKey: CursorKey },
  caller: Caller,
  kind: RecordKind<T>,
  query: ListQuery,
): Promise<ListPage<T>> {
  const filters = Object.entries(query.where ?? {}).filter(([, value]) => value !== undefined);
  const newest = query.order !== 'oldest';
  const binding = [caller.tenant, kind.name, filters, newest];
  const [after] = query.cursor === undefined ? [] : await openCursor(cursorKey, binding, query.cursor);
  const conditions = [
    'c.tenantId = @tenant',
    "c.type = 'record'",
    'c.kind = @kind',
    ...filters.map(([field], index) => `c.ix[${JSON.stringify(field)}] = @f${index}`),
    ...(after === undefined ? [] : [newest ? 'c.at < @after' : 'c.at > @after']),
  ];
  const rows = await store.queryAcross<RecordDocument>({
    text: `SELECT TOP ${query.limit + 1} * FROM c WHERE ${conditions.join(' AND ')} ORDER BY c.at ${newest ? 'DESC' : 'ASC'}`,
    parameters: {
      tenant: caller.tenant,
      kind: kind.name,
      ...Object.fromEntries(filters.map(([, value], index) => [`f${index}`, value])),
      ...(after === undefined ? {} : { after }),
    },
  });
  const foreign = rows.find(row => row.tenantId !== caller.tenant);
  if (foreign !== undefined) throw new Error(`a list met a row of another tenant: ${foreign.id}`);
  const page = rows.slice(0, query.limit);
  const last = rows.length > query.limit ? page.at(-1) : undefined;
  return {
    items: page.map(row => savedFrom(kind, row)),
    next: last === undefined ? undefined : await sealCursor(cursorKey, binding, [last.at]),
  };
}
