import { REPLAY_JOB } from '../../data-subjects/index.ts';
import { accepted, defineEndpoint } from '../../http/index.ts';
import { askForJob, type JobData, JobView, jobView } from '../../jobs/index.ts';
import type { Saved } from '../../records/index.ts';
import { tenantKind } from '../../tenancy/index.ts';
import { itemParams } from '../lists.ts';

/** `POST /tenants/:id/replay-erasures`: the step after every restore. */
export const replayErasures = defineEndpoint({
  id: 'platform.tenant.replay_erasures',
  method: 'POST',
  path: '/tenants/:id/replay-erasures',
  access: 'operator',
  summary: 'After a restore: erases once more everybody whom the ledger of erasures names, as a job.',
  params: itemParams,
  replies: { 202: { description: 'Asked for.', schema: JobView } },
  handle: async ({ caller, params, newKey }, platform) => {
    const scope = platform.records.for(caller).scopeOf(tenantKind, params.id);
    const account = await scope.get(tenantKind, params.id);
    const request = { name: REPLAY_JOB, queue: 'jobs', subject: account.id, scope: account.id };
    const job = askForJob(caller, newKey(), platform.now(), request);
    const answer = (saved: ReadonlyMap<string, Saved<unknown>>) =>
      accepted(job.id, jobView(saved.get(job.id) as Saved<JobData>));
    const { reply, saved } = await scope.commit({
      action: 'platform.tenant.erasures_replay_asked',
      create: [job.create],
      jobs: [job.call],
      reply: answer,
    });
    return reply ?? answer(saved);
  },
});
