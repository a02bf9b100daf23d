import type { WriteOnceStore } from '../blobs/index.ts';
import type { Keyring } from '../keys/index.ts';
import type { RecordsDoor, Store } from '../records/index.ts';

export type AuditTools = {
  readonly store: Store;
  readonly archive: Store;
  /** How far the anchors are. */
  readonly leases: Store;
  readonly anchors: WriteOnceStore;
  readonly records: RecordsDoor;
  readonly keyring: Keyring;
  readonly now: () => Date;
};
