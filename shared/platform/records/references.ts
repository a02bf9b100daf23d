import type { Caller } from '../../kernel/index.ts';
import type { CommitRequest } from './commit-request.ts';
import type { ClaimDocument, RecordDocument } from './documents.ts';
import { recordFault } from './faults.ts';
import { type Indexed, type RecordKind, type Reference, scopeOfId } from './record-kind.ts';
import type { PartitionKey, Store } from './store.ts';

/** Longer than any request lives: what a process left that died is void by then. */
export const HELD_SECONDS = 600;
/** A fence outlives every pin that names it. */
const FENCE_SECONDS = 24 * 60 * 60;

/** The id of the claim that decides whether a commit which newly refers to others was made. */
const FENCE = 'pin:';

export function isReferenceFence(claim: string): boolean {
  return claim.startsWith(FENCE);
}

/** A record that a commit newly refers to, in a scope of its own. */
type Reached = { readonly id: string; readonly scope: string; readonly user: string };

/** Says, beside a record, that a commit elsewhere is about to refer to it, and which claim tells whether it did. */
export type PinDocument = {
  readonly id: string;
  readonly tenantId: string;
  readonly scope: string;
  readonly type: 'pin';
  /** The record that is referred to. */
  readonly ix: { readonly target: string };
  readonly user: { readonly scope: string; readonly id: string };
  readonly fence: string;
  readonly ttl: number;
};

type Tools = {
  readonly store: Store;
  readonly now: () => Date;
  readonly newKey: () => string;
  readonly kinds?: readonly RecordKind[];
};

/**
 * A reference to a record in another scope and that record's deletion cannot both happen. Whoever refers pins the record first and looks
 * at it then; whoever deletes says so at the record first and looks for pins then. So one of them sees the other. The claim returned
 * goes into the commit that refers; a deletion that finds a pin takes it, unless the commit has it already. Throws `reference_gone`.
 */
export async function pinReferences(
  { store, now, newKey, kinds = [] }: Tools,
  [tenantId = '', scope = '']: PartitionKey,
  request: CommitRequest,
): Promise<CommitRequest> {
  const reached = newlyReferred(kinds, scope, request);
  if (reached.length === 0) return request;
  const fence = `${FENCE}${newKey()}`;
  await Promise.all(
    reached.map(({ id, scope: there, user }) => {
      const pin: PinDocument = {
        ...{ id: `${fence}:${id}`, tenantId, scope: there, type: 'pin', ix: { target: id } },
        ...{ user: { scope, id: user }, fence, ttl: HELD_SECONDS },
      };
      return store.create([tenantId, there], pin);
    }),
  );
  await Promise.all(
    reached.map(async target => {
      const document = await store.read<RecordDocument>([tenantId, target.scope], target.id);
      if (document === undefined || document.deleted === true || isLeaving(document, now()))
        throw recordFault('platform.reference_gone', { id: target.id });
    }),
  );
  const claim = { id: fence, owner: reached[0]?.user ?? '', ttl: FENCE_SECONDS };
  return { ...request, claims: [...(request.claims ?? []), claim] };
}

function isLeaving({ leavingUntil = '' }: RecordDocument, now: Date): boolean {
  return leavingUntil > now.toISOString();
}

/** What the records of a commit refer to and did not before, but for what lives in the commit's own scope. */
function newlyReferred(
  kinds: readonly RecordKind[],
  scope: string,
  { create = [], update = [] }: CommitRequest,
): readonly Reached[] {
  const written = [
    ...create.map(({ kind, id, data }) => ({ kind, id, before: undefined, data })),
    ...update.map(({ record, data }) => ({ kind: record.kind, id: record.id, before: record, data })),
  ];
  const reached = new Map<string, Reached>();
  for (const { kind, id, before, data } of written) {
    const ways = kinds.flatMap(target =>
      (target.usedBy ?? []).flatMap(way =>
        way.kind === kind.name && way.copied !== true ? { target, way } : [],
      ),
    );
    if (ways.length === 0) continue;
    const ix = kind.indexed(data);
    const was = before === undefined || before.deleted === true ? undefined : kind.indexed(before.data);
    for (const { target, way } of ways) {
      const old = new Set(was === undefined ? [] : referredBy(was, way));
      for (const other of referredBy(ix, way).filter(name => !old.has(name))) {
        const there = scopeOfId(target, other);
        if (there !== undefined && there !== scope) reached.set(other, { id: other, scope: there, user: id });
      }
    }
  }
  return [...reached.values()];
}

/** The records that indexed fields name in this way; none when the record is in a state that keeps nothing. */
function referredBy(ix: Indexed, { field, where = {} }: Reference): readonly string[] {
  const counts = Object.entries(where).every(([name, values]) => values.includes(String(ix[name])));
  const value = ix[field];
  if (!counts || value === undefined) return [];
  return Array.isArray(value) ? value : [String(value)];
}

/** Whether the commit behind a pin was made, decided now if it was not yet, and its record still refers to the pinned one. */
export async function isUsing(
  store: Store,
  { tenant }: Caller,
  kind: RecordKind,
  { user, fence, ix: { target } }: PinDocument,
): Promise<RecordDocument | undefined> {
  const key = [tenant, user.scope];
  const [tenantId, scope] = [tenant, user.scope];
  const claim: ClaimDocument = {
    id: fence,
    tenantId,
    scope,
    type: 'claim',
    owner: 'void',
    ttl: FENCE_SECONDS,
  };
  if ((await store.create(key, claim)) === 'created') return undefined;
  const document = await store.read<RecordDocument>(key, user.id);
  if (document === undefined || document.deleted === true) return undefined;
  const ways = (kind.usedBy ?? []).filter(way => way.kind === document.kind);
  return ways.some(way => referredBy(document.ix as Indexed, way).includes(target)) ? document : undefined;
}
