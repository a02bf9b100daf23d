import type { Keyring } from '../keys/index.ts';
import type { RecordDocument } from './documents.ts';
import type { RecordKind } from './record-kind.ts';
import { type Opener, openerOf } from './sealing.ts';
import type { Stored } from './store.ts';

/** The branch that something is of, or all the branches of a person who works in several. */
export type Belonging = string | readonly string[];

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
  /** The data as it stands at rest, where personal values are sealed; hashes and patches are over this. */
  readonly stored: unknown;
  /** Whose branch it is; undefined for kinds that know none. */
  readonly branch?: Belonging | undefined;
  /** Until when commits that change it are refused: it is being removed with its parts. */
  readonly closedUntil?: string;
  /** Only its history is left; the data is null. */
  readonly deleted?: true;
  /** Cosmos' own ETag of the stored item. */
  readonly etag: string;
};

/** A record whose data nobody vouches for. What cannot be opened is null there and named here, by its place in the schema. */
export type Found<T = unknown> = Saved<T> & { readonly unreadable: readonly string[] };

/** The indexed field that says whose branch a record is. Records of kinds that know no branches have none. */
export const BRANCH = 'branch';

/** The indexed field that says since when nothing of a record that is over was changed; for kinds with a retention. */
export const OVER_SINCE = 'overSince';

export function branchOf({ ix }: Partial<Pick<RecordDocument, 'ix'>>): Belonging | undefined {
  const branch = ix?.[BRANCH]; // not there in what was written past the service
  if (Array.isArray(branch)) return branch.map(String);
  return typeof branch === 'string' ? branch : undefined;
}

/** The records that stored documents hold, opened. Their data was parsed by the kind's schema when it was written. */
export async function savedFrom<T>(
  opener: Opener,
  kind: RecordKind<T>,
  documents: readonly Stored<RecordDocument>[],
): Promise<readonly Saved<T>[]> {
  const opened = await opener.all(kind, documents);
  return documents.map((document, index) => savedAs(kind, document, opened[index] as T));
}

/** The same of records that may have been written past the service: what cannot be opened hides no other. */
export async function savedAsFound<T>(
  keyring: Pick<Keyring, 'find'>,
  tenant: string,
  kind: RecordKind<T>,
  documents: readonly Stored<RecordDocument>[],
): Promise<readonly Found<T>[]> {
  const lost = new Map<string, readonly string[]>();
  const opener = openerOf(keyring, tenant, (id, path) => lost.set(id, [...(lost.get(id) ?? []), path]));
  const records = await savedFrom(opener, kind, documents);
  return records.map(record => ({ ...record, unreadable: lost.get(record.id) ?? [] }));
}

function savedAs<T>(kind: RecordKind<T>, document: Stored<RecordDocument>, data: T): Saved<T> {
  return {
    kind,
    id: document.id,
    scope: document.scope,
    version: document.version,
    hash: document.hash,
    createdAt: document.createdAt,
    createdBy: document.createdBy,
    updatedAt: document.updatedAt,
    data,
    stored: document.data,
    branch: branchOf(document),
    ...(document.deleted === true ? { deleted: true } : {}),
    ...(document.closedUntil === undefined ? {} : { closedUntil: document.closedUntil }),
    etag: document._etag,
  };
}
