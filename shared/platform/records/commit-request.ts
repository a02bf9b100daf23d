import type { ChangeDocument, ChangeEvent, JobCall, StoredReply } from './documents.ts';
import type { RecordKind } from './record-kind.ts';
import type { Saved } from './saved.ts';
import type { StateWrite } from './state.ts';

/** What one commit does. Every part of it happens, or none. */
export type CommitRequest = {
  /** Past tense, as events are named: `calibration.srf.submitted`. */
  readonly action: string;
  readonly reason?: string | undefined;
  readonly create?: readonly NewRecord[];
  readonly update?: readonly RecordUpdate[];
  /** Records that will be there no more. Their history stays. */
  readonly remove?: readonly Saved<unknown>[];
  /** Records that were read for the decision and must not have changed since. */
  readonly expect?: readonly Saved<unknown>[];
  /** Claims to take inside the scope; a taken one fails the commit. */
  readonly claims?: readonly Claim[];
  /** Claims to let go of, as they were read; one that is another's by now fails the commit. */
  readonly release?: readonly HeldClaim[];
  /** Somebody who was erased: what the records that are updated said of them is marked so, and no longer there. */
  readonly forget?: string | undefined;
  /** What is written with it outside of the history. */
  readonly states?: readonly StateWrite[];
  readonly jobs?: readonly JobCall[];
  /** What subscribers hear; one event named by the action unless told otherwise. */
  readonly events?: readonly ChangeEvent[];
  /** The answer to the request, stored with the commit so that a repeated request gets it again. */
  readonly reply?: (saved: ReadonlyMap<string, Saved<unknown>>) => StoredReply;
};

/** Something that only one owner can hold in a scope. */
export type Claim = { readonly id: string; readonly owner: string; readonly ttl?: number };

/** A claim as it was read. */
export type HeldClaim = { readonly id: string; readonly owner: string; readonly etag: string };

export type NewRecord = { readonly kind: RecordKind; readonly id: string; readonly data: unknown };
export type RecordUpdate = { readonly record: Saved<unknown>; readonly data: unknown };

/** What a commit left behind. */
export type Committed = {
  readonly saved: ReadonlyMap<string, Saved<unknown>>;
  readonly change: ChangeDocument;
  readonly reply: StoredReply | undefined;
};
