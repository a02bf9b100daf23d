import type { PartitionKey, Store } from './store.ts';

/** From where whoever takes a lease next goes on. Nothing personal: this stands in clear. */
export type LeasePlace = {
  /** What the work noted about how far it is, as JSON. */
  readonly checkpoint?: unknown;
  /** Before then there is nothing to do. */
  readonly resumeAt: string | null;
  /** How often the work was put off. */
  readonly pauses: number;
};

/** Who works on something now, until when, how far it is. Kept outside of the audited history. */
export type Lease = {
  readonly id: string;
  readonly owner: string;
  readonly until: string;
  readonly attempts: number;
  /** How many of the attempts ended by an error of ours or without a word. */
  readonly crashes: number;
  readonly startedAt: string;
  readonly progress: { readonly percent: number; readonly step: string };
  /** Where the work is; undefined at its beginning. */
  readonly place?: LeasePlace | undefined;
  readonly etag: string | undefined;
};

type LeaseDocument = Omit<Lease, 'etag' | 'crashes'> & {
  readonly crashes?: number;
  readonly tenantId: string;
  readonly scope: string;
  readonly type: 'lease';
  readonly ttl: number;
};

const KEPT_SECONDS = 7 * 24 * 60 * 60;

/** The lease with this id, if there is one. */
export async function readLease(store: Store, key: PartitionKey, id: string): Promise<Lease | undefined> {
  const document = await store.read<LeaseDocument>(key, id);
  if (document === undefined) return undefined;
  const { owner, until, attempts, crashes, startedAt, progress, place, _etag } = document;
  return { id, owner, until, attempts, crashes: crashes ?? 0, startedAt, progress, place, etag: _etag };
}

/** Writes a lease unless somebody else did meanwhile; undefined then. */
export async function writeLease(store: Store, key: PartitionKey, lease: Lease): Promise<Lease | undefined> {
  const { etag, ...fields } = lease;
  const [tenantId = '', scope = ''] = key;
  const item: LeaseDocument = { ...fields, tenantId, scope, type: 'lease', ttl: KEPT_SECONDS };
  const operation =
    etag === undefined ? { kind: 'create' as const, item } : { kind: 'replace' as const, item, etag };
  const outcome = await store.batch(key, [operation]);
  return outcome.done ? { ...lease, etag: outcome.etags[0] } : undefined;
}
