import { AppError, type Caller, systemCaller, timestamp } from '../../kernel/index.ts';
import type { Capabilities } from '../capabilities/index.ts';
import type { Messenger } from '../messaging/index.ts';
import { type ChangeEvent, type Saved, type Scope, scopeOfId } from '../records/index.ts';
import type { JobContext, JobDefinition, JobEnding, JobFailure, JobPause, PrintPdf } from './definition.ts';
import { jobFault } from './faults.ts';
import { type HeldLease, type PutOff, takeLease } from './held-lease.ts';
import { type JobData, jobKind } from './job.ts';

/** How a job ended, for logs: ids and codes, nothing personal. */
export type JobEnd = {
  readonly jobId: string;
  readonly name: string;
  readonly outcome: 'succeeded' | 'failed';
  /** Of the problem; null when there is none. */
  readonly code: string | null;
};

export type JobTools = {
  readonly platform: Capabilities;
  readonly definitions: readonly JobDefinition[];
  readonly print: PrintPdf;
  /** Asks again for jobs that pause. */
  readonly messenger: Pick<Messenger, 'send'>;
  /** Names this process among those that may hold leases. */
  readonly worker: string;
  /** Hears of each job that ended, once, after the ending is committed. */
  readonly ended: (job: JobEnd) => void;
};

/** Which copy of its message asks for the job, counted from 0, and after how many it counts as failed. */
export type Attempt = { readonly count: number; readonly most: number };

/** What is not a fault is a bug, which repeating hardly mends: so many in all. */
const MOST_BUGS = 5;
/**
 * A job that ends its process says nothing, and its message comes back by itself; the broker gives up after 10
 * deliveries, so the job must end before.
 */
const MOST_CRASHES = 8;
/** A commit that meets a newer version decides again on it. */
const MOST_CONFLICTS = 6;

/** A deployment may stop the host, and a message's lock is renewed for ten minutes at most. */
const STEP_MILLISECONDS = 240_000;

/**
 * Runs the job that a message refers to: once effectively, however often the message comes. The lease keeps two
 * workers from doing the same work; the job's ETag in the ending commit keeps a second ending out.
 * A job that pauses is put off first and asked for again then, by a message that comes when it is due; whatever dies in between,
 * this message comes back, finds the job put off, and asks in its place.
 */
export async function runJob(
  tools: JobTools,
  message: { readonly tenantId: string; readonly jobId: string },
  attempt: Attempt,
): Promise<void> {
  const tenant = await tools.platform.tenants.byId(message.tenantId);
  const scopeName = scopeOfId(jobKind, message.jobId);
  if (scopeName === undefined) throw jobFault('platform.job_unknown', message);
  // A new tenant may be invisible for a moment, and that it was is remembered for half a minute.
  if (tenant === undefined) throw jobFault('platform.job_not_visible', message);
  const caller = systemCaller(tenant.id, tenant.slug, message.jobId);
  const scope = tools.platform.records.for(caller).scope(scopeName);
  const job = await scope.find(jobKind, message.jobId);
  if (job === undefined) throw jobFault('platform.job_not_visible', message);
  if (job.data.state !== 'queued') return;
  const lease = await takeLease(
    scope,
    `lease_${job.id}`,
    `${tools.worker}/${tools.platform.newKey()}`,
    tools.platform.now,
  );
  if ('resumeAt' in lease) return askAgain(tools, message, job, lease);
  try {
    if (lease.crashes >= MOST_CRASHES) throw jobFault('platform.job_crashed', { attempts: lease.attempts });
    const pause = await work(tools, caller, scope, job, lease);
    lease.drop();
    if (pause === undefined) return;
    const pauses = await lease.pause(pause);
    await askAgain(tools, message, job, { resumeAt: pause.resumeAt, pauses });
  } catch (error) {
    const fault = error instanceof AppError ? error : jobFault('platform.job_crashed', {}, error);
    const crashed = fault.code === 'platform.job_crashed';
    await lease.release(crashed);
    const over = crashed ? lease.crashes + 1 >= MOST_BUGS : attempt.count >= attempt.most;
    if (fault.fault.retry === 'later' && !over) throw fault;
    await fail(tools, caller, scope, job, lease, fault);
  }
}

