import * as z from 'zod';
import { attempt, type Caller, may } from '../../../kernel/index.ts';
import type { Capabilities } from '../../capabilities/index.ts';
import { accepted, defineEndpoint } from '../../http/index.ts';
import { askForJob, jobKind } from '../../jobs/index.ts';
import { PROVISION_JOB } from '../../provisioning/index.ts';
import { recordFault } from '../../records/index.ts';
import { assertSlugFree, Slug, tenancyFault, tenantKind, tenantLifecycle } from '../../tenancy/index.ts';
import { itemParams } from '../lists.ts';
import type { SavedTenant } from './tenant-view.ts';

const Accepted = z.strictObject({ tenantId: z.string(), jobId: z.string() });

/** Refuses while a job makes the tenant. Whoever goes on must write the account as it was read, so no other job begins. */
export async function assertNotUnderWay(
  platform: Pick<Capabilities, 'records'>,
  caller: Caller,
  account: SavedTenant,
): Promise<void> {
  if (account.data.status !== 'provisioning') return;
  const jobs = await platform.records.for(caller).scope(account.id).all(jobKind);
  const open = jobs.find(({ data }) => data.name === PROVISION_JOB && data.state === 'queued');
  if (open !== undefined) throw tenancyFault('platform.provisioning_under_way', { job: open.id });
}

/** `POST /tenants/:id/retry-provisioning`: once more what failed, under another name where the first one was taken. */
export const retryProvisioning = defineEndpoint({
  id: 'platform.tenant.retry_provisioning',
  method: 'POST',
  path: '/tenants/:id/retry-provisioning',
  access: 'operator',
  summary:
    'Provisions once more a tenant whose provisioning failed and was not undone, under another host name if one is given.',
  params: itemParams,
  body: z.strictObject({ slug: Slug.optional() }),
  ifMatch: true,
  example: { body: { slug: 'northgate-2' } },
  replies: { 202: { description: 'Being made; watch the job.', schema: Accepted } },
  faults: [
    'platform.tenant_transition_not_open',
    'platform.provisioning_under_way',
    'platform.slug_reserved',
    'platform.slug_taken',
  ],
  handle: async ({ caller, params, body, ifMatch, newKey }, platform) => {
    const scope = platform.records.for(caller).scopeOf(tenantKind, params.id);
    const account = await scope.get(tenantKind, params.id);
    if (account.version !== ifMatch)
      throw recordFault('platform.version_stale', { version: account.version });
    const slug = body.slug ?? account.data.slug;
    const data = begunAgain(caller, account.data, slug);
    await assertNotUnderWay(platform, caller, account);
    await assertSlugFree(platform.tenants, slug, account.id);
    const request = { name: PROVISION_JOB, queue: 'jobs', subject: account.id, scope: account.id };
    const job = askForJob(caller, newKey(), platform.now(), request);
    const answer = () => accepted(job.id, { tenantId: account.id, jobId: job.id });
    const { reply } = await scope.commit({
      action: 'platform.tenant.ordered',
      update: [{ record: account, data }],
      create: [job.create],
      jobs: [job.call],
      reply: answer,
    });
    return reply ?? answer();
  },
});

/** The account as it is made once more, under the name that is wanted now; the job gives earlier ones back. Pure. */
function begunAgain(caller: Caller, account: SavedTenant['data'], slug: string): SavedTenant['data'] {
  const { status, beginnings } = account;
  const action = 'retry-provisioning';
  const outcome = attempt(tenantLifecycle, status, action, { served: beginnings === null }, permission =>
    may(caller, permission),
  );
  if (outcome === undefined || outcome.refusals.length > 0 || beginnings === null)
    throw tenancyFault('platform.tenant_transition_not_open', { action, status });
  const earlier = new Set([...(beginnings.formerSlugs ?? []), account.slug]);
  const formerSlugs = [...earlier].filter(name => name !== slug);
  const fresh = { status: outcome.to, statusReason: null, eraseAt: null };
  return { ...account, ...fresh, slug, beginnings: { ...beginnings, formerSlugs } };
}
