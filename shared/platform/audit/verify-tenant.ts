import * as z from 'zod';
import { systemCaller, type TenantId } from '../../kernel/index.ts';
import {
  type ChangeDocument,
  isIntact,
  type RecordDocument,
  type TenantRecords,
  verifyRecord,
} from '../records/index.ts';
import { type AnchorFlaw, type DayOfChanges, flawsOfAnchor } from './anchor.ts';
import { touchedChecker } from './check-touched.ts';
import type { Finding } from './finding.ts';
import { dayAfter } from './make-anchors.ts';
import type { AuditTools } from './tools.ts';
import { unwalkedChanges, unwalkedRecords, walkRecords, walkTenant } from './walk-tenant.ts';

export type TenantReport = {
  readonly tenant: string;
  readonly intact: boolean;
  readonly changes: number;
  readonly records: number;
  readonly anchors: number;
  /** The first thousand. */
  readonly findings: readonly Finding[];
};

const MOST_FINDINGS = 1000;
/** What is checked between two places: whole days until there were so many changes, and so many records. */
const PIECES = { changes: 5000, records: 500 };

const FindingShape = z.strictObject({
  what: z.enum(['change', 'record', 'anchor']),
  id: z.string(),
  why: z.string(),
});
/** How far a verification is. Changes are checked day by day, since an anchor holds a day. */
export const VerificationPlace = z.strictObject({
  phase: z.enum(['changes', 'records']),
  /** Up to and with this day changes and anchors are checked. */
  lastDay: z.string().nullable(),
  lastAnchor: z.string().nullable(),
  /** The record that was checked last. */
  after: z.string(),
  changes: z.int(),
  records: z.int(),
  anchors: z.int(),
  findings: z.array(FindingShape),
});
export type VerificationPlace = z.infer<typeof VerificationPlace>;

/** Long work that goes on where it was: its beginning, one piece of it, and what came of it in the end. */
export type Verification = {
  readonly first: VerificationPlace;
  readonly piece: (
    at: VerificationPlace,
  ) => Promise<{ readonly at: VerificationPlace; readonly done: boolean }>;
  readonly report: (at: VerificationPlace) => TenantReport;
};

/**
 * Checks every change, every anchor and every record's chain of a tenant, piece by piece. Nothing grows with the tenant but the
 * time it takes; with a day what that day's changes are by id and hash.
 */
export function verificationOf(
  tools: AuditTools,
  tenant: TenantId,
  progress: (percent: number, step: string) => Promise<void>,
  pieces = PIECES,
): Verification {
  return {
    first: {
      ...{ phase: 'changes', lastDay: null, lastAnchor: null, after: '' },
      ...{ changes: 0, records: 0, anchors: 0, findings: [] },
    },
    piece: async before => {
      const at = { ...before, findings: [...before.findings] };
      if (at.phase === 'changes') {
        await progress(5, 'changes and anchors');
        await checkDays(tools, tenant, at, pieces.changes);
        return { at, done: false };
      }
      await progress(50, 'records');
      return { at, done: await checkRecords(tools, tenant, at, pieces.records) };
    },
    report: ({ changes, records, anchors, findings }) => ({
      ...{ tenant, intact: findings.length === 0, changes, records, anchors },
      findings: findings.slice(0, MOST_FINDINGS),
    }),
  };
}

/** All pieces in one go. */
export async function verifyTenant(...whose: Parameters<typeof verificationOf>): Promise<TenantReport> {
  const { first, piece, report } = verificationOf(...whose);
  for (let at = first; ; ) {
    const next = await piece(at);
    if (next.done) return report(next.at);
    at = next.at;
  }
}

function find(at: VerificationPlace, ...found: readonly Finding[]): void {
  // Two pieces may come upon the same.
  const isNew = ({ what, id, why }: Finding): boolean =>
    !at.findings.some(known => known.what === what && known.id === id && known.why === why);
  at.findings.push(...found.filter(isNew).slice(0, Math.max(0, MOST_FINDINGS - at.findings.length)));
}

async function findEach(at: VerificationPlace, found: AsyncIterable<Finding>): Promise<void> {
  for await (const finding of found) find(at, finding);
}

/** Whether these were all. */
async function checkRecords(
  tools: AuditTools,
  tenant: TenantId,
  at: VerificationPlace,
  most: number,
): Promise<boolean> {
  const own = tools.records.for(systemCaller(tenant, '', 'verify-tenant'));
  let seen = 0;
  for await (const record of walkRecords(tools.store, tenant, at.after)) {
    // What shares a place belongs to one piece: the next one begins behind it.
    if (seen >= most && record.at !== at.after) return false;
    seen += 1;
    await checkRecord(own, at, record);
    at.after = record.at;
  }
  return true;
}

