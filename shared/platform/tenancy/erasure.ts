import { tenantId } from '../../kernel/index.ts';
import type { Artifacts } from '../blobs/index.ts';
import type { Store } from '../records/index.ts';

/** What removes everything that a tenant owns. Both may be cut off anywhere and run again; they tell how much there was. */
export type Erasure = {
  items(tenant: string): Promise<number>;
  files(tenant: string): Promise<number>;
};

/** A container whose items lie in `[/tenantId, /<…within>]`. */
export type OwnedContainer = { readonly store: Store; readonly within: readonly string[] };

const PAGE = 100;
const AT_ONCE = 10;

/** Opens the erasure over every container that holds items of tenants, and over their files. */
export function openErasure(containers: readonly OwnedContainer[], artifacts: Artifacts): Erasure {
  return {
    files: tenant => artifacts.erase(tenantId(tenant)),
    items: async tenant => {
      let count = 0;
      for (const container of containers) count += await eraseItems(container, tenant);
      return count;
    },
  };
}

type Row = { readonly id: string; readonly tenantId: string } & Readonly<Record<string, string>>;

async function eraseItems({ store, within }: OwnedContainer, tenant: string): Promise<number> {
  const path = within.map(field => `c.${field}`).join(', ');
  const keyOf = (row: Row): readonly string[] => [row.tenantId, ...within.map(field => row[field] ?? '')];
  for (let count = 0; ; ) {
    const rows = await store.queryAcross<Row>({
      text: `SELECT TOP ${PAGE} c.id, c.tenantId, ${path} FROM c WHERE c.tenantId = @tenant`,
      parameters: { tenant },
    });
    if (rows.length === 0) return count;
    const foreign = rows.find(row => row.tenantId !== tenant);
    if (foreign !== undefined) throw new Error(`an erasure met an item of another tenant: ${foreign.id}`);
    for (let start = 0; start < rows.length; start += AT_ONCE) {
      await Promise.all(rows.slice(start, start + AT_ONCE).map(row => store.remove(keyOf(row), row.id)));
    }
    count += rows.length;
  }
}
