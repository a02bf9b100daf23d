import type { Store, Stored } from '../records/index.ts';

export type Attempt = {
  readonly at: string;
  readonly status: number | null;
  readonly milliseconds: number;
  readonly error: string | null;
};

/** What became of telling one endpoint of one event. */
export type DeliveryEntry = {
  readonly id: string;
  readonly tenantId: string;
  readonly endpointId: string;
  readonly eventType: string;
  readonly changeId: string;
  /** Held: its tenant is suspended, and it goes on when the tenant does. */
  readonly state: 'pending' | 'held' | 'delivered' | 'failed';
  readonly createdAt: string;
  readonly attempts: readonly Attempt[];
  /** Where it goes on; there while it is held. */
  readonly held?: { readonly scope: string; readonly event: number; readonly attempt: number };
};

/** Attempts at deliveries, kept for ninety days in container `deliveries`. */
export type DeliveryLog = {
  find(tenant: string, endpointId: string, id: string): Promise<Stored<DeliveryEntry> | undefined>;
  save(entry: DeliveryEntry, etag: string | undefined): Promise<boolean>;
  /** Tenants that have held deliveries. */
  tenantsHeld(): Promise<readonly string[]>;
  /** Some of a tenant's held deliveries. */
  held(tenant: string): Promise<readonly Stored<DeliveryEntry>[]>;
  list(tenant: string, endpointId: string): Promise<readonly DeliveryEntry[]>;
};

const HELD_AT_ONCE = 500;

/** Opens the log over its container. */
export function openDeliveries(store: Store): DeliveryLog {
  return {
    find: (tenant, endpointId, id) => store.read<DeliveryEntry>([tenant, endpointId], id),
    save: async (entry, etag) => {
      const key = [entry.tenantId, entry.endpointId];
      if (etag === undefined) return (await store.create(key, entry)) === 'created';
      return (await store.replace(key, entry, etag)) === 'replaced';
    },
    tenantsHeld: async () => {
      const rows = await store.queryAcross<{ readonly tenantId: string }>({
        text: "SELECT DISTINCT c.tenantId FROM c WHERE c.state = 'held'",
        parameters: {},
      });
      return rows.map(({ tenantId }) => tenantId);
    },
    held: tenant =>
      store.queryAcross<DeliveryEntry>({
        text: `SELECT TOP ${HELD_AT_ONCE} * FROM c WHERE c.tenantId = @tenant AND c.state = 'held'`,
        parameters: { tenant },
      }),
    list: (tenant, endpointId) =>
      store.query<DeliveryEntry>([tenant, endpointId], {
        text: 'SELECT TOP 100 * FROM c ORDER BY c._ts DESC',
        parameters: {},
      }),
  };
}
