import * as z from 'zod';
import { secondsAfter, timestamp } from '../../kernel/index.ts';
import { defineJob, inPieces, type JobContext, type JobDefinition, type Piece } from '../jobs/index.ts';
import type { RecordKind } from '../records/index.ts';
import { settingsId, settingsKind } from '../tenancy/index.ts';
import { dispose } from './dispose.ts';
import { type RetentionRule, rulesOf } from './rules.ts';

export const DISPOSE_JOB = 'platform.retention.dispose';

const DAY_SECONDS = 86_400;
const PAGE = 50;

const Place = z.strictObject({
  /** What counts as now, all the way. */
  time: z.string(),
  rule: z.int(),
  cursor: z.string().nullable(),
  disposed: z.int(),
});
type Place = z.infer<typeof Place>;

/** Disposes of what is past its retention in one tenant, a page of records at a time; of nothing under a legal hold. */
export function disposeJob(kinds: () => readonly RecordKind[]): JobDefinition {
  return defineJob({
    name: DISPOSE_JOB,
    queue: 'jobs',
    about: { readPermission: settingsKind.readPermission, wholeTenant: true },
    run: async context => {
      const { platform, caller } = context;
      const settings = await platform.records.for(caller).find(settingsKind, settingsId(caller.tenant));
      const isHeld = settings?.data.retention?.hold === true;
      const rules = isHeld ? [] : rulesOf(kinds(), settings?.data.retention);
      const first = { time: timestamp(platform.now()), rule: 0, cursor: null, disposed: 0 };
      const end = await inPieces<Place>(context, Place, first, at => page(context, kinds(), rules, at));
      return 'resumeAt' in end ? end : { action: 'platform.retention.applied', events: [], links: [] };
    },
  });
}

async function page(
  { platform, caller, progress }: JobContext,
  kinds: readonly RecordKind[],
  rules: readonly RetentionRule[],
  at: Place,
): Promise<Piece<Place>> {
  const rule = rules[at.rule];
  if (rule === undefined) return { at, done: true };
  const { kind, days } = rule;
  await progress(Math.floor((100 * at.rule) / rules.length), kind.name);
  const cutoff = timestamp(secondsAfter(new Date(at.time), -days * DAY_SECONDS));
  const { items, next } = await platform.records.for(caller).list(kind, {
    where: { overSince: { to: cutoff } },
    order: 'oldest',
    limit: PAGE,
    cursor: at.cursor ?? undefined,
  });
  let { disposed } = at;
  for (const { id } of items)
    if (await dispose({ platform, kinds, caller }, kind, id, cutoff, days)) disposed += 1;
  const further = next === undefined ? { rule: at.rule + 1, cursor: null } : { rule: at.rule, cursor: next };
  return { at: { ...at, ...further, disposed }, done: false };
}
