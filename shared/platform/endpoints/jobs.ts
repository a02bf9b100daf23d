import * as z from 'zod';
import { defineEndpoint, ok } from '../http/index.ts';
import { JobRecord, JobView, jobKind, jobView } from '../jobs/index.ts';
import { defineList } from './define-list.ts';
import { anyOf } from './list-filters.ts';
import { itemParams } from './lists.ts';

const access = { permission: jobKind.readPermission };

const readJob = defineEndpoint({
  id: 'platform.job.read',
  method: 'GET',
  path: '/jobs/:id',
  access,
  summary: 'How far a job is, and how it ended.',
  params: itemParams,
  replies: { 200: { description: 'The job.', schema: JobView } },
  handle: async ({ caller, params }, platform) => {
    const scope = platform.records.for(caller).scopeOf(jobKind, params.id);
    const [job, lease] = await Promise.all([
      scope.get(jobKind, params.id),
      scope.lease(`lease_${params.id}`),
    ]);
    return ok(jobView(job, lease), job);
  },
});

const listJobs = defineList({
  id: 'platform.job.list',
  path: '/jobs',
  summary: 'Jobs, newest first.',
  kind: jobKind,
  filters: {
    state: anyOf(JobRecord.shape.state),
    name: anyOf(z.string().max(100)),
    subject: anyOf(z.string().max(200)),
  },
  view: JobView,
  show: job => jobView(job),
});

export const jobEndpoints = [readJob, listJobs];
