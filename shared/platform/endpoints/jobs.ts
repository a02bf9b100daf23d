import * as z from 'zod';
import { defineEndpoint, ok } from '../http/index.ts';
import { type JobData, JobView, jobKind, jobView } from '../jobs/index.ts';
import type { Saved } from '../records/index.ts';
import { itemParams, listQuery, pageOf, pageReply } from './lists.ts';

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

const listJobs = defineEndpoint({
  id: 'platform.job.list',
  method: 'GET',
  path: '/jobs',
  access,
  summary: 'Jobs, newest first.',
  query: listQuery.extend({
    state: z.enum(['queued', 'succeeded', 'failed', 'cancelled']).optional(),
    subject: z.string().max(200).optional(),
  }),
  replies: { 200: { description: 'A page.', schema: pageOf(JobView) } },
  handle: async ({ caller, query, url }, platform) => {
    const { state, subject, ...paging } = query;
    const page = await platform.records.for(caller).list(jobKind, { ...paging, where: { state, subject } });
    return pageReply(url, page, (job: Saved<JobData>) => jobView(job));
  },
});

export const jobEndpoints = [readJob, listJobs];
