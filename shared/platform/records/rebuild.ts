import { AppError } from '../../kernel/index.ts';
import { type AsFound, changeAsFound } from './change-as-found.ts';
import type { ChangeDocument } from './documents.ts';
import { pastViewOf } from './erased-past.ts';
import { unmarkedIn } from './map-personal.ts';
import { brokenHistory, patched, touchOn } from './patched.ts';
import { hasOnlyWhen, planOf } from './personal-plan.ts';
import type { Saved } from './saved.ts';
import type { Scope } from './scope.ts';
import type { Opener } from './sealing.ts';

/** A record as it was in one version, and the change that made it so. */
export type PastState = {
  readonly version: number;
  readonly data: unknown;
  readonly change: AsFound<ChangeDocument>;
};

/**
 * The record as it was in these versions, from one walk through its changes that begins at the nearer end. A version
 * that never was is left out; patches that do not fit each other are `platform.history_broken`.
 */
export async function statesAt(
  scope: Pick<Scope, 'changes' | 'opener'>,
  record: Saved<unknown>,
  versions: readonly number[],
): Promise<ReadonlyMap<number, PastState>> {
  const wanted = new Set(versions.filter(version => version >= 1 && version <= record.version));
  if (wanted.size === 0) return new Map();
  const [lowest, highest] = [Math.min(...wanted), Math.max(...wanted)];
  const found =
    highest <= record.version - lowest
      ? await walkForward(scope, record.id, wanted)
      : await walkBackward(scope, record, wanted);
  return opened(scope.opener, record, found);
}

/** The record as it says, or said last before it was deleted. */
export async function lastSaid<T>(
  scope: Pick<Scope, 'changes' | 'opener'>,
  record: Saved<T>,
): Promise<Saved<T>> {
  if (record.deleted !== true) return record;
  const version = record.version - 1;
  const past = (await statesAt(scope, record, [version])).get(version);
  if (past === undefined) throw brokenHistory(record.id, version);
  return { ...record, data: past.data as T }; // a version of the same record
}

/** What was rebuilt as it stood at rest, in clear. */
async function opened(
  opener: Opener,
  record: Saved<unknown>,
  found: ReadonlyMap<number, PastState>,
): Promise<ReadonlyMap<number, PastState>> {
  const { kind, id } = record;
  const states = [...found.values()];
  const atRest = states.map(state => state.data);
  const [view, data, changes] = await Promise.all([
    pastViewOf(opener, record),
    opener
      .all(
        kind,
        atRest.map(data => ({ id, data })),
      )
      .catch(error => {
        // A patch put there what nobody sealed.
        throw error instanceof AppError ? error : brokenHistory(id);
      }),
    opener.changes(states.map(({ change }) => changeAsFound(change))),
  ]);
  const clear = states.map((state, index): [number, PastState] => [
    state.version,
    { version: state.version, data: view.data(data[index]), change: changes[index] ?? state.change },
  ]);
  return new Map(clear);
}

async function walkForward(
  scope: Pick<Scope, 'changes'>,
  id: string,
  wanted: Set<number>,
): Promise<ReadonlyMap<number, PastState>> {
  const found = new Map<number, PastState>();
  let data: unknown = null;
  let version = 0;
  for await (const change of scope.changes({ touching: id, order: 'oldest' })) {
    const touch = touchOn(change, id);
    version += 1;
    if (touch.version !== version) throw brokenHistory(id, version);
    data = patched(data, touch.forward, id);
    if (wanted.delete(version)) found.set(version, { version, data: structuredClone(data), change });
    if (wanted.size === 0) return found;
  }
  throw brokenHistory(id, version + 1);
}

async function walkBackward(
  scope: Pick<Scope, 'changes'>,
  record: Saved<unknown>,
  wanted: Set<number>,
): Promise<ReadonlyMap<number, PastState>> {
  const found = new Map<number, PastState>();
  for await (const state of versionsBack(scope, record)) {
    if (wanted.delete(state.version)) found.set(state.version, state);
    if (wanted.size === 0) return found;
  }
  throw brokenHistory(record.id, 0);
}

/**
 * A record's versions as they stand at rest, from the present one back to the first. Patches that do not fit each other are
 * `platform.history_broken`.
 */
export async function* versionsBack(
  scope: Pick<Scope, 'changes'>,
  record: Pick<Saved<unknown>, 'id' | 'version' | 'stored'>,
): AsyncGenerator<PastState> {
  let data: unknown = structuredClone(record.stored);
  let version = record.version;
  for await (const change of scope.changes({ touching: record.id, order: 'newest' })) {
    const touch = touchOn(change, record.id);
    // Somebody changed it after it was read here.
    if (touch.version > version) continue;
    if (touch.version !== version) throw brokenHistory(record.id, version);
    yield { version, data: structuredClone(data), change };
    data = patched(data, touch.inverse, record.id);
    version -= 1;
  }
  if (version > 0) throw brokenHistory(record.id, version);
}

/** Whether an earlier version holds in clear what is about a person, from before the record said that it is personal. */
export async function tellsInPast(
  scope: Pick<Scope, 'changes'>,
  record: Pick<Saved<unknown>, 'id' | 'version' | 'stored' | 'kind'>,
  person: string,
): Promise<boolean> {
  const plan = planOf(record.kind.schema);
  if (!hasOnlyWhen(plan)) return false;
  for await (const { version, data } of versionsBack(scope, record))
    if (version < record.version && unmarkedIn(plan, data, record.id).some(({ about }) => about === person))
      return true;
  return false;
}
