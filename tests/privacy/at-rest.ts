import type { Composition } from '../../functions/compose.ts';
import type { Store, Stored } from '../../shared/platform/records/index.ts';

type Item = Stored<{ readonly id: string; readonly tenantId: string; readonly scope: string }>;

/** Everything of a tenant as it lies in the database, container by container. */
export async function rowsOf(
  stores: Composition['stores'],
  tenant: string,
): Promise<Readonly<Record<'records' | 'keys', readonly Item[]>>> {
  const query = { text: 'SELECT * FROM c WHERE c.tenantId = @tenant', parameters: { tenant } };
  const [records, keys] = await Promise.all([
    stores.records.queryAcross<Item>(query),
    stores.keys.query<Item>([tenant], query),
  ]);
  return { records, keys };
}

/** Brings a tenant back to how it was, as a restore from a backup does. */
export async function restore(
  stores: Composition['stores'],
  tenant: string,
  backup: Awaited<ReturnType<typeof rowsOf>>,
): Promise<void> {
  const present = await rowsOf(stores, tenant);
  await put(stores.records, present.records, backup.records, ({ tenantId, scope }) => [tenantId, scope]);
  await put(stores.keys, present.keys, backup.keys, ({ tenantId }) => [tenantId]);
}

async function put(
  store: Store,
  present: readonly Item[],
  wanted: readonly Item[],
  keyOf: (item: Item) => readonly string[],
): Promise<void> {
  for (const item of present) await store.remove(keyOf(item), item.id);
  const container = await store.container();
  for (const item of wanted) await container.items.upsert(item);
}
