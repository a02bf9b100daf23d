import type { AppError, Caller } from '../../kernel/index.ts';
import type { Capabilities } from '../capabilities/index.ts';
import type { ChangeEvent, CommitRequest, RecordKind, Saved, Scope } from '../records/index.ts';
import type { JobData } from './job.ts';

export type Job = Saved<JobData>;

/** Turns HTML into a PDF; there only where Chromium is. With `createdAt` equal documents are equal bytes. */
export type PrintPdf = (
  html: string,
  options: { readonly title: string; readonly createdAt?: Date },
) => Promise<Uint8Array>;

export type JobContext = {
  readonly job: Job;
  readonly scope: Scope;
  readonly caller: Caller;
  readonly platform: Capabilities;
  readonly print: PrintPdf;
  /** Which attempt this is, from 1; the ones before may have got anywhere. */
  readonly attempt: number;
  /** Says how far the work is; nothing depends on its being seen. */
  readonly progress: (percent: number, step: string) => Promise<void>;
  /** The step that was told last in this process. */
  readonly step: () => string;
  /** What an earlier attempt kept last; undefined when none did. */
  readonly checkpoint: () => unknown;
  /**
   * Keeps how far the work is, so that whoever goes on begins there. Ids, times and numbers as JSON, nothing personal. Refused with
   * `platform.job_leased` when somebody else is at the job meanwhile.
   */
  readonly keep: (checkpoint: unknown) => Promise<void>;
  /** Whether this went on for as long as one message may: the work keeps its place then and pauses. */
  readonly isTimeUp: () => boolean;
};

/** What a job answers that is not over: it is asked for again at that time, by a message of its own. */
export type JobPause = { readonly resumeAt: Date; readonly step: string };

/** What the commit that ends a job does beside ending it. */
export type JobEnding = {
  readonly action: string;
  readonly update?: readonly { readonly record: Saved<unknown>; readonly data: unknown }[];
  readonly create?: NonNullable<CommitRequest['create']>;
  readonly jobs?: NonNullable<CommitRequest['jobs']>;
  readonly expect?: readonly Saved<unknown>[];
  readonly events?: readonly ChangeEvent[];
  readonly links: JobData['links'];
  /** Runs after the commit; nothing may depend on it. */
  readonly afterwards?: () => Promise<void>;
};

/** What the commit does that ends a job as failed for good, beside ending it. */
export type JobFailure = Omit<JobEnding, 'links' | 'afterwards'>;

/** Where jobs are run. */
export const jobQueues = ['jobs', 'render'] as const;

/** A kind of job, as data: its name, its queue, and the work, which may run twice and must not mind. */
export type JobDefinition = {
  readonly name: string;
  readonly queue: (typeof jobQueues)[number];
  /** What it is about: whoever may not read that does not see the job either. */
  readonly about: Pick<RecordKind, 'readPermission' | 'wholeTenant' | 'branches'>;
  readonly run: (context: JobContext) => Promise<JobEnding | JobPause>;
  /** Asked once the work has failed for good: what is to be done about it happens with the ending, or not at all. */
  readonly failed?: (context: JobContext, fault: AppError) => Promise<JobFailure>;
};

/** Declares a job. */
export function defineJob(definition: JobDefinition): JobDefinition {
  return definition;
}
