import { setTimeout } from 'node:timers/promises';
import * as z from 'zod';
import { AppError } from '../../kernel/index.ts';
import type { Capabilities } from '../capabilities/index.ts';
import { type ApiReply, accepted } from '../http/index.ts';
import { type JobData, jobKind, jobView } from '../jobs/index.ts';
import { defineState, RepeatedRequest, recordFault, type Saved, type Scope } from '../records/index.ts';
import { countedJob } from '../tenancy/index.ts';
import { type Asking, jobParts, type Wanted } from './commit-job.ts';

/** Which job of a name was asked for last in its scope; outside of the history, since jobs have their own. */
const latestKind = defineState({
  name: 'platform.latest_job',
  schema: z.strictObject({ jobId: z.string() }),
});

const MOST_TRIES = 8;
const WAIT_MILLISECONDS = 50;

/**
 * Commits the wish for a job of which one at a time does for everybody: while one is open, whoever asks is answered 202 with that one. `wanted.scope` is
 * the same for all who ask. `platform.busy` when others are first again and again.
 */
export async function commitOneJob(
  platform: Capabilities,
  asking: Asking,
  action: string,
  wanted: Wanted,
): Promise<ApiReply> {
  const scope = platform.records.for(asking.caller).scope(wanted.scope);
  const repeated = await scope.repeated();
  if (repeated !== undefined) throw new RepeatedRequest(repeated);
  for (let tries = 1; tries <= MOST_TRIES; tries += 1) {
    const reply = await joined(platform, asking, action, wanted, scope);
    if (reply !== undefined) return reply;
    await setTimeout(WAIT_MILLISECONDS * tries);
  }
  throw recordFault('platform.busy');
}

/** The answer with the job that is open or was made; undefined when somebody else made one meanwhile. */
async function joined(
  platform: Capabilities,
  asking: Asking,
  action: string,
  wanted: Wanted,
  scope: Scope,
): Promise<ApiReply | undefined> {
  const state = `latest_${wanted.name}`;
  const latest = await scope.state(latestKind, state);
  const open = latest === undefined ? undefined : await openJob(scope, latest.data.jobId);
  if (open !== undefined) return scope.keepReply(open);
  const { id, create, jobs } = jobParts(platform, asking, wanted);
  const answer = (saved: ReadonlyMap<string, Saved<unknown>>): ApiReply =>
    accepted(id, jobView(saved.get(id) as Saved<JobData>)); // the commit makes it
  try {
    const states = [{ kind: latestKind, id: state, data: { jobId: id }, etag: latest?.etag }];
    const { reply, saved } = await countedJob(platform, asking.caller, scope, () =>
      scope.commit({ action, create, jobs, states, reply: answer }),
    );
    return reply ?? answer(saved);
  } catch (error) {
    if (error instanceof AppError && error.code === 'platform.version_stale') return undefined;
    throw error;
  }
}

async function openJob(scope: Scope, id: string): Promise<ApiReply | undefined> {
  const [job, lease] = await Promise.all([scope.find(jobKind, id), scope.lease(`lease_${id}`)]);
  return job?.data.state === 'queued' ? accepted(id, jobView(job, lease)) : undefined;
}
