import type { RecordsDoor, Store } from '../records/index.ts';

export type ReservationTools = {
  /** Container `reservations`. */
  readonly store: Store;
  readonly records: RecordsDoor;
  readonly now: () => Date;
  readonly newKey: () => string;
};
