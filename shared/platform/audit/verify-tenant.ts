import { systemCaller, type TenantId } from '../../kernel/index.ts';
import { type ChangeDocument, isIntact, verifyRecord } from '../records/index.ts';
import { type AnchorFlaw, type DayOfChanges, flawsOfAnchor } from './anchor.ts';
import { type TouchedChecker, touchedChecker } from './check-touched.ts';
import type { Finding } from './finding.ts';
import type { AuditTools } from './tools.ts';
import { walkRecords, walkTenant } from './walk-tenant.ts';

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
type Count = { changes: number; records: number; anchors: number };

/** Checks every change, every anchor and every record's chain of a tenant. Nothing grows with the tenant but the time it takes. */
export async function verifyTenant(
  tools: AuditTools,
  tenant: TenantId,
  progress: (percent: number, step: string) => Promise<void>,
): Promise<TenantReport> {
  const count: Count = { changes: 0, records: 0, anchors: 0 };
  const findings: Finding[] = [];
  const own = tools.records.for(systemCaller(tenant, '', 'verify-tenant'));
  await progress(5, 'changes and anchors');
  const touched = touchedChecker(tools, tenant, own);
  for await (const finding of checkDays(tools, tenant, count, touched)) findings.push(finding);
  await progress(50, 'records');
  for await (const record of walkRecords(tools.store, tenant)) {
    count.records += 1;
    const { broken } = await verifyRecord(own.scope(record.scope), record);
    if (broken !== null) findings.push({ what: 'record', id: record.id, why: broken.why });
  }
  return { tenant, intact: findings.length === 0, ...count, findings: findings.slice(0, MOST_FINDINGS) };
}

type Day = { readonly day: string; readonly scopes: Map<string, (readonly [string, string])[]> };

/** Every change by itself, the records that it touched, and each anchored day as a whole, also those whose changes are all gone. */
async function* checkDays(
  tools: AuditTools,
  tenant: TenantId,
  count: Count,
  touched: TouchedChecker,
): AsyncGenerator<Finding> {
  const waiting = [...(await tools.anchors.names(tenant))];
  const anchored = { first: waiting.at(0) ?? '', last: waiting.at(-1) ?? '' };
  const check = anchorChecker(tools, tenant, count);
  let open: Day | undefined;
  for await (const change of walkTenant(tools, tenant)) {
    count.changes += 1;
    if (!isIntact(change)) yield { what: 'change', id: change.id, why: 'content' };
    const day = change.time.slice(0, 10);
    if (open !== undefined && open.day !== day) yield* checkDay(open, waiting, anchored, check);
    if (open?.day !== day) open = { day, scopes: new Map() };
    note(open, change);
    yield* touched.note(change);
  }
  yield* touched.rest();
  if (open !== undefined) yield* checkDay(open, waiting, anchored, check);
  yield* checkWithoutChanges(waiting, '\uffff', check);
}

type CheckAnchor = (day: string, changes: DayOfChanges) => AsyncGenerator<Finding>;

async function* checkDay(
  { day, scopes }: Day,
  waiting: string[],
  anchored: { readonly first: string; readonly last: string },
  check: CheckAnchor,
): AsyncGenerator<Finding> {
  yield* checkWithoutChanges(waiting, day, check);
  if (waiting[0] === day) yield* check(waiting.shift() ?? '', scopes);
  else if (anchored.first < day && day < anchored.last) yield { what: 'anchor', id: day, why: 'missing' };
}

/** Days that were anchored and of which nothing is left. */
async function* checkWithoutChanges(
  waiting: string[],
  before: string,
  check: CheckAnchor,
): AsyncGenerator<Finding> {
  while (waiting[0] !== undefined && waiting[0] < before) yield* check(waiting.shift() ?? '', new Map());
}

function note({ scopes }: Day, { scope, id, hash }: ChangeDocument): void {
  const list = scopes.get(scope) ?? [];
  scopes.set(scope, list);
  list.push([id, hash]);
}

/** Compares anchors one after the other, each with the one before it and with the changes of its day. */
function anchorChecker(tools: AuditTools, tenant: TenantId, count: Count): CheckAnchor {
  let before: { readonly day: string; readonly text: string } | undefined;
  return async function* (day: string, changes: DayOfChanges): AsyncGenerator<Finding> {
    const text = await tools.anchors.read(tenant, day);
    count.anchors += 1;
    const flaws: readonly (AnchorFlaw | 'missing')[] =
      text === undefined ? ['missing'] : flawsOfAnchor(text, { tenant, day }, before, changes);
    for (const why of flaws) yield { what: 'anchor', id: day, why };
    if (text !== undefined) before = { day, text };
  };
}
