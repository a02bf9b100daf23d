import { type CacheFeed, openCache } from '../caches/index.ts';
import type { Store } from '../records/index.ts';
import { Maintenance, noMaintenance } from './maintenance.ts';

/** What every request must know of work on the platform; told to all instances within seconds. */
export type MaintenanceBoard = {
  current(): Promise<Maintenance>;
  /** Writes what the record says, unless something newer stands there. */
  publish(maintenance: Maintenance, version: number): Promise<void>;
};

type Entry = { readonly id: string; readonly maintenance: Maintenance; readonly version: number };

const ID = 'maintenance';
const KEEP_MILLISECONDS = 10_000;
const MOST_TRIES = 8;

/** The board is one entry of container `tenants`. */
export function openMaintenanceBoard(store: Store, feed: CacheFeed, now: () => Date): MaintenanceBoard {
  const read = () => store.read<Entry>([ID], ID);
  const cache = openCache({
    load: async () => Maintenance.parse((await read())?.maintenance ?? noMaintenance),
    keepMilliseconds: () => KEEP_MILLISECONDS,
    most: 1,
    now,
    feed,
  });
  return {
    current: () => cache.get(ID),
    publish: async (maintenance, version) => {
      const entry: Entry = { id: ID, maintenance, version };
      for (let tries = 0; tries < MOST_TRIES; tries += 1) {
        if ((await store.create([ID], entry)) === 'created') break;
        const present = await read();
        if (present === undefined) continue;
        if (present.version >= version) break;
        if ((await store.replace([ID], entry, present._etag)) === 'replaced') break;
      }
      cache.forget(ID);
    },
  };
}
