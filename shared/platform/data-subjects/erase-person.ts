import * as z from 'zod';
import type { Caller } from '../../kernel/index.ts';
import { endAllSessions, revocationWrite } from '../accounts/index.ts';
import type { Capabilities } from '../capabilities/index.ts';
import { userKind } from '../identity/index.ts';
import {
  asPersonal,
  lastSaid,
  onFresh,
  type RecordKind,
  type Saved,
  tellsInPast,
  valuesAbout,
} from '../records/index.ts';
import { heldFor, type Place, placesOf, type Source } from './places-of.ts';
import { type ErasureReport, Outcome } from './request.ts';
import { withdrawExports } from './withdraw-exports.ts';

const ACTION = 'platform.person.erased';

/** How far an erasure is: of whom (who was asked for comes first), who comes after, whether the key is gone, and behind which record. */
export const ErasurePlace = z.strictObject({
  whom: z.string().optional(),
  rest: z.array(z.string()),
  isForgotten: z.boolean(),
  after: z.string(),
  records: z.array(Outcome),
  more: z.int(),
  traces: z.int(),
});
export type ErasurePlace = z.infer<typeof ErasurePlace>;
export const erasureFirst: ErasurePlace = {
  ...{ rest: [], isForgotten: false, after: '', records: [] },
  ...{ more: 0, traces: 0 },
};

const PIECE_RECORDS = 50;
/** So many a report names; an item of the database holds 2 MB. */
const MOST_NAMED = 5000;

/**
 * Forgets a person: logins end, the ledger notes it, their key is destroyed, records are indexed anew without them, exports that
 * tell of them are taken back, and traces that no key covers are removed. What was sealed for them reads as erased wherever it lies; what law keeps stays. Each piece
 * finds its work done when it runs again, so the same erases somebody anew after a restore. A customer who is a person takes along their
 * contacts whom no other customer has.
 */
export async function erasePiece(
  source: Source,
  person: string,
  at: ErasurePlace,
): Promise<{ readonly at: ErasurePlace; readonly done: boolean }> {
  const { platform, caller } = source;
  const whom = at.whom ?? person;
  if (!at.isForgotten) {
    await endLogins(platform, caller, whom);
    const rest = whom === person ? await heldFor(source, person) : at.rest;
    await platform.privacy.forget(caller.tenant, whom);
    return { at: { ...at, whom, rest: [...rest], isForgotten: true }, done: false };
  }
  const { page: left, isPerson } = await placesOf(source, whom, {
    after: at.after,
    limit: PIECE_RECORDS + 1,
  });
  const some = left.slice(0, PIECE_RECORDS);
  const isLast = left.length <= some.length;
  const { records, more } = await forgetInAll(source, whom, isPerson, some, at);
  // Whoever was let in again while this went on.
  if (isLast) await endLogins(platform, caller, whom);
  if (isLast) await withdrawExports(platform, caller, whom);
  const scopes = some.map(({ scope }) => scope);
  const traces = at.traces + (await platform.privacy.removeTraces(caller.tenant, whom, scopes));
  const here = { ...at, after: some.at(-1)?.id ?? at.after, records, more, traces };
  const [next, ...rest] = at.rest;
  if (!isLast || next === undefined) return { at: here, done: isLast };
  return { at: { ...here, whom: next, rest, isForgotten: false, after: '' }, done: false };
}

async function forgetInAll(
  source: Source,
  person: string,
  isPerson: boolean,
  places: readonly Place[],
  at: ErasurePlace,
): Promise<Pick<ErasurePlace, 'records' | 'more'>> {
  const records = new Map(at.records.map(record => [record.id, record]));
  let { more } = at;
  for (const { kind, id } of places) {
    const outcome = await forgetIn(source, kind, id, person, isPerson);
    const before = records.get(id);
    if (before !== undefined || records.size < MOST_NAMED) records.set(id, joined(before, outcome));
    else more += 1;
  }
  return { records: [...records.values()], more };
}

/** What a finished erasure says of itself. */
export function reportOf({ records, more, traces }: ErasurePlace): ErasureReport {
  return { records, ...(more === 0 ? {} : { more }), traces };
}

/** All pieces in one go. */
export async function erasePerson(source: Source, person: string): Promise<ErasureReport> {
  for (let at = erasureFirst; ; ) {
    const next = await erasePiece(source, person, at);
    if (next.done) return reportOf(next.at);
    at = next.at;
  }
}

async function endLogins(platform: Capabilities, caller: Caller, person: string): Promise<void> {
  const directory = platform.records.for(caller).scope('directory');
  const load = () => directory.find(userKind, person);
  await onFresh(load, async user => {
    if (user === undefined || user.data.status === 'disabled') return;
    await directory.commit({
      action: 'platform.user.disabled',
      update: [{ record: user, data: { ...user.data, status: 'disabled' } }],
      states: [revocationWrite(platform, { user: person, version: user.version + 1 })],
    });
  });
  await endAllSessions(platform, caller, person);
}

/**
 * A version in which what was sealed for the person is marked as erased; search and look-ups no longer find it by them. `isPerson`: what was
 * copied from their record before it said so is theirs, too.
 */
async function forgetIn(
  { platform, caller }: Source,
  kind: RecordKind,
  id: string,
  person: string,
  isPerson: boolean,
): Promise<Outcome> {
  const scope = platform.records.for(caller).scopeOf(kind, id);
  const load = (): Promise<Saved<unknown>> => scope.ever(kind, id);
  return onFresh(load, async record => {
    const said = await lastSaid(scope, record);
    const data = isPerson ? asPersonal(said, person) : said.data;
    const { own, kept } = valuesAbout({ ...record, data }, person);
    const isClear = own > 0 && isPerson && (data !== said.data || (await tellsInPast(scope, record, person)));
    // What was deleted has a past alone, and that is closed with the key.
    const isThere = record.deleted !== true;
    const update = [{ record, data }];
    if (own > 0 && isThere) await scope.commit({ action: ACTION, update, forget: person, events: [] });
    const left = id === person ? (kind.unsealed?.(said.data) ?? []) : [];
    return { id, kind: kind.name, ...outcomeOf(own, kept, left, isClear) };
  });
}

function outcomeOf(
  own: number,
  kept: readonly string[],
  left: readonly string[],
  isClear: boolean,
): Omit<Outcome, 'id' | 'kind'> {
  const rules = kept.length === 0 ? {} : { keptFor: [...kept] };
  if (left.length > 0 || isClear)
    return {
      ...{ outcome: 'partly_erased', ...rules },
      ...(left.length === 0 ? {} : { left: [...left] }),
      ...(isClear ? { clearInHistory: true } : {}),
    };
  if (kept.length === 0) return { outcome: 'erased' };
  return { outcome: own === 0 ? 'kept' : 'partly_kept', ...rules };
}

/** What became of a record that tells of two people who are erased together. */
function joined(before: Outcome | undefined, after: Outcome): Outcome {
  if (before === undefined) return after;
  const rules = new Set([...(before.keptFor ?? []), ...(after.keptFor ?? [])]);
  const outcomes = [before.outcome, after.outcome];
  const isSame = before.outcome === after.outcome;
  const mixed = outcomes.includes('partly_erased') ? 'partly_erased' : 'partly_kept';
  return {
    ...before,
    ...after,
    outcome: isSame ? after.outcome : mixed,
    ...(rules.size === 0 ? {} : { keptFor: [...rules] }),
  };
}
