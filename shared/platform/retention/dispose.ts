import * as z from 'zod';
import { AppError, type Caller } from '../../kernel/index.ts';
import type { Capabilities } from '../capabilities/index.ts';
import { personsAbout, type RecordKind, type Saved, type Scope, scopeOfId } from '../records/index.ts';

/** What a batch holds beside the root, its expectation and the change. */
const AT_ONCE = 40;
/** Who stands in more records than these is about more than one of them. */
const MOST_PLACES = 50;

export type Disposal = {
  readonly platform: Capabilities;
  readonly kinds: readonly RecordKind[];
  readonly caller: Caller;
};

/** A record that may go, and those of whom nothing is left then. */
export const Candidate = z.strictObject({ id: z.string(), persons: z.array(z.string()) });
export type Candidate = z.infer<typeof Candidate>;

/** A record that was not changed since `cutoff`, is over, and is used by nobody. */
export async function candidateOf(
  disposal: Disposal,
  kind: RecordKind,
  id: string,
  cutoff: string,
): Promise<Candidate | undefined> {
  const records = disposal.platform.records.for(disposal.caller);
  const record = await records.find(kind, id);
  if (record === undefined || !isDue(kind, record, cutoff)) return undefined;
  if ((await records.usersOf(kind, id)).length > 0) return undefined;
  return { id, persons: [...(await personsOfOne(disposal, record))] };
}

function isDue(kind: RecordKind, { updatedAt, data }: Saved<unknown>, cutoff: string): boolean {
  return updatedAt < cutoff && kind.retention?.isOver(data) === true;
}

/**
 * Disposes of one record: it is closed to changes, what lives in its scope goes, then itself, then the keys of persons whom nothing else
 * is about, so that history tells nothing of them. History and its chain stay. Gives whether it is gone: what somebody uses, or changed
 * meanwhile, stays with its parts and everybody's keys. Whatever cuts it off, the same candidate is disposed of again; so whoever calls
 * this keeps it first.
 */
export async function dispose(
  disposal: Disposal,
  kind: RecordKind,
  { id, persons }: Candidate,
  cutoff: string,
  days: number,
): Promise<boolean> {
  const { platform, caller } = disposal;
  const record = await platform.records.for(caller).find(kind, id);
  if (record !== undefined && !(isDue(kind, record, cutoff) && (await remove(disposal, record, days))))
    return false;
  // What came into the scope while it was emptied, or was left there by whoever was cut off.
  if (kind.home === 'own') await emptyScope(disposal, scopeOf(disposal, kind, id), becauseOf(days));
  for (const person of persons)
    if (await isAlone(disposal, person, id)) await platform.privacy.forget(caller.tenant, person);
  return true;
}

async function remove(disposal: Disposal, record: Saved<unknown>, days: number): Promise<boolean> {
  const { kind, id } = record;
  const scope = scopeOf(disposal, kind, id);
  const because = becauseOf(days);
  try {
    let closed = await scope.closed(record);
    const close = async (): Promise<void> => {
      closed = await scope.closed(closed);
    };
    if (kind.home === 'own') await emptyScope(disposal, scope, because, close);
    await removeFiles(disposal, [record]);
    await scope.commit({ ...because, remove: [closed] });
    return true;
  } catch (error) {
    const codes = ['platform.version_stale', 'platform.in_use'];
    if (error instanceof AppError && codes.includes(error.code)) return false;
    throw error;
  }
}

function scopeOf({ platform, caller }: Disposal, kind: RecordKind, id: string): Scope {
  return platform.records.for(caller).scopeOf(kind, id);
}

type Because = { readonly action: string; readonly reason: string; readonly events: readonly [] };

function becauseOf(days: number): Because {
  return { action: 'platform.retention.disposed', reason: `kept for ${days} days`, events: [] };
}

/** Removes all that lives in a scope beside its root. `before` is asked before each commit: it refuses when the root was changed. */
async function emptyScope(
  disposal: Disposal,
  scope: Scope,
  because: Because,
  before: () => Promise<void> = async () => undefined,
): Promise<void> {
  const kinds = disposal.kinds.filter(({ home }) => home === 'within');
  const parts = await scope.together(kinds);
  const all = kinds.flatMap(kind => parts.all(kind));
  for (let start = 0; start < all.length; start += AT_ONCE) {
    const some = all.slice(start, start + AT_ONCE);
    await before();
    await removeFiles(disposal, some);
    await scope.commit({ ...because, remove: some });
  }
}

/** Before the records that name them: what is cut off in between is found again. */
async function removeFiles(
  { platform, caller }: Disposal,
  records: readonly Saved<unknown>[],
): Promise<void> {
  for (const { kind, data } of records)
    for (const blob of kind.files?.(data) ?? []) await platform.artifacts.remove(caller.tenant, blob);
}

/** The record itself, and those in it who have no record of their own, or none any more, and stand in no other one. */
async function personsOfOne(disposal: Disposal, record: Saved<unknown>): Promise<readonly string[]> {
  const alone: string[] = [];
  for (const person of personsAbout(record)) {
    if (person !== record.id && (await hasRecord(disposal, person))) continue;
    if (await isAlone(disposal, person, record.id)) alone.push(person);
  }
  return alone;
}

async function hasRecord({ platform, kinds, caller }: Disposal, person: string): Promise<boolean> {
  const kind = kinds.find(candidate => scopeOfId(candidate, person) !== undefined);
  return kind !== undefined && (await platform.records.for(caller).find(kind, person)) !== undefined;
}

/** Whether no record is about a person but this one and what lives in its scope. */
async function isAlone({ platform, caller }: Disposal, person: string, record: string): Promise<boolean> {
  const places = await platform.records.for(caller).about(person, { after: '', limit: MOST_PLACES });
  return places.length < MOST_PLACES && places.every(({ id, scope }) => id === record || scope === record);
}
