import { AppError, type Caller, secondsAfter, systemCaller, timestamp } from '../../kernel/index.ts';
import type { Capabilities } from '../capabilities/index.ts';
import { type ChangeEvent, type Lease, type Saved, type Scope, scopeOfId } from '../records/index.ts';
import type { JobContext, JobDefinition, JobEnding, PrintPdf } from './definition.ts';
import { jobFault } from './faults.ts';
import { type JobData, jobKind } from './job.ts';

export type JobTools = {
  readonly platform: Capabilities;
  readonly definitions: readonly JobDefinition[];
  readonly print: PrintPdf;
  /** Names this process among those that may hold leases. */
  readonly worker: string;
};

/** Longer than any step may take (`design.md`: steps under five minutes). */
const LEASE_SECONDS = 300;
/** A commit that meets a newer version decides again on it. */
const MOST_CONFLICTS = 6;

/**
 * Runs the job that a message refers to: once effectively, however often the message comes. The lease keeps two
 * workers from doing the same work; the job's ETag in the ending commit keeps a second ending out.
 */
export async function runJob(
  tools: JobTools,
  message: { readonly tenantId: string; readonly jobId: string },
  isLast: boolean,
): Promise<void> {
  const tenant = await tools.platform.tenants.byId(message.tenantId);
  const scopeName = scopeOfId(jobKind, message.jobId);
  if (tenant === undefined || scopeName === undefined) throw jobFault('platform.job_unknown', message);
  const caller = systemCaller(tenant.id, tenant.slug, message.jobId);
  const scope = tools.platform.records.for(caller).scope(scopeName);
  const job = await scope.find(jobKind, message.jobId);
  if (job === undefined) throw jobFault('platform.job_not_visible', message);
  if (job.data.state !== 'queued') return;
  const lease = await takeLease(tools, scope, job);
  try {
    await work(tools, caller, scope, job, lease);
  } catch (error) {
    await release(tools, scope, lease);
    const final = error instanceof AppError && (error.fault.retry === 'never' || isLast);
    if (!final) throw error;
    await end(scope, job, lease, { state: 'failed', problem: problemOf(error) }, tools.platform.now());
  }
}

async function takeLease(tools: JobTools, scope: Scope, job: Saved<JobData>): Promise<Lease> {
  const id = `lease_${job.id}`;
  const now = tools.platform.now();
  const present = await scope.lease(id);
  const held = present !== undefined && present.until > timestamp(now) && present.owner !== tools.worker;
  if (held) throw jobFault('platform.job_leased', { until: present.until });
  const wanted: Lease = {
    id,
    owner: tools.worker,
    until: timestamp(secondsAfter(now, LEASE_SECONDS)),
    attempts: (present?.attempts ?? 0) + 1,
    startedAt: present?.startedAt ?? timestamp(now),
    progress: { percent: 0, step: 'started' },
    etag: present?.etag,
  };
  const taken = await scope.saveLease(wanted);
  if (taken === undefined) throw jobFault('platform.job_leased', { until: wanted.until });
  return taken;
}

/** Lets others try at once instead of after the lease has run out. */
async function release(tools: JobTools, scope: Scope, lease: Lease): Promise<void> {
  const current = await scope.lease(lease.id);
  if (current?.owner !== lease.owner) return;
  await scope.saveLease({ ...current, until: timestamp(tools.platform.now()) });
}

async function work(
  tools: JobTools,
  caller: Caller,
  scope: Scope,
  job: Saved<JobData>,
  lease: Lease,
): Promise<void> {
  const definition = tools.definitions.find(candidate => candidate.name === job.data.name);
  if (definition === undefined) throw jobFault('platform.job_unknown', { name: job.data.name });
  const context: JobContext = {
    job,
    scope,
    caller,
    platform: tools.platform,
    print: tools.print,
    progress: progressOf(scope, lease),
  };
  for (let conflicts = 0; ; conflicts += 1) {
    const ending = await definition.run(context);
    try {
      await end(scope, job, lease, { state: 'succeeded', ending }, tools.platform.now());
      await ending.afterwards?.();
      return;
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'platform.version_stale') throw error;
      const current = await scope.find(jobKind, job.id);
      if (current?.data.state !== 'queued') return;
      if (conflicts >= MOST_CONFLICTS) throw jobFault('platform.job_leased', {}, error);
    }
  }
}

function progressOf(scope: Scope, lease: Lease): JobContext['progress'] {
  let last: Lease | undefined = lease;
  return async (percent, step) => {
    if (last === undefined) return;
    last = await scope.saveLease({ ...last, progress: { percent, step } });
  };
}

type Outcome =
  | { readonly state: 'succeeded'; readonly ending: JobEnding }
  | { readonly state: 'failed'; readonly problem: JobData['problem'] };

async function end(
  scope: Scope,
  job: Saved<JobData>,
  lease: Lease,
  outcome: Outcome,
  now: Date,
): Promise<void> {
  const ending = outcome.state === 'succeeded' ? outcome.ending : undefined;
  const data: JobData = {
    ...job.data,
    state: outcome.state,
    attempts: lease.attempts,
    startedAt: lease.startedAt,
    endedAt: timestamp(now),
    links: ending?.links ?? [],
    problem: outcome.state === 'failed' ? outcome.problem : null,
  };
  await scope.commit({
    action: ending?.action ?? 'platform.job.failed',
    create: ending?.create ?? [],
    update: [...(ending?.update ?? []), { record: job, data }],
    expect: ending?.expect ?? [],
    events: [...(ending?.events ?? []), eventOf(job.id, data)],
  });
}

function eventOf(jobId: string, job: JobData): ChangeEvent {
  const { name, state, subject, links, problem } = job;
  return {
    type: `platform.job.${state}`,
    data: { jobId, name, subject, links, ...(problem === null ? {} : { problem }) },
  };
}

function problemOf(error: AppError): NonNullable<JobData['problem']> {
  return { code: error.code, status: error.fault.status, data: { ...error.data } };
}
