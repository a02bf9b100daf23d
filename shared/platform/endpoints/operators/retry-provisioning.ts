import * as z from 'zod';
import type { Caller } from '../../../kernel/index.ts';
import type { Capabilities } from '../../capabilities/index.ts';
import { accepted, defineEndpoint } from '../../http/index.ts';
import { askForJob, jobKind } from '../../jobs/index.ts';
import { PROVISION_JOB } from '../../provisioning/index.ts';
import { recordFault } from '../../records/index.ts';
import { isFreeName, Slug, tenancyFault, tenantKind } from '../../tenancy/index.ts';
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
    'Provisions once more a tenant whose provisioning failed, under another host name if one is given.',
  params: itemParams,
  body: z.strictObject({ slug: Slug.optional() }),
  ifMatch: true,
  example: { body: { slug: 'northgate-2' } },
  replies: { 202: { description: 'Being made; watch the job.', schema: Accepted } },
  faults: [
    'platform.tenant_transition_not_open',
    'platform.provisioning_under_way',
    'platform.slug_reserved',
  ],
  handle: async ({ caller, params, body, ifMatch, newKey }, platform) => {
    const scope = platform.records.for(caller).scopeOf(tenantKind, params.id);
    const account = await scope.get(tenantKind, params.id);
    if (account.version !== ifMatch)
      throw recordFault('platform.version_stale', { version: account.version });
    const data = withName(account.data, body.slug ?? account.data.slug);
    await assertNotUnderWay(platform, caller, account);
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

/** The account under the name that is wanted now; the job gives earlier ones back. Pure. */
function withName(account: SavedTenant['data'], slug: string): SavedTenant['data'] {
  const { status, beginnings } = account;
  if (status !== 'provisioning' || beginnings === null)
    throw tenancyFault('platform.tenant_transition_not_open', { action: 'retry-provisioning', status });
  if (!isFreeName(slug)) throw tenancyFault('platform.slug_reserved', { slug });
  const earlier = new Set([...(beginnings.formerSlugs ?? []), account.slug]);
  const formerSlugs = [...earlier].filter(name => name !== slug);
  return { ...account, slug, beginnings: { ...beginnings, formerSlugs } };
}
