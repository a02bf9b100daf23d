import { AppError, derivedKey, systemCaller, timestamp } from '../../kernel/index.ts';
import { askForJob, jobKind } from '../jobs/index.ts';
import type { RecordsDoor, Saved, TenantRecords } from '../records/index.ts';
import { inState, PLATFORM, PLATFORM_SLUG, type TenantAccount, tenantKind } from '../tenancy/index.ts';
import { askForErasure, ERASE_JOB } from './ask-for-erasure.ts';
import { PUBLISH_JOB } from './publish-job.ts';

export type SweepTools = { readonly records: RecordsDoor; readonly now: () => Date };

const sweeper = systemCaller(PLATFORM, PLATFORM_SLUG, 'sweep-tenants');

/** What one sweep looks at of each; the next one goes on with what is left. */
const MOST = 100;

/**
 * Sees to what time alone brings about: tenants whose grace is over are erased, trials that are over are past due.
 * However many sweep at once, each tenant has one job: its key follows from the tenant and the time. An erasure that failed
 * half-way is asked for again until nothing is left.
 */
export async function sweepTenants({ records, now }: SweepTools, most = MOST): Promise<number> {
  const platform = records.for(sweeper);
  const isOver = { to: timestamp(now()) };
  const [erasable, trials] = await Promise.all([
    platform.list(tenantKind, { where: { eraseAt: isOver }, order: 'oldest', limit: most }),
    platform.list(tenantKind, { where: { trialEndsAt: isOver }, order: 'oldest', limit: most }),
  ]);
  for (const account of erasable.items) await eraseUnlessUnderWay(platform, account, now());
  for (const account of trials.items) await endTrial(platform, account, now());
  return erasable.items.length + trials.items.length;
}

async function eraseUnlessUnderWay(
  platform: TenantRecords,
  account: Saved<TenantAccount>,
  now: Date,
): Promise<void> {
  const jobs = await platform.scope(account.id).all(jobKind);
  const erasures = jobs.filter(({ data }) => data.name === ERASE_JOB);
  if (erasures.some(({ data }) => data.state === 'queued')) return;
  const job = askForErasure(sweeper, now, account.id, account.data.eraseAt ?? '', erasures.length);
  return unlessDone(
    platform.scope(account.id).commit({
      action: 'platform.tenant.erasure_started',
      create: [job.create],
      jobs: [job.call],
      expect: [account],
    }),
  );
}

function endTrial(platform: TenantRecords, account: Saved<TenantAccount>, now: Date): Promise<void> {
  const { subscription } = account.data;
  const ended = subscription.trialEndsAt ?? timestamp(now);
  const job = jobFor(account, PUBLISH_JOB, ended, now);
  return unlessDone(
    platform.scope(account.id).commit({
      action: 'platform.tenant.trial_ended',
      update: [
        {
          record: account,
          data: { ...account.data, subscription: inState(subscription, 'past_due', ended) },
        },
      ],
      create: [job.create],
      jobs: [job.call],
    }),
  );
}

function jobFor(account: Saved<TenantAccount>, name: string, time: string, now: Date) {
  const request = { name, queue: 'jobs', subject: account.id, scope: account.id };
  return askForJob(sweeper, derivedKey(name, account.id, time), now, request);
}

/** Somebody else did it, or changed the tenant meanwhile: the next sweep looks again. */
async function unlessDone(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof AppError) || (error.fault.status !== 409 && error.fault.status !== 412))
      throw error;
  }
}
