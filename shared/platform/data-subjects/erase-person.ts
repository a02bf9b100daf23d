import * as z from 'zod';
import type { Caller } from '../../kernel/index.ts';
import { endSessions, openSessions, revocationWrite } from '../accounts/index.ts';
import type { Capabilities } from '../capabilities/index.ts';
import { userKind } from '../identity/index.ts';
import { type RecordKind, type Saved, valuesAbout } from '../records/index.ts';
import { onFresh } from './on-fresh.ts';
import { placesOf } from './places-of.ts';
import { type ErasureReport, Outcome } from './request.ts';
import { withdrawExports } from './withdraw-exports.ts';

const ACTION = 'platform.person.erased';

/** How far an erasure is: whether the key is gone, and behind which record. */
export const ErasurePlace = z.strictObject({
  isForgotten: z.boolean(),
  after: z.string(),
  records: z.array(Outcome),
  more: z.int(),
  traces: z.int(),
});
export type ErasurePlace = z.infer<typeof ErasurePlace>;
export const erasureFirst: ErasurePlace = {
  ...{ isForgotten: false, after: '', records: [] },
  ...{ more: 0, traces: 0 },
};

const PIECE_RECORDS = 50;
/** So many a report names; an item of the database holds 2 MB. */
const MOST_NAMED = 5000;

/**
 * Forgets a person: logins end, the ledger notes it, their key is destroyed, records are indexed anew without them, exports that
 * tell of them are taken back, and traces that no key covers are removed. What was sealed for them reads as erased wherever it lies; what law keeps stays. Each piece
 * finds its work done when it runs again, so the same erases somebody anew after a restore.
 */
export async function erasePiece(
  platform: Capabilities,
  kinds: readonly RecordKind[],
  caller: Caller,
  person: string,
  at: ErasurePlace,
): Promise<{ readonly at: ErasurePlace; readonly done: boolean }> {
  if (!at.isForgotten) {
    await endLogins(platform, caller, person);
    await platform.privacy.forget(caller.tenant, person);
    return { at: { ...at, isForgotten: true }, done: false };
  }
  const page = { after: at.after, limit: PIECE_RECORDS + 1 };
  const left = await placesOf(platform, kinds, caller, person, page);
  const some = left.slice(0, PIECE_RECORDS);
  const done = left.length <= some.length;
  const records = [...at.records];
  let { more } = at;
  for (const { kind, id } of some) {
    const outcome = await forgetIn(platform, caller, kind, id, person);
    if (records.length < MOST_NAMED) records.push(outcome);
    else more += 1;
  }
  // Whoever was let in again while this went on.
  if (done) await endLogins(platform, caller, person);
  if (done) await withdrawExports(platform, caller, person);
  const scopes = some.map(({ scope }) => scope);
  const traces = at.traces + (await platform.privacy.removeTraces(caller.tenant, person, scopes));
  return { at: { ...at, after: some.at(-1)?.id ?? at.after, records, more, traces }, done };
}

/** What a finished erasure says of itself. */
export function reportOf({ records, more, traces }: ErasurePlace): ErasureReport {
  return { records, ...(more === 0 ? {} : { more }), traces };
}

/** All pieces in one go. */
export async function erasePerson(
  platform: Capabilities,
  kinds: readonly RecordKind[],
  caller: Caller,
  person: string,
): Promise<ErasureReport> {
  for (let at = erasureFirst; ; ) {
    const next = await erasePiece(platform, kinds, caller, person, at);
    if (next.done) return reportOf(next.at);
    at = next.at;
  }
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
    const left = id === person ? (kind.unsealed?.(record.data) ?? []) : [];
    return { id, kind: kind.name, ...outcomeOf(own, kept, left) };
  });
}

function outcomeOf(
  own: number,
  kept: number,
  left: readonly string[],
): Pick<z.infer<typeof Outcome>, 'outcome' | 'left'> {
  if (left.length > 0) return { outcome: 'partly_erased', left: [...left] };
  if (kept === 0) return { outcome: 'erased' };
  return { outcome: own === 0 ? 'kept' : 'partly_kept' };
}
