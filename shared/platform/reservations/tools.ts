import type { Keyring } from '../keys/index.ts';
import type { RecordsDoor, Store } from '../records/index.ts';

export type ReservationTools = {
  /** Container `reservations`. */
  readonly store: Store;
  readonly records: RecordsDoor;
  readonly keyring: Keyring;
  readonly now: () => Date;
  readonly newKey: () => string;
};
