import { type TenantId, timestamp } from '../../kernel/index.ts';
import { anchorText, type DayOfChanges } from './anchor.ts';
import type { AuditTools } from './tools.ts';
import { walkTenant } from './walk-tenant.ts';

const DAY_MILLISECONDS = 86_400_000;
/** Clocks differ, and a commit may still be on its way when its day ends. */
const SETTLED_MILLISECONDS = 3_600_000;
/** What is caught up with at once, after an outage. */
const MOST_DAYS = 31;

type Progress = { readonly id: string; readonly type: 'anchors'; readonly day: string };

/**
 * Anchors every tenant's changes of the days that are over and were not anchored yet. Doing it twice is once: an anchor
 * that is there stays. How far it is stands in the lease `progress`. Returns how many anchors were made.
 */
export async function anchorDue(tools: AuditTools, progress = 'anchors'): Promise<number> {
  const last = dayOf(tools.now().getTime() - SETTLED_MILLISECONDS - DAY_MILLISECONDS);
  const done = await tools.leases.read<Progress>([progress], progress);
  let made = 0;
  for (const day of daysToDo(done?.day, last)) {
    for (const tenant of await tenantsOf(tools, day)) made += (await anchorDay(tools, tenant, day)) ? 1 : 0;
    const next: Progress = { id: progress, type: 'anchors', day };
    const known = await tools.leases.read<Progress>([progress], progress);
    if (known === undefined) await tools.leases.create([progress], next);
    else if (known.day < day) await tools.leases.replace([progress], next, known._etag);
  }
  return made;
}

/** Anchors one day of a tenant behind the newest anchor before it. False when the day has an anchor. */
export async function anchorDay(tools: AuditTools, tenant: TenantId, day: string): Promise<boolean> {
  const days = await tools.anchors.names(tenant);
  if (days.includes(day)) return false;
  const earlier = days.filter(other => other < day).at(-1);
  const text = earlier === undefined ? undefined : await tools.anchors.read(tenant, earlier);
  const before = earlier === undefined || text === undefined ? undefined : { day: earlier, text };
  const changes = await changesOf(tools, tenant, day);
  if (changes.size === 0) return false;
  const anchor = anchorText(tenant, day, timestamp(tools.now()), before, changes);
  return tools.anchors.write(tenant, day, anchor);
}

async function changesOf(tools: AuditTools, tenant: TenantId, day: string): Promise<DayOfChanges> {
  const scopes = new Map<string, (readonly [string, string])[]>();
  for await (const change of walkTenant(tools, tenant, { from: day, to: dayAfter(day) })) {
    const list = scopes.get(change.scope) ?? [];
    scopes.set(change.scope, list);
    list.push([change.id, change.hash]);
  }
  return scopes;
}

function daysToDo(done: string | undefined, last: string): readonly string[] {
  const days: string[] = [];
  for (
    let day = last;
    day > (done ?? '') && days.length < (done === undefined ? 1 : MOST_DAYS);
    day = dayBefore(day)
  )
    days.push(day);
  return days.toReversed();
}

/** The one read over tenants here; what it finds is anchored tenant by tenant. */
async function tenantsOf(tools: AuditTools, day: string): Promise<readonly TenantId[]> {
  return tools.store.queryAcross<TenantId>({
    text: "SELECT DISTINCT VALUE c.tenantId FROM c WHERE c.type = 'change' AND c.at >= @from AND c.at < @to",
    parameters: { from: day, to: dayAfter(day) },
  });
}

/** `YYYY-MM-DD` in UTC. */
export function dayOf(milliseconds: number): string {
  return new Date(milliseconds).toISOString().slice(0, 10);
}

export function dayAfter(day: string): string {
  return dayOf(Date.parse(day) + DAY_MILLISECONDS);
}

function dayBefore(day: string): string {
  return dayOf(Date.parse(day) - DAY_MILLISECONDS);
}
