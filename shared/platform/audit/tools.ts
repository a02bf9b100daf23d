import type { TenantId } from '../../kernel/index.ts';
import type { Blind, CursorKey, RecordsDoor, Store } from '../records/index.ts';

export type AuditTools = {
  readonly store: Store;
  readonly records: RecordsDoor;
  readonly cursorKey: CursorKey;
  readonly blindOf: (tenant: TenantId) => Promise<Blind>;
  readonly now: () => Date;
};
