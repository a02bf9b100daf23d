import type { TenantId } from '../../kernel/index.ts';
import type { AnchorStore } from '../blobs/index.ts';
import type { Blind, CursorKey, RecordsDoor, Store } from '../records/index.ts';

export type AuditTools = {
  readonly store: Store;
  readonly archive: Store;
  /** How far the anchors are. */
  readonly leases: Store;
  readonly anchors: AnchorStore;
  readonly records: RecordsDoor;
  readonly cursorKey: CursorKey;
  readonly blindOf: (tenant: TenantId) => Promise<Blind>;
  readonly now: () => Date;
};
