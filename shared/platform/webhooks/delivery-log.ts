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
  readonly state: 'pending' | 'delivered' | 'failed';
  readonly createdAt: string;
  readonly attempts: readonly Attempt[];
};

/** Attempts at deliveries, kept for ninety days in container `deliveries`. */
export type DeliveryLog = {
  find(tenant: string, endpointId: string, id: string): Promise<Stored<DeliveryEntry> | undefined>;
  save(entry: DeliveryEntry, etag: string | undefined): Promise<boolean>;
  list(tenant: string, endpointId: string): Promise<readonly DeliveryEntry[]>;
};

/** Opens the log over its container. */
export function openDeliveries(store: Store): DeliveryLog {
  return {
    find: (tenant, endpointId, id) => store.read<DeliveryEntry>([tenant, endpointId], id),
    save: async (entry, etag) => {
      const key = [entry.tenantId, entry.endpointId];
      if (etag === undefined) return (await store.create(key, entry)) === 'created';
      return (await store.replace(key, entry, etag)) === 'replaced';
    },
    list: (tenant, endpointId) =>
      store.query<DeliveryEntry>([tenant, endpointId], {
        text: 'SELECT TOP 100 * FROM c ORDER BY c._ts DESC',
        parameters: {},
      }),
  };
}
