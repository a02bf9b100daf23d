import * as z from 'zod';
import { type Caller, may } from '../../kernel/index.ts';
import { defineEndpoint, type Endpoint, httpFault, ok } from '../http/index.ts';
import {
  type JobDefinition,
  JobRecord,
  JobView,
  jobKind,
  jobView,
  namesSeen,
  seesJobs,
} from '../jobs/index.ts';
import { defineList } from './define-list.ts';
import { anyOf } from './list-filters.ts';
import { itemParams } from './lists.ts';

const access = { permission: jobKind.readPermission };

type Definitions = () => readonly JobDefinition[];

/** Jobs are seen by who may read what they are about; one's own also by who asked for it. */
export function jobEndpoints(definitions: Definitions): readonly Endpoint[] {
  return [readEndpoint(definitions), listEndpoint(definitions)];
}

function readEndpoint(definitions: Definitions): Endpoint {
  return defineEndpoint({
    id: 'platform.job.read',
    method: 'GET',
    path: '/jobs/:id',
    access,
    summary: 'How far a job is, and how it ended: for who may read what it is about, or asked for it.',
    params: itemParams,
    replies: { 200: { description: 'The job.', schema: JobView } },
    handle: async ({ caller, params }, platform) => {
      const scope = platform.records.for(caller).scopeOf(jobKind, params.id);
      const [job, lease] = await Promise.all([
        scope.get(jobKind, params.id),
        scope.lease(`lease_${params.id}`),
      ]);
      if (job.data.askedBy.user !== caller.user) assertSeen(caller, definitions(), job.data.name);
      return ok(jobView(job, lease), job);
    },
  });
}

/** Of what no code runs any more nobody knows what it is about; it says nothing but that. */
function assertSeen(caller: Caller, definitions: readonly JobDefinition[], name: string): void {
  const definition = definitions.find(one => one.name === name);
  if (definition === undefined || seesJobs(caller, definition)) return;
  const permission = definition.about.readPermission;
  if (!may(caller, permission)) throw httpFault('platform.permission_missing', { permission });
  throw httpFault('platform.branch_limited');
}

function listEndpoint(definitions: Definitions): Endpoint {
  return defineList({
    id: 'platform.job.list',
    path: '/jobs',
    summary: 'Jobs about what you may read, newest first.',
    kind: jobKind,
    filters: {
      state: anyOf(JobRecord.shape.state),
      name: anyOf(z.string().max(100)),
      subject: anyOf(z.string().max(200)),
    },
    within: (caller, { permissions }) => {
      const name = namesSeen(definitions(), permissions, caller);
      return name === undefined ? {} : { name };
    },
    view: JobView,
    show: job => jobView(job),
  });
}