async function work(
  tools: JobTools,
  caller: Caller,
  scope: Scope,
  job: Saved<JobData>,
  lease: HeldLease,
): Promise<JobPause | undefined> {
  const definition = definitionOf(tools, job);
  if (definition === undefined) throw jobFault('platform.job_unknown', { name: job.data.name });
  const context = contextOf(tools, caller, scope, job, lease);
  for (let conflicts = 0; ; conflicts += 1) {
    const ending = await definition.run(context);
    if ('resumeAt' in ending) return ending;
    try {
      await end(tools, scope, job, lease, { state: 'succeeded', ending });
      await ending.afterwards?.();
      return undefined;
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'platform.version_stale') throw error;
      const current = await scope.find(jobKind, job.id);
      if (current?.data.state !== 'queued') return undefined;
      if (conflicts >= MOST_CONFLICTS) throw jobFault('platform.job_leased', {}, error);
    }
  }
}

function definitionOf({ definitions }: JobTools, { data }: Saved<JobData>): JobDefinition | undefined {
  return definitions.find(candidate => candidate.name === data.name);
}

function contextOf(
  { platform, print }: JobTools,
  caller: Caller,
  scope: Scope,
  job: Saved<JobData>,
  lease: HeldLease,
): JobContext {
  const last = platform.now().getTime() + STEP_MILLISECONDS;
  return {
    ...{ job, scope, caller, platform, print },
    attempt: lease.attempts,
    progress: lease.progress,
    step: lease.step,
    checkpoint: lease.checkpoint,
    keep: lease.keep,
    isTimeUp: () => platform.now().getTime() >= last,
  };
}

/** Ends a job that failed for good, together with what is to be done about it; decided again on whatever changed meanwhile. */
async function fail(
  tools: JobTools,
  caller: Caller,
  scope: Scope,
  job: Saved<JobData>,
  lease: HeldLease,
  fault: AppError,
): Promise<void> {
  const { failed } = definitionOf(tools, job) ?? {};
  for (let conflicts = 0; ; conflicts += 1) {
    const failure = await failed?.(contextOf(tools, caller, scope, job, lease), fault);
    try {
      await end(tools, scope, job, lease, { state: 'failed', problem: problemOf(fault), failure });
      return;
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'platform.version_stale') throw error;
      const current = await scope.find(jobKind, job.id);
      if (current?.data.state !== 'queued') return;
      if (conflicts >= MOST_CONFLICTS) throw jobFault('platform.job_leased', {}, error);
    }
  }
}

/** Within a minute however many ask, one is heard: the broker drops ids that it has heard lately. */
async function askAgain(
  { messenger, platform }: JobTools,
  body: { readonly tenantId: string; readonly jobId: string },
  { data }: Saved<JobData>,
  { resumeAt, pauses }: PutOff,
): Promise<void> {
  const minute = Math.floor(platform.now().getTime() / 60_000);
  const id = `${body.jobId}:resume:${pauses}:${minute}`;
  const { tenantId, jobId } = body;
  const properties = { tenantId };
  await messenger.send([{ to: data.queue, id, body: { tenantId, jobId }, properties, notBefore: resumeAt }]);
}

type Outcome =
  | { readonly state: 'succeeded'; readonly ending: JobEnding }
  | {
      readonly state: 'failed';
      readonly problem: JobData['problem'];
      readonly failure: JobFailure | undefined;
    };

async function end(
  tools: JobTools,
  scope: Scope,
  job: Saved<JobData>,
  lease: HeldLease,
  outcome: Outcome,
): Promise<void> {
  const ending = outcome.state === 'succeeded' ? outcome.ending : outcome.failure;
  const data: JobData = {
    ...job.data,
    state: outcome.state,
    attempts: lease.attempts,
    startedAt: lease.startedAt,
    endedAt: timestamp(tools.platform.now()),
    links: outcome.state === 'succeeded' ? outcome.ending.links : [],
    problem: outcome.state === 'failed' ? outcome.problem : null,
  };
  await scope.commit({
    action: ending?.action ?? 'platform.job.failed',
    create: ending?.create ?? [],
    jobs: ending?.jobs ?? [],
    update: [...(ending?.update ?? []), { record: job, data }],
    expect: ending?.expect ?? [],
    events: [...(ending?.events ?? []), eventOf(job.id, data)],
  });
  tools.ended({ jobId: job.id, name: data.name, outcome: outcome.state, code: data.problem?.code ?? null });
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
