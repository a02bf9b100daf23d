import type { ChangesQuery } from './changes-query.ts';
import type { ChangeDocument } from './documents.ts';
import type { PartitionKey, Store } from './store.ts';

/** Says that changes of a scope have moved, so that those who read its history look there, too. Stands in the scope. */
type ArchiveMarker = {
  readonly id: 'archive';
  readonly tenantId: string;
  readonly scope: string;
  readonly type: 'archive';
  /** Months, such as `2025-03`. */
  readonly periods: readonly string[];
};

/** A change as it stands in container `archive`, under its month. */
type ArchivedChange = ChangeDocument & { readonly period: string };

const AT_ONCE = 90;

/** Changes of a scope that were moved, or nothing when none were. */
export async function readArchived(
  stores: { readonly store: Store; readonly archive: Store },
  [tenant = '', scope = '']: PartitionKey,
  { touching, action, order, after, limit }: ChangesQuery & { readonly limit: number },
): Promise<readonly ChangeDocument[]> {
  const marker = await stores.store.read<ArchiveMarker>([tenant, scope], 'archive');
  if (marker === undefined) return [];
  const newest = order === 'newest';
  const conditions = [
    'c.tenantId = @tenant AND c.scope = @scope',
    ...(touching === undefined ? [] : ['ARRAY_CONTAINS(c.ix.touches, @id)']),
    ...(action === undefined ? [] : ['c.ix.action = @action']),
    ...(after === undefined ? [] : [`c.at ${newest ? '<' : '>'} @after`]),
  ];
  const rows = await stores.archive.queryAcross<ArchivedChange>({
    text: `SELECT TOP ${limit} * FROM c WHERE ${conditions.join(' AND ')} ORDER BY c.at ${newest ? 'DESC' : 'ASC'}`,
    parameters: {
      ...{ tenant, scope },
      ...(touching === undefined ? {} : { id: touching }),
      ...(action === undefined ? {} : { action }),
      ...(after === undefined ? {} : { after }),
    },
  });
  return rows.map(asChange);
}

/** The change as it was sealed: its month is not part of it. */
export function asChange({ period: _period, ...change }: ArchivedChange): ChangeDocument {
  return change;
}

/**
 * Moves the changes of a scope that happened before a time. Each is copied, then the scope says so, then the original goes; so
 * wherever this dies nothing is missing, and what stands twice is read once. Returns how many moved.
 */
export async function archiveScope(
  stores: { readonly store: Store; readonly archive: Store },
  key: PartitionKey,
  before: string,
): Promise<number> {
  let moved = 0;
  for (;;) {
    const page = await stores.store.query<ChangeDocument>(key, {
      text: `SELECT TOP ${AT_ONCE} * FROM c WHERE c.type = 'change' AND c.at < @before ORDER BY c.at ASC`,
      parameters: { before },
    });
    if (page.length === 0) return moved;
    await Promise.all(page.map(change => copy(stores.archive, change)));
    await noteMoved(stores.store, key, new Set(page.map(periodOf)));
    const gone = page.map(({ id, _etag }) => ({ kind: 'remove' as const, id, etag: _etag }));
    const outcome = await stores.store.batch(key, gone);
    // Somebody else moves the same scope.
    if (!outcome.done) return moved;
    moved += page.length;
  }
}

async function copy(archive: Store, change: ChangeDocument): Promise<void> {
  const period = periodOf(change);
  const own = Object.entries(change).filter(([name]) => !name.startsWith('_'));
  const item = { ...Object.fromEntries(own), period } as ArchivedChange; // only Cosmos' own members were taken away
  await archive.create([change.tenantId, change.scope, period], item);
}

async function noteMoved(store: Store, key: PartitionKey, months: ReadonlySet<string>): Promise<void> {
  const [tenantId = '', scope = ''] = key;
  for (;;) {
    const present = await store.read<ArchiveMarker>(key, 'archive');
    const periods = [...new Set([...(present?.periods ?? []), ...months])].toSorted();
    const marker: ArchiveMarker = { id: 'archive', tenantId, scope, type: 'archive', periods };
    if (present === undefined) {
      if ((await store.create(key, marker)) === 'created') return;
    } else if (periods.length === present.periods.length) return;
    else if ((await store.replace(key, marker, present._etag)) === 'replaced') return;
  }
}

/** By the text that it was found by, which begins with its time: the time itself may have been altered to anything. */
function periodOf({ at }: ChangeDocument): string {
  return at.slice(0, 7);
}

/** Months that ended so long ago are closed: nothing of them is asked for every day. */
const KEPT_MONTHS = 13;

/** The first instant that still stands with its records: the beginning of a month. */
export function archivedBefore(now: Date): string {
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - KEPT_MONTHS, 1)).toISOString();
}

type OldScope = { readonly tenantId: string; readonly scope: string };

/** Moves what happened before a time out of scopes of every tenant, some scopes at each call. For the platform's own tick. */
export async function archiveOld(
  stores: { readonly store: Store; readonly archive: Store },
  before: string,
): Promise<number> {
  const scopes = await stores.store.queryAcross<OldScope>({
    text: "SELECT DISTINCT TOP 100 c.tenantId, c.scope FROM c WHERE c.type = 'change' AND c.at < @before",
    parameters: { before },
  });
  let moved = 0;
  for (const { tenantId, scope } of scopes) moved += await archiveScope(stores, [tenantId, scope], before);
  return moved;
}
