import * as z from 'zod';
import type { PermissionTable } from '../../kernel/index.ts';
import { defineEndpoint, ok } from '../http/index.ts';
import { defineJob, inPieces, JobView } from '../jobs/index.ts';
import { RebuildPlace, rebuildFirst, recordCounts } from '../projections/index.ts';
import { commitOneJob } from './commit-one-job.ts';

export const recordCountPermissions: PermissionTable = {
  'platform.statistics:read': ['tenant-owner', 'administrator', 'quality-manager', 'manager'],
  'platform.statistics:rebuild': ['tenant-owner', 'administrator'],
};

const NAME = 'platform.statistics.rebuild';

const readCounts = defineEndpoint({
  id: 'platform.statistics.read',
  method: 'GET',
  path: '/record-counts',
  access: { permission: 'platform.statistics:read' },
  wholeTenant: true,
  summary: 'How many records of each kind are in each state, some seconds behind the last change.',
  replies: {
    200: {
      description: 'The counts.',
      schema: z.strictObject({
        items: z.array(z.strictObject({ kind: z.string(), state: z.string(), count: z.number().int() })),
      }),
    },
  },
  handle: async ({ caller }, platform) => {
    const counters = await platform.projector.read(caller, recordCounts);
    const items = Object.entries(counters)
      .toSorted(([left], [right]) => (left < right ? -1 : 1))
      .map(([name, count]) => {
        const [kind = '', state = ''] = name.split(' ');
        return { kind, state, count };
      });
    return ok({ items });
  },
});

const rebuildCounts = defineEndpoint({
  id: NAME,
  method: 'POST',
  path: '/record-counts/rebuild',
  access: { permission: 'platform.statistics:rebuild' },
  wholeTenant: true,
  summary:
    'Counts all records anew from their changes, as a job. Whoever asks while one is open is answered with that one.',
  replies: { 202: { description: 'Asked for.', schema: JobView } },
  faults: ['platform.plan_limit_reached'],
  handle: (request, platform) => {
    const wanted = { name: NAME, subject: request.caller.tenant, scope: 'statistics' };
    return commitOneJob(platform, request, 'platform.statistics.rebuild_asked', wanted);
  },
});

export const rebuildRecordCounts = defineJob({
  name: NAME,
  queue: 'jobs',
  about: { readPermission: 'platform.statistics:rebuild', wholeTenant: true },
  run: async context => {
    const { caller, platform, job } = context;
    const end = await inPieces(context, RebuildPlace, rebuildFirst, at =>
      platform.projector.rebuildPiece(caller.tenant, recordCounts, job.id, at),
    );
    if ('resumeAt' in end) return end;
    return {
      action: 'platform.statistics.rebuilt',
      events: [],
      links: [{ rel: 'result', href: '/api/v1/record-counts' }],
    };
  },
});

export const recordCountEndpoints = [readCounts, rebuildCounts];
