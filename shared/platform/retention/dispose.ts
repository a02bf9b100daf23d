import { AppError, type Caller } from '../../kernel/index.ts';
import type { Capabilities } from '../capabilities/index.ts';
import { personsAbout, type RecordKind, type Saved, type Scope, scopeOfId } from '../records/index.ts';

/** What a batch holds beside the root, its expectation and the change. */
const AT_ONCE = 40;

export type Disposal = {
  readonly platform: Capabilities;
  readonly kinds: readonly RecordKind[];
  readonly caller: Caller;
};

/**
 * Disposes of one record that was not changed since `cutoff` and is over: the keys of persons whom nothing else is about are destroyed,
 * so that history tells nothing of them; then what lives in its scope goes, then itself. History and its chain stay. Whatever cuts it
 * off, the record is still there for the next time. Gives whether it is gone: what somebody uses, or changed meanwhile, stays.
 */
export async function dispose(
  disposal: Disposal,
  kind: RecordKind,
  id: string,
  cutoff: string,
  days: number,
): Promise<boolean> {
  const { platform, caller } = disposal;
  const records = platform.records.for(caller);
  const record = await records.find(kind, id);
  if (record === undefined) return true;
  if (record.updatedAt >= cutoff || kind.retention?.isOver(record.data) !== true) return false;
  if ((await records.usersOf(kind, id)).length > 0) return false;
  for (const person of await personsOfOne(disposal, record))
    await platform.privacy.forget(caller.tenant, person);
  const scope = records.scopeOf(kind, id);
  const because = {
    action: 'platform.retention.disposed',
    reason: `kept for ${days} days`,
    events: [],
  };
  try {
    if (kind.home === 'own') await emptyScope(disposal, scope, because);
    await removeFiles(disposal, [record]);
    await scope.commit({ ...because, remove: [record] });
    return true;
  } catch (error) {
    const codes = ['platform.version_stale', 'platform.in_use'];
    if (error instanceof AppError && codes.includes(error.code)) return false;
    throw error;
  }
}

async function emptyScope(
  disposal: Disposal,
  scope: Scope,
  because: { readonly action: string; readonly reason: string },
): Promise<void> {
  for (const kind of disposal.kinds.filter(({ home }) => home === 'within')) {
    const all = await scope.all(kind);
    await removeFiles(disposal, all);
    for (let start = 0; start < all.length; start += AT_ONCE)
      await scope.commit({ ...because, remove: all.slice(start, start + AT_ONCE) });
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

/** The record itself, and those in it who have no record of their own and stand in no other one. */
async function personsOfOne(
  { platform, kinds, caller }: Disposal,
  record: Saved<unknown>,
): Promise<readonly string[]> {
  const records = platform.records.for(caller);
  const alone: string[] = [];
  for (const person of personsAbout(record)) {
    if (person !== record.id && kinds.some(kind => scopeOfId(kind, person) !== undefined)) continue;
    const places = await records.about(person, { after: '', limit: 2 });
    if (places.every(({ id }) => id === record.id)) alone.push(person);
  }
  return alone;
}
