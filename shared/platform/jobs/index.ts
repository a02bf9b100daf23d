export { askForJob, type JobRequest } from './ask-for-job.ts';
export {
  defineJob,
  type Job,
  type JobContext,
  type JobDefinition,
  type JobEnding,
  type JobFailure,
  type JobPause,
} from './definition.ts';
export { jobFault } from './faults.ts';
export { inPieces, type Piece, type Places } from './in-pieces.ts';
export { type JobData, JobRecord, JobView, jobKind, jobPermissions, jobView } from './job.ts';
export { type JobEnd, type JobTools, runJob } from './run-job.ts';
export { type SweepTools, sweepJobs } from './sweep-jobs.ts';
export { namesSeen, seesJobs } from './visible.ts';
