import type { Operation as PatchOperation } from 'rfc6902';

/** Shapes of what stands in container `records`, all in the partition `[tenantId, scope]`. */
export type RecordDocument = {
  readonly id: string;
  readonly tenantId: string;
  readonly scope: string;
  readonly type: 'record';
  readonly kind: string;
  readonly version: number;
  /** Hash of the change that made this version. */
  readonly hash: string;
  readonly createdAt: string;
  readonly createdBy: string;
  readonly updatedAt: string;
  /** Time of making and id in one text: the order of every list. */
  readonly at: string;
  readonly ix: Readonly<Record<string, unknown>>;
  /** Sort keys of lists, by what they order by. */
  readonly sort: Readonly<Record<string, string>>;
  /** What search finds the record by. */
  readonly tokens?: readonly string[];
  /** Personal values are sealed. Null when it was deleted: what stays is the end of its history. */
  readonly data: unknown;
  readonly deleted?: true;
  /** Until when it counts as being deleted just now; empty when that came to nothing. */
  readonly leavingUntil?: string;
  /** Until when no commit may change it, since its parts are being removed before it. */
  readonly closedUntil?: string;
};

/** What a commit did to one record. Patches are RFC 6902, over data as it stands at rest: personal values are sealed. */
export type Touch = {
  readonly id: string;
  readonly kind: string;
  readonly version: number;
  readonly forward: readonly PatchOperation[];
  readonly inverse: readonly PatchOperation[];
  /** Hash of the record's change before this one; null for a new record. */
  readonly previous: string | null;
  /** SHA-256 of what lists filter, order and search the record by in this version. */
  readonly listed: string;
};

/** A job that the commit asks for; the relay makes a message of it. */
export type JobCall = { readonly id: string; readonly queue: string; readonly version: number };

/** What subscribers hear of a commit: a type such as `calibration.certificate.issued`, and data. */
export type ChangeEvent = { readonly type: string; readonly data: Readonly<Record<string, unknown>> };

export type ChangeDocument = {
  readonly id: string;
  readonly tenantId: string;
  readonly scope: string;
  readonly type: 'change';
  readonly at: string;
  readonly time: string;
  readonly action: string;
  /** `operator` is who really acted, under an impersonation. Names, and the address, are sealed. */
  readonly by: {
    readonly user: string;
    readonly name: string;
    readonly operator?: { readonly user: string; readonly name: string };
  };
  readonly reason: string | null;
  readonly requestId: string;
  readonly address: string | null;
  readonly touches: readonly Touch[];
  readonly jobs: readonly JobCall[];
  readonly events: readonly ChangeEvent[];
  readonly ix: {
    readonly touches: readonly string[];
    readonly action: string;
    readonly user: string;
    /** The address under the tenant's key. */
    readonly address?: string;
    /** Those of a person who works in several. */
    readonly branch?: string | readonly string[];
  };
  /** Orders a tenant's changes by time. */
  readonly sort: { readonly time: string };
  /** SHA-256 over the canonical JSON of everything above. */
  readonly hash: string;
};

/** The stored answer to a request that carried an Idempotency-Key. */
export type IdempotencyDocument = {
  readonly id: string;
  readonly tenantId: string;
  readonly scope: string;
  readonly type: 'idempotency';
  /** Fingerprint of the request and the answer, sealed as a whole: both may hold anything. */
  readonly sealed: string;
  readonly ttl: number;
};

/** Says that something in this scope is taken: a reserved number, a unique value. */
export type ClaimDocument = {
  readonly id: string;
  readonly tenantId: string;
  readonly scope: string;
  readonly type: 'claim';
  readonly owner: string;
  readonly ttl?: number;
};

export type StoredReply = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
};
