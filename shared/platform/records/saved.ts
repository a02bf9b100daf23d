import type { RecordDocument } from './documents.ts';
import type { RecordKind } from './record-kind.ts';
import type { Stored } from './store.ts';

/** A record as read: its data, its version, and what the next write must match. */
export type Saved<T> = {
  readonly kind: RecordKind<T>;
  readonly id: string;
  readonly scope: string;
  readonly version: number;
  readonly hash: string;
  readonly createdAt: string;
  readonly createdBy: string;
  readonly updatedAt: string;
  readonly data: T;
  /** Only its history is left; the data is null. */
  readonly deleted?: true;
  /** Cosmos' own ETag of the stored item. */
  readonly etag: string;
};

/** The record that a stored document holds. Its data was parsed by the kind's schema when it was written. */
export function savedFrom<T>(kind: RecordKind<T>, document: Stored<RecordDocument>): Saved<T> {
  return {
    kind,
    id: document.id,
    scope: document.scope,
    version: document.version,
    hash: document.hash,
    createdAt: document.createdAt,
    createdBy: document.createdBy,
    updatedAt: document.updatedAt,
    data: document.data as T,
    ...(document.deleted === true ? { deleted: true } : {}),
    etag: document._etag,
  };
}
