import type { TenantId } from '../../kernel/index.ts';
import {
  asChange,
  type ChangeDocument,
  type RecordDocument,
  type Store,
  type Stored,
  sortRange,
  timeKey,
} from '../records/index.ts';

const PAGE = 200;
/** Nothing that we write shares its place with anything; nobody hides more than this behind a border. */
const MOST_AT_ONE_PLACE = 10_000;
/** As many as a report has findings. */
const MOST_UNWALKED = 1000;

/** From one time up to another; `after`: behind the change with this `sort.time`. */
export type Walk = {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly after?: string | undefined;
};

/** Where a tenant's changes are. */
type Stores = { readonly store: Store; readonly archive: Store };
type Archived = Parameters<typeof asChange>[0];
type Condition = { readonly text: string; readonly parameters: Readonly<Record<string, string>> };

/** A tenant's changes in the order of time, a page in memory at a time; those that share a place in it, one after the other. */
export async function* walkTenant(
  stores: Stores,
  tenant: TenantId,
  { from, to, after: behind }: Walk = {},
): AsyncGenerator<ChangeDocument> {
  const range = sortRange(tenant, 'change');
  const end = to === undefined ? range.to : timeKey(tenant, to, '');
  yield* inPages({
    begin: behind ?? (from === undefined ? range.from : timeKey(tenant, from, '')),
    placeOf: change => change.sort.time,
    behind: async after => {
      const text = 'c.sort.time > @after AND c.sort.time < @end ORDER BY c.sort.time ASC';
      const changes = await changesWhere(stores, tenant, { text, parameters: { after, end } });
      return changes.toSorted((left, right) => (left.sort.time < right.sort.time ? -1 : 1)).slice(0, PAGE);
    },
    at: place =>
      changesWhere(
        stores,
        tenant,
        { text: 'c.sort.time = @place', parameters: { place } },
        MOST_AT_ONE_PLACE,
      ),
  });
}

/** Changes that no walk meets: what it goes by is no text, or not one of the tenant's. There should be none. */
export async function unwalkedChanges(stores: Stores, tenant: TenantId): Promise<readonly ChangeDocument[]> {
  const { from, to } = sortRange(tenant, 'change');
  const text = '(NOT IS_STRING(c.sort.time) OR c.sort.time <= @from OR c.sort.time >= @to)';
  return changesWhere(stores, tenant, { text, parameters: { from, to } }, MOST_UNWALKED);
}

async function changesWhere(
  { store, archive }: Stores,
  tenant: TenantId,
  { text, parameters }: Condition,
  most = PAGE,
): Promise<readonly ChangeDocument[]> {
  const query = {
    text: `SELECT TOP ${most} * FROM c WHERE c.tenantId = @tenant AND c.type = 'change' AND ${text}`,
    parameters: { tenant, ...parameters },
  };
  const [moved, late] = await Promise.all([
    archive.queryAcross<Archived>(query),
    store.queryAcross<ChangeDocument>(query),
  ]);
  // Each once: one that is just being moved stands twice.
  return [...new Map([...moved.map(asChange), ...late].map(change => [placed(change), change])).values()];
}

/**
 * A tenant's records, deleted ones too, in the order of their making; behind the ones with this `at`. It tells them apart but in
 * what was written from outside; then those with the same one follow each other.
 */
export async function* walkRecords(
  store: Store,
  tenant: TenantId,
  begin = '',
): AsyncGenerator<Stored<RecordDocument>> {
  yield* inPages({
    begin,
    placeOf: record => record.at,
    behind: after =>
      recordsWhere(store, tenant, { text: 'c.at > @after ORDER BY c.at ASC', parameters: { after } }),
    at: at => recordsWhere(store, tenant, { text: 'c.at = @at', parameters: { at } }, MOST_AT_ONE_PLACE),
  });
}

/** Records that no walk meets: their `at` is no text, or an empty one. There should be none. */
export function unwalkedRecords(store: Store, tenant: TenantId): Promise<readonly Stored<RecordDocument>[]> {
  const text = "(NOT IS_STRING(c.at) OR c.at = '')";
  return recordsWhere(store, tenant, { text, parameters: {} }, MOST_UNWALKED);
}

function recordsWhere(
  store: Store,
  tenant: TenantId,
  { text, parameters }: Condition,
  most = PAGE,
): Promise<readonly Stored<RecordDocument>[]> {
  return store.queryAcross<RecordDocument>({
    text: `SELECT TOP ${most} * FROM c WHERE c.tenantId = @tenant AND c.type = 'record' AND ${text}`,
    parameters: { tenant, ...parameters },
  });
}

type Pages<T> = {
  readonly begin: string;
  readonly placeOf: (item: T) => string;
  readonly behind: (place: string) => Promise<readonly T[]>;
  readonly at: (place: string) => Promise<readonly T[]>;
};

/** Page after page; where one ends, what shares the place of its last item comes first. */
async function* inPages<T extends Placed>({ begin, placeOf, behind, at }: Pages<T>): AsyncGenerator<T> {
  for (let place = begin; ; ) {
    const page = await behind(place);
    yield* page;
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) return;
    place = placeOf(last);
    const told = new Set(page.map(placed));
    for (const item of await at(place)) if (!told.has(placed(item))) yield item;
  }
}

type Placed = { readonly scope: string; readonly id: string };

/** Ids are unique in a scope. */
function placed({ scope, id }: Placed): string {
  return `${scope} ${id}`;
}
