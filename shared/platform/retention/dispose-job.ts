import * as z from 'zod';
import { secondsAfter, timestamp } from '../../kernel/index.ts';
import { defineJob, inPieces, type JobContext, type JobDefinition, type Piece } from '../jobs/index.ts';
import type { RecordKind } from '../records/index.ts';
import { settingsId, settingsKind } from '../tenancy/index.ts';
import { Candidate, candidateOf, dispose } from './dispose.ts';
import { rulesOf } from './rules.ts';

export const DISPOSE_JOB = 'platform.retention.dispose';

const DAY_SECONDS = 86_400;
const PAGE = 50;

const Place = z.strictObject({
  /** What counts as now, all the way. */
  time: z.string(),
  rule: z.int(),
  /** Behind the page that was looked at last. */
  cursor: z.string().nullable(),
  isLast: z.boolean(),
  disposed: z.int(),
  /** What was found to go, kept before anything of it goes. */
  going: z.array(Candidate),
});
type Place = z.infer<typeof Place>;

/** Disposes of what is past its retention in one tenant, a page of records at a time; of nothing under a legal hold. */
export function disposeJob(kinds: () => readonly RecordKind[]): JobDefinition {
  return defineJob({
    name: DISPOSE_JOB,
    queue: 'jobs',
    about: { readPermission: settingsKind.readPermission, wholeTenant: true },
    run: async context => {
      const first = {
        time: timestamp(context.platform.now()),
        rule: 0,
        cursor: null,
        isLast: false,
        disposed: 0,
        going: [],
      };
      const end = await inPieces<Place>(context, Place, first, at => page(context, kinds(), at));
      return 'resumeAt' in end ? end : { action: 'platform.retention.applied', events: [], links: [] };
    },
  });
}

/** What the tenant says of retention at this moment: a legal hold counts from then on, also for work that is under way. */
async function retentionOf({ platform, caller }: Pick<JobContext, 'platform' | 'caller'>) {
  const settings = await platform.records.for(caller).find(settingsKind, settingsId(caller.tenant));
  return settings?.data.retention;
}

/** Looks at a page of records, or disposes of those of the last one that may go. */
async function page(context: JobContext, kinds: readonly RecordKind[], at: Place): Promise<Piece<Place>> {
  const { platform, caller, progress } = context;
  const retention = await retentionOf(context);
  const rules = rulesOf(kinds, retention);
  const rule = rules[at.rule];
  if (rule === undefined || (retention?.hold === true && at.going.length === 0)) return { at, done: true };
  const { kind, days } = rule;
  await progress(Math.floor((100 * at.rule) / rules.length), kind.name);
  const cutoff = timestamp(secondsAfter(new Date(at.time), -days * DAY_SECONDS));
  const disposal = { platform, kinds, caller };
  if (at.going.length > 0) {
    let { disposed } = at;
    for (const candidate of at.going)
      if ((await mayGo(context, kind, candidate)) && (await dispose(disposal, kind, candidate, cutoff, days)))
        disposed += 1;
    return { at: { ...at, ...further(at), going: [], disposed }, done: false };
  }
  const { items, next } = await platform.records.for(caller).list(kind, {
    where: { overSince: { to: cutoff } },
    order: 'oldest',
    limit: PAGE,
    cursor: at.cursor ?? undefined,
  });
  const going = [];
  for (const { id } of items) {
    const candidate = await candidateOf(disposal, kind, id, cutoff);
    if (candidate !== undefined) going.push(candidate);
  }
  const seen = { ...at, cursor: next ?? null, isLast: next === undefined, going };
  return { at: going.length > 0 ? seen : { ...seen, ...further(seen) }, done: false };
}

/** Under a legal hold nothing goes any more, but what lacks its record is gone to its end: nobody would find it again. */
async function mayGo(context: JobContext, kind: RecordKind, { id }: Candidate): Promise<boolean> {
  const retention = await retentionOf(context);
  if (retention?.hold !== true) return true;
  return (await context.platform.records.for(context.caller).find(kind, id)) === undefined;
}

/** Behind the last page of a kind comes the next kind. */
function further({ rule, cursor, isLast }: Place): Pick<Place, 'rule' | 'cursor' | 'isLast'> {
  return isLast ? { rule: rule + 1, cursor: null, isLast: false } : { rule, cursor, isLast };
}