async function checkRecord(own: TenantRecords, at: VerificationPlace, record: RecordDocument): Promise<void> {
  const { broken } = await verifyRecord(own.scope(record.scope), record);
  if (broken !== null) find(at, { what: 'record', id: record.id, why: broken.why });
  at.records += 1;
}

/** What was written from outside so that no walk would come by. */
async function checkUnwalked(tools: AuditTools, tenant: TenantId, at: VerificationPlace): Promise<void> {
  const own = tools.records.for(systemCaller(tenant, '', 'verify-tenant'));
  for (const change of await unwalkedChanges(tools, tenant)) {
    at.changes += 1;
    find(at, { what: 'change', id: change.id, why: isIntact(change) ? 'dates' : 'content' });
  }
  for (const record of await unwalkedRecords(tools.store, tenant)) await checkRecord(own, at, record);
}

type Day = { readonly day: string; readonly scopes: Map<string, (readonly [string, string])[]> };

/** Every change by itself, the records that it touched, and each anchored day as a whole, also those whose changes are all gone. */
async function checkDays(
  tools: AuditTools,
  tenant: TenantId,
  at: VerificationPlace,
  most: number,
): Promise<void> {
  const names = await tools.anchors.names(tenant);
  const anchored = { first: names.at(0) ?? '', last: names.at(-1) ?? '' };
  const waiting = names.filter(day => day > (at.lastDay ?? ''));
  const check = await anchorChecker(tools, tenant, at);
  const touched = touchedChecker(tools, tenant, tools.records.for(systemCaller(tenant, '', 'verify-tenant')));
  const end = async (day: Day): Promise<void> => {
    await checkDay(day, waiting, anchored, at, check);
    at.lastDay = day.day;
  };
  let open: Day | undefined;
  let seen = 0;
  const from = at.lastDay === null ? undefined : dayAfter(at.lastDay);
  for await (const change of walkTenant(tools, tenant, { from })) {
    const day = String(change.time).slice(0, 10);
    if (open !== undefined && open.day !== day) {
      await end(open);
      if (seen >= most) {
        await findEach(at, touched.rest());
        return;
      }
    }
    if (open?.day !== day) open = { day, scopes: new Map() };
    seen += 1;
    at.changes += 1;
    if (!isIntact(change)) find(at, { what: 'change', id: change.id, why: 'content' });
    note(open, change);
    await findEach(at, touched.note(change));
  }
  await findEach(at, touched.rest());
  if (open !== undefined) await end(open);
  await checkWithoutChanges(waiting, '\uffff', check);
  await checkUnwalked(tools, tenant, at);
  at.phase = 'records';
}

type CheckAnchor = (day: string, changes: DayOfChanges) => Promise<void>;

async function checkDay(
  { day, scopes }: Day,
  waiting: string[],
  anchored: { readonly first: string; readonly last: string },
  at: VerificationPlace,
  check: CheckAnchor,
): Promise<void> {
  await checkWithoutChanges(waiting, day, check);
  if (waiting[0] === day) await check(waiting.shift() ?? '', scopes);
  else if (anchored.first < day && day < anchored.last) find(at, { what: 'anchor', id: day, why: 'missing' });
}

/** Days that were anchored and of which nothing is left. */
async function checkWithoutChanges(waiting: string[], before: string, check: CheckAnchor): Promise<void> {
  while (waiting[0] !== undefined && waiting[0] < before) await check(waiting.shift() ?? '', new Map());
}

function note({ scopes }: Day, { scope, id, hash }: ChangeDocument): void {
  const list = scopes.get(scope) ?? [];
  scopes.set(scope, list);
  list.push([id, hash]);
}

/** Compares anchors one after the other, each with the one before it and with the changes of its day. */
async function anchorChecker(
  tools: AuditTools,
  tenant: TenantId,
  at: VerificationPlace,
): Promise<CheckAnchor> {
  const last = at.lastAnchor === null ? undefined : await tools.anchors.read(tenant, at.lastAnchor);
  let before = last === undefined ? undefined : { day: at.lastAnchor ?? '', text: last };
  return async (day, changes) => {
    const text = await tools.anchors.read(tenant, day);
    at.anchors += 1;
    const flaws: readonly (AnchorFlaw | 'missing')[] =
      text === undefined ? ['missing'] : flawsOfAnchor(text, { tenant, day }, before, changes);
    find(at, ...flaws.map(why => ({ what: 'anchor', id: day, why }) as const));
    if (text === undefined) return;
    before = { day, text };
    at.lastAnchor = day;
  };
}
