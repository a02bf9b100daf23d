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

/** From one time up to another; `after`: behind the change with this `sort.time`. */
export type Walk = {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly after?: string | undefined;
};

/** A tenant's changes in the order of time, a page in memory at a time. */
export async function* walkTenant(
  stores: { readonly store: Store; readonly archive: Store },
  tenant: TenantId,
  { from, to, after: behind }: Walk = {},
): AsyncGenerator<ChangeDocument> {
  const range = sortRange(tenant, 'change');
  const end = to === undefined ? range.to : timeKey(tenant, to, '');
  let after = behind ?? (from === undefined ? range.from : timeKey(tenant, from, ''));
  for (;;) {
    const query = {
      text: `SELECT TOP ${PAGE} * FROM c WHERE c.tenantId = @tenant AND c.type = 'change'
        AND c.sort.time > @after AND c.sort.time < @end ORDER BY c.sort.time ASC`,
      parameters: { tenant, after, end },
    };
    const [moved, late] = await Promise.all([
      stores.archive.queryAcross<Archived>(query),
      stores.store.queryAcross<ChangeDocument>(query),
    ]);
    const page = inOrder([...moved.map(asChange), ...late]).slice(0, PAGE);
    yield* page;
    after = page.at(-1)?.sort.time ?? end;
    if (page.length < PAGE) return;
  }
}

type Archived = Parameters<typeof asChange>[0];

/** By time, each once: one that is just being moved stands twice. */
function inOrder(changes: readonly ChangeDocument[]): readonly ChangeDocument[] {
  const once = new Map(changes.map(change => [change.id, change]));
  return [...once.values()].toSorted((left, right) => (left.sort.time < right.sort.time ? -1 : 1));
}

/** A tenant's records, deleted ones too, in the order of their making; behind the one with this `at`. */
export async function* walkRecords(
  store: Store,
  tenant: TenantId,
  behind = '',
): AsyncGenerator<Stored<RecordDocument>> {
  let after = behind;
  for (;;) {
    const page = await store.queryAcross<RecordDocument>({
      text: `SELECT TOP ${PAGE} * FROM c WHERE c.tenantId = @tenant AND c.type = 'record' AND c.at > @after ORDER BY c.at ASC`,
      parameters: { tenant, after },
    });
    yield* page;
    after = page.at(-1)?.at ?? '';
    if (page.length < PAGE) return;
  }
}
