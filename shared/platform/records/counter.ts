import type { Container } from '@azure/cosmos';
import { recordFault } from './faults.ts';
import { charge } from './meter.ts';
import type { PartitionKey } from './store.ts';

/** Numbers that many instances add to at once, each with a ceiling that no interleaving passes. */
export type Counters = {
  /**
   * Adds `by` when the sum stays within `most`; gives the new sum, or undefined when it would not. The counter is
   * made by the first who adds, and forgotten `ttlSeconds` after the last.
   */
  add(
    key: PartitionKey,
    id: string,
    by: number,
    most: number,
    ttlSeconds: number,
  ): Promise<number | undefined>;
  /** What was added so far; 0 when nobody did. */
  read(key: PartitionKey, id: string): Promise<number>;
};

type Count = { readonly id: string; readonly used: number };

/** Counters in a container with a partition key of two parts, `/tenantId` and `/counter`. */
export function cosmosCounters(container: () => Promise<Container>): Counters {
  const counters: Counters = {
    add: async (key, id, by, most, ttlSeconds) => {
      if (by > most) return undefined;
      const opened = await container();
      const [tenantId, counter] = key;
      for (let tries = 0; tries < 2; tries += 1) {
        const added = await answered(() =>
          opened.item(id, [...key]).patch<Count>({
            operations: [{ op: 'incr', path: '/used', value: by }],
            // A patch whose condition does not hold is 412, and nothing is written.
            condition: `FROM c WHERE c.used <= ${most - by}`,
          }),
        );
        if (added.status === 200) return added.count?.used;
        if (added.status === 412) return undefined;
        const made = await answered(() =>
          opened.items.create<Count & Readonly<Record<string, unknown>>>({
            id,
            tenantId,
            counter,
            used: by,
            ttl: ttlSeconds,
          }),
        );
        if (made.status === 201) return by;
      }
      throw recordFault('platform.database_unavailable', { counter: id });
    },
    read: async (key, id) => {
      const opened = await container();
      const { count } = await answered(() => opened.item(id, [...key]).read<Count>());
      return count?.used ?? 0;
    },
  };
  return counters;
}

type Answer = { readonly status: number; readonly count: Count | undefined };

async function answered(
  call: () => Promise<{ statusCode: number; requestCharge: number; resource?: Count | undefined }>,
): Promise<Answer> {
  try {
    const { statusCode, requestCharge, resource } = await call();
    charge(requestCharge);
    return { status: statusCode, count: resource };
  } catch (error) {
    const status = (error as { code?: unknown }).code;
    if (status !== 404 && status !== 409 && status !== 412) {
      throw recordFault('platform.database_unavailable', { status }, error);
    }
    charge(0);
    return { status, count: undefined };
  }
}
