import { AppError, type Caller, systemCaller } from '../../kernel/index.ts';
import type { Capabilities } from '../capabilities/index.ts';
import { defineJob, type JobContext } from '../jobs/index.ts';
import { recordFault, type Saved } from '../records/index.ts';
import {
  firstSettings,
  publishTenant,
  settingsId,
  settingsKind,
  type TenantAccount,
  tenancyFault,
  tenantKind,
} from '../tenancy/index.ts';
import { failedProvisioning } from './failed-provisioning.ts';
import { inviteFirstAdministrator, makeFirstAdministrator } from './first-administrator.ts';

export const PROVISION_JOB = 'platform.tenant.provision';

/**
 * A step of making a tenant. Each may run again after any other one was cut off, and then finds its work done.
 * `account` is the tenant in the register, `owner` acts in the new tenant itself.
 */
type Step = {
  readonly name: string;
  readonly run: (platform: Capabilities, account: Saved<TenantAccount>, owner: Caller) => Promise<void>;
};

const takeName: Step = {
  name: 'name',
  run: async ({ tenants }, { id, data }) => {
    if (!(await tenants.takeSlug(data.slug, id))) {
      throw tenancyFault('platform.slug_taken', { slug: data.slug });
    }
    for (const slug of data.beginnings?.formerSlugs ?? []) await tenants.releaseSlug(slug, id);
  },
};

/** Whatever follows seals what it writes. */
const makeKeys: Step = {
  name: 'keys',
  run: async ({ blindIndex }, { id }) => {
    await blindIndex(id);
  },
};

const writeSettings: Step = {
  name: 'settings',
  run: async ({ records }, { id, data }, owner) => {
    const scope = records.for(owner).scope('settings');
    if ((await scope.find(settingsKind, settingsId(id))) !== undefined) return;
    await scope.commit({
      action: 'platform.tenant_settings.created',
      create: [{ kind: settingsKind, id: settingsId(id), data: firstSettings(data.name, data.beginnings) }],
    });
  },
};

const makeAdministrator: Step = {
  name: 'administrator',
  run: (platform, { data }, owner) => makeFirstAdministrator(platform, data, owner),
};

/** What makes a tenant, in this order; the job ends with the tenant served and its first owner invited. */
const provisioningSteps: readonly Step[] = [takeName, makeKeys, writeSettings, makeAdministrator];

/**
 * Provisions a tenant from its entry in the register: progress by steps, each idempotent. What fails for good is undone, as
 * `failedProvisioning` says; until then it can be asked for again.
 */
export const provisionJob = defineJob({
  name: PROVISION_JOB,
  queue: 'jobs',
  about: tenantKind,
  failed: failedProvisioning,
  run: async context => {
    const account = await context.scope.get(tenantKind, context.job.data.subject);
    const { status } = account.data;
    if (status !== 'provisioning' && status !== 'active')
      return { action: 'platform.tenant.provisioning_dropped', links: [] };
    await unlessFaster(make(context, account));
    return {
      action: 'platform.tenant.provisioning_ended',
      links: [{ rel: 'tenant', href: `/api/v1/tenants/${account.id}` }],
    };
  },
});

async function make(context: JobContext, account: Saved<TenantAccount>): Promise<void> {
  const { platform, job, progress } = context;
  const owner = systemCaller(account.id, account.data.slug, job.id);
  await runSteps(context, account, owner);
  await progress(95, 'ready');
  await makeActive(context, account.id);
  await publishTenant(platform, account.id);
  // A letter's job runs for a tenant that is there.
  await inviteFirstAdministrator(platform, owner);
}

const CONFLICTS = ['platform.already_exists', 'platform.claim_taken', 'platform.version_stale'];

/** A step met somebody else at the same work, or a change of the register: no failure, the next attempt finds how things are. */
async function unlessFaster(work: Promise<void>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof AppError) || !CONFLICTS.includes(error.code)) throw error;
    throw recordFault('platform.busy', {}, error);
  }
}

/** A commit of its own, before the directory says so: whatever is cut off here, the next run goes on. */
async function makeActive({ scope }: JobContext, id: string): Promise<void> {
  const account = await scope.get(tenantKind, id);
  if (account.data.status !== 'provisioning') return;
  await scope.commit({
    action: 'platform.tenant.provisioned',
    update: [
      { record: account, data: { ...account.data, status: 'active', statusReason: null, beginnings: null } },
    ],
  });
}

async function runSteps(context: JobContext, account: Saved<TenantAccount>, owner: Caller): Promise<void> {
  const share = 100 / (provisioningSteps.length + 1);
  for (const [index, step] of provisioningSteps.entries()) {
    await context.progress(Math.round(share * index), step.name);
    await step.run(context.platform, account, owner);
  }
}
