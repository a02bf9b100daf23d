import type { Capabilities } from '../capabilities/index.ts';
import { type ApiReply, type ApiRequest, accepted } from '../http/index.ts';
import { askForJob, type JobData, type JobRequest, jobView } from '../jobs/index.ts';
import type { CommitRequest, Saved } from '../records/index.ts';
import { countedJob } from '../tenancy/index.ts';

export type Asking = Pick<ApiRequest<unknown, unknown, unknown>, 'caller' | 'newKey'>;
export type Wanted = Pick<JobRequest, 'name' | 'subject' | 'scope'>;

/** The parts of a commit that ask for a job of queue `jobs`, and the job's id. */
export function jobParts(
  platform: Pick<Capabilities, 'now'>,
  { caller, newKey }: Asking,
  wanted: Wanted,
): Required<Pick<CommitRequest, 'create' | 'jobs'>> & { readonly id: string } {
  const job = askForJob(caller, newKey(), platform.now(), { ...wanted, queue: 'jobs' });
  return { id: job.id, create: [job.create], jobs: [job.call] };
}

/** Commits the wish for a job that stands alone, counted among those of the day; the answer is 202 with the job. */
export async function commitJob(
  platform: Capabilities,
  asking: Asking,
  action: string,
  wanted: Wanted,
): Promise<ApiReply> {
  const { id, create, jobs } = jobParts(platform, asking, wanted);
  const scope = platform.records.for(asking.caller).scope(wanted.scope);
  const { reply } = await countedJob(platform, asking.caller, scope, () =>
    scope.commit({
      action,
      create,
      jobs,
      reply: saved => accepted(id, jobView(saved.get(id) as Saved<JobData>)), // the commit makes it
    }),
  );
  return reply ?? accepted(id, undefined);
}
