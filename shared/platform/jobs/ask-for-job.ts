import { type Caller, timestamp } from '../../kernel/index.ts';
import { type JobCall, newRecordId, type RecordKind } from '../records/index.ts';
import { type JobData, jobKind } from './job.ts';

export type JobRequest = {
  readonly name: string;
  readonly queue: string;
  /** Id of the record that the job is about. */
  readonly subject: string;
  readonly scope: string;
};

/** The record and the call that a commit needs to ask for a job. Pure. */
export function askForJob(
  caller: Caller,
  key: string,
  now: Date,
  request: JobRequest,
): {
  readonly id: string;
  readonly create: { kind: RecordKind; id: string; data: JobData };
  readonly call: JobCall;
} {
  const id = newRecordId(jobKind, key, request.scope);
  const data: JobData = {
    name: request.name,
    queue: request.queue,
    state: 'queued',
    subject: request.subject,
    askedBy: { user: caller.user, name: caller.name },
    askedAt: timestamp(now),
    attempts: 0,
    startedAt: null,
    endedAt: null,
    links: [],
    problem: null,
  };
  return { id, create: { kind: jobKind, id, data }, call: { id, queue: request.queue, version: 1 } };
}
