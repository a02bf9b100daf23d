import { AppError, type Caller } from '../../kernel/index.ts';
import { endSessions, openSessions, revocationWrite } from '../accounts/index.ts';
import type { Capabilities } from '../capabilities/index.ts';
import { userKind } from '../identity/index.ts';
import { type RecordKind, recordFault, type Saved, scopeOfId, valuesAbout } from '../records/index.ts';
import type { ErasureReport } from './request.ts';

const ACTION = 'platform.person.erased';
const MOST_TRIES = 10;

/**
 * Forgets a person: logins end, the ledger notes it, their key is destroyed, records are indexed anew without them, and traces
 * that no key covers are removed. What was sealed for them reads as erased wherever it lies; what law keeps stays. Each step
 * finds its work done when it runs again, so the same call erases somebody anew after a restore.
 */
export async function erasePerson(
  platform: Capabilities,
  kinds: readonly RecordKind[],
  caller: Caller,
  person: string,
  progress: (percent: number, step: string) => Promise<void>,
): Promise<ErasureReport> {
  await progress(5, 'logins');
  await endLogins(platform, caller, person);
  await progress(20, 'keys');
  const places = await placesOf(platform, kinds, caller, person);
  await platform.privacy.forget(caller.tenant, person);
  const outcomes: ErasureReport['records'] = [];
  for (const [index, { kind, id }] of places.entries()) {
    await progress(30 + Math.floor((50 * index) / places.length), 'records');
    outcomes.push(await forgetIn(platform, caller, kind, id, person));
  }
  // Whoever was let in again while this went on.
  await endLogins(platform, caller, person);
  await progress(80, 'traces');
  const scopes = places.map(({ scope }) => scope);
  const traces = await platform.privacy.removeTraces(caller.tenant, person, scopes);
  return { records: outcomes, traces };
}

type Place = { readonly kind: RecordKind; readonly id: string; readonly scope: string };

/** The person's own record, and every other one that says something of them. */
export async function placesOf(
  platform: Capabilities,
  kinds: readonly RecordKind[],
  caller: Caller,
  person: string,
): Promise<readonly Place[]> {
  const records = platform.records.for(caller);
  const about = await records.about(person);
  const others = about.flatMap(({ kind: name, id, scope }) => {
    const kind = kinds.find(candidate => candidate.name === name);
    return kind === undefined ? [] : [{ kind, id, scope }];
  });
  const own = kinds.find(kind => kind.home !== 'within' && scopeOfId(kind, person) !== undefined);
  const scope = own === undefined ? undefined : scopeOfId(own, person);
  if (own === undefined || scope === undefined) return others;
  return (await records.find(own, person)) === undefined
    ? others
    : [{ kind: own, id: person, scope }, ...others];
}

async function endLogins(platform: Capabilities, caller: Caller, person: string): Promise<void> {
  const directory = platform.records.for(caller).scope('directory');
  await onFresh(async () => {
    const user = await directory.find(userKind, person);
    if (user === undefined || user.data.status === 'disabled') return;
    await directory.commit({
      action: 'platform.user.disabled',
      update: [{ record: user, data: { ...user.data, status: 'disabled' } }],
      states: [revocationWrite(platform, { user: person, version: user.version + 1 })],
    });
  });
  const sessions = await openSessions(platform, caller, person);
  const ids = sessions.map(({ id }) => id);
  await endSessions(platform, caller, person, ids, 'sessions_ended');
}

/** A version in which what was sealed for the person is marked as erased; search and look-ups no longer find it by them. */
async function forgetIn(
  platform: Capabilities,
  caller: Caller,
  kind: RecordKind,
  id: string,
  person: string,
): Promise<ErasureReport['records'][number]> {
  const scope = platform.records.for(caller).scopeOf(kind, id);
  return onFresh(async () => {
    const record: Saved<unknown> = await scope.ever(kind, id);
    const { own, kept } = valuesAbout(record, person);
    const update = [{ record, data: record.data }];
    if (own > 0) await scope.commit({ action: ACTION, update, forget: person, events: [] });
    const outcome = kept === 0 ? 'erased' : own === 0 ? 'kept' : 'partly_kept';
    return { id, kind: kind.name, outcome } as const;
  });
}

/** Decides again when somebody wrote meanwhile. */
async function onFresh<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'platform.version_stale') throw error;
    }
  }
  throw recordFault('platform.busy');
}
