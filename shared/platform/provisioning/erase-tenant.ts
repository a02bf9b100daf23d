import * as z from 'zod';
import { secondsAfter, systemCaller } from '../../kernel/index.ts';
import { settleDomain } from '../domains/index.ts';
import { defineJob, type JobContext, type JobEnding, type JobPause } from '../jobs/index.ts';
import type { Saved } from '../records/index.ts';
import { domainKind, publishTenant, type TenantAccount, tenantKind } from '../tenancy/index.ts';
import { webhookEndpointKind } from '../webhooks/index.ts';
import { ERASE_JOB } from './ask-for-erasure.ts';

/** How much was removed so far. */
const Removed = z.strictObject({ items: z.int(), files: z.int() });
type Removed = z.infer<typeof Removed>;

/** What follows the feed of changes, such as counters, may write for a moment of a tenant that is gone; then it is looked again. */
const AGAIN_SECONDS = 15;

/**
 * Erases everything that a tenant owns, once its grace is over: first its host is nobody's, then files go, then secrets of its
 * webhooks, then items, container by container, then its keys, so that copies in backups are open for nobody. Whatever cuts it off, the next run goes on with what is left. The register keeps that
 * there was a tenant, and its name is never given to another one, unless nobody was ever served under it: then this is what undoes
 * a provisioning that failed.
 */
export const eraseJob = defineJob({
  name: ERASE_JOB,
  queue: 'jobs',
  about: tenantKind,
  run: async context => {
    const { scope, job, platform } = context;
    const account = await scope.get(tenantKind, job.data.subject);
    if (!isDue(account.data, platform.now())) {
      return { action: 'platform.tenant.erasure_dropped', links: [] };
    }
    const closed = await close(context, account);
    const before = Removed.safeParse(context.checkpoint()).data;
    const now = await removeAll(context, closed);
    const all = { items: (before?.items ?? 0) + now.items, files: (before?.files ?? 0) + now.files };
    return before === undefined ? lookAgain(context, all) : erased(context, closed, all);
  },
});

/** Every step may run again after any other one was cut off. */
async function removeAll(context: JobContext, closed: Saved<TenantAccount>): Promise<Removed> {
  const { caller, platform, progress } = context;
  await publishTenant(platform, closed.id);
  await progress(5, 'names');
  for (const name of unusedNames(closed.data)) await platform.tenants.releaseSlug(name, closed.id);
  await releaseDomains(context, closed);
  await progress(10, 'files');
  const files = await platform.erasure.files(closed.id);
  await progress(30, 'secrets');
  await removeSecrets(context, closed);
  await progress(40, 'items');
  const items = await platform.erasure.items(closed.id);
  await progress(90, 'keys');
  await platform.privacy.forgetTenant(closed.id);
  // Its first administrator, whom the history of the register still names.
  await platform.privacy.forget(caller.tenant, closed.id);
  await progress(95, 'again');
  return { items, files };
}

function unusedNames({ slug, beginnings }: TenantAccount): readonly string[] {
  return beginnings === null ? [] : [slug, ...(beginnings.formerSlugs ?? [])];
}

async function lookAgain({ platform, keep }: JobContext, removed: Removed): Promise<JobPause> {
  await keep(removed);
  return { resumeAt: secondsAfter(platform.now(), AGAIN_SECONDS), step: 'again' };
}

/** The register keeps why, and what was removed. */
async function erased(
  { platform }: JobContext,
  closed: Saved<TenantAccount>,
  { items, files }: Removed,
): Promise<JobEnding> {
  const names = unusedNames(closed.data);
  // Who was undone because somebody else had the name before leaves it to them.
  const owners = await Promise.all(names.map(name => platform.tenants.ownerOfSlug(name)));
  const free = names.filter((_name, at) => owners[at] === undefined);
  const gone = `Undone: ${items} items, ${files} files and the keys are gone`;
  const undone = free.length === 0 ? `${gone}.` : `${gone}; free again: ${free.join(', ')}.`;
  const statusReason =
    names.length === 0
      ? `Erased: ${items} items and ${files} files.`
      : `${closed.data.statusReason ?? ''} ${undone}`.trim();
  const data = { ...closed.data, beginnings: null, eraseAt: null, statusReason };
  return { action: 'platform.tenant.erased', update: [{ record: closed, data }], links: [] };
}

/** While `eraseAt` stands, an erasure is wanted, or was begun and not finished. */
function isDue({ status, eraseAt }: TenantAccount, now: Date): boolean {
  const over = eraseAt !== null && Date.parse(eraseAt) <= now.getTime();
  return over && (status === 'pending_deletion' || status === 'deleted');
}

/** Its names are free for others when they have been held back for a time. */
async function releaseDomains(
  { platform, job }: JobContext,
  { id, data }: Saved<TenantAccount>,
): Promise<void> {
  const caller = systemCaller(id, data.slug, job.id);
  const domains = await platform.records.for(caller).scope('domains').all(domainKind);
  for (const domain of domains)
    await settleDomain(platform, caller, { ...domain, data: { ...domain.data, status: 'removed' } });
}

/** Those of its webhooks, which stand in Key Vault and nowhere else. Key Vault purges them when their retention is over. */
async function removeSecrets(
  { platform, job }: JobContext,
  { id, data }: Saved<TenantAccount>,
): Promise<void> {
  const caller = systemCaller(id, data.slug, job.id);
  const endpoints = await platform.records.for(caller).scope('webhooks').all(webhookEndpointKind);
  for (const endpoint of endpoints) await platform.webhookSecrets.remove(endpoint.id);
}

/** From this commit on nothing brings the tenant back. */
async function close({ scope }: JobContext, account: Saved<TenantAccount>): Promise<Saved<TenantAccount>> {
  if (account.data.status === 'deleted') return account;
  const data: TenantAccount = { ...account.data, status: 'deleted' };
  await scope.commit({ action: 'platform.tenant.closed', update: [{ record: account, data }] });
  return scope.get(tenantKind, account.id);
}
