import * as z from 'zod';
import { roles } from '../../kernel/index.ts';
import { defineRecord, type Lease, type Saved } from '../records/index.ts';

export const JobState = z.enum(['queued', 'running', 'succeeded', 'failed', 'cancelled']);

const Problem = z.strictObject({
  code: z.string(),
  status: z.number().int(),
  data: z.record(z.string(), z.unknown()),
});
const Link = z.strictObject({ rel: z.string(), href: z.string() });

/** Work that outlives its request. The record says what is wanted and how it ended; who is at it says its lease. */
export const JobRecord = z.strictObject({
  name: z.string(),
  queue: z.string(),
  state: z.enum(['queued', 'succeeded', 'failed', 'cancelled']),
  subject: z.string(),
  askedBy: z
    .strictObject({ user: z.string(), name: z.string().meta({ personal: true }) })
    .meta({ person: 'user' }),
  askedAt: z.string(),
  attempts: z.number().int(),
  startedAt: z.string().nullable(),
  endedAt: z.string().nullable(),
  links: z.array(Link),
  problem: Problem.nullable(),
});
export type JobData = z.infer<typeof JobRecord>;

export const jobKind = defineRecord({
  name: 'platform.job',
  prefix: 'job',
  home: 'within',
  schema: JobRecord,
  indexed: job => ({ state: job.state, name: job.name, subject: job.subject }),
  readPermission: 'platform.job:read',
});

/** A job as clients see it. */
export const JobView = z.strictObject({
  id: z.string(),
  name: z.string(),
  state: JobState,
  subject: z.string().meta({ description: 'Id of the record that the job is about.' }),
  progress: z.strictObject({ percent: z.number(), step: z.string() }),
  attempts: z.number().int(),
  askedAt: z.string(),
  startedAt: z.string().nullable(),
  endedAt: z.string().nullable(),
  links: z.array(Link),
  problem: Problem.nullable(),
});

/** Joins the record with the lease of whoever works on it now. */
export function jobView(job: Saved<JobData>, lease?: Lease): z.infer<typeof JobView> {
  const { data } = job;
  const open = data.state === 'queued';
  const running = open && lease !== undefined;
  return {
    id: job.id,
    name: data.name,
    state: running ? 'running' : data.state,
    subject: data.subject,
    progress: progressOf(data.state, running ? lease : undefined),
    attempts: open ? (lease?.attempts ?? 0) : data.attempts,
    askedAt: data.askedAt,
    startedAt: open ? (lease?.startedAt ?? null) : data.startedAt,
    endedAt: data.endedAt,
    links: data.links,
    problem: data.problem,
  };
}

function progressOf(state: JobData['state'], lease: Lease | undefined): { percent: number; step: string } {
  if (lease !== undefined) return lease.progress;
  return { percent: state === 'succeeded' ? 100 : 0, step: state };
}

/** Who may watch and list jobs. */
export const jobPermissions = { 'platform.job:read': roles };
