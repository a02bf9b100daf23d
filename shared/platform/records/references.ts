import type { Caller } from '../../kernel/index.ts';
import type { CommitRequest } from './commit-request.ts';
import type { ClaimDocument, RecordDocument } from './documents.ts';
import { recordFault } from './faults.ts';
import { mayBeReferredTo, type PinDocument, type Pins, type Target } from './pins.ts';
import { type Indexed, type RecordKind, type Reference, scopeOfId } from './record-kind.ts';
import type { Store } from './store.ts';

/** A fence outlives every pin that names it. */
const FENCE_SECONDS = 24 * 60 * 60;

type Tools = { readonly now: () => Date; readonly kinds?: readonly RecordKind[] };

/**
 * A reference to a record in another scope and that record's deletion cannot both happen. Whoever refers pins the record and looks at
 * it in one transaction; whoever deletes says so at the record first and looks for pins then. So one of them sees the other: either
 * the look came after what the deletion says, or its pin was there before. The claim returned goes into the commit that refers; a
 * deletion that finds a pin takes it, unless the commit has it already. What was pinned before by `pins` is not pinned again.
 * Throws `reference_gone`.
 */
export async function pinReferences(
  { now, kinds = [] }: Tools,
  pins: Pins,
  scope: string,
  request: CommitRequest,
): Promise<CommitRequest> {
  const reached = newlyReferred(kinds, scope, request);
  if (reached.length === 0) return request;
  const at = now();
  const rest = Map.groupBy(
    reached.filter(target => !pins.has(target)),
    target => target.scope,
  );
  await Promise.all(
    [...rest].map(async ([there, targets]) => {
      const looked = await pins.set(there, targets);
      if ('missing' in looked) throw recordFault('platform.reference_gone', { id: looked.missing });
      const gone = looked.documents.find(document => !mayBeReferredTo(document, at));
      if (gone !== undefined) throw recordFault('platform.reference_gone', { id: gone.id });
    }),
  );
  const claim = { id: pins.fence, owner: reached[0]?.user ?? '', ttl: FENCE_SECONDS };
  return { ...request, claims: [...(request.claims ?? []), claim] };
}

/** Whether a record of the kind that has this id would keep one of that kind from being deleted, so that it must be pinned. */
export function keepsFromDeletion(kinds: readonly RecordKind[], target: RecordKind, user: string): boolean {
  const ways = (target.usedBy ?? []).filter(({ copied }) => copied !== true);
  return kinds.some(kind => scopeOfId(kind, user) !== undefined && ways.some(way => way.kind === kind.name));
}

/** What the records of a commit refer to and did not before, but for what lives in the commit's own scope. */
function newlyReferred(
  kinds: readonly RecordKind[],
  scope: string,
  { create = [], update = [] }: CommitRequest,
): readonly Target[] {
  const written = [
    ...create.map(({ kind, id, data }) => ({ kind, id, before: undefined, data })),
    ...update.map(({ record, data }) => ({ kind: record.kind, id: record.id, before: record, data })),
  ];
  const reached = new Map<string, Target>();
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
