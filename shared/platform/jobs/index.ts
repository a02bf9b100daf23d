export { askForJob, type JobRequest } from './ask-for-job.ts';
export { defineJob, type Job, type JobContext, type JobDefinition, type JobEnding } from './definition.ts';
export { jobFault } from './faults.ts';
export { type JobData, JobRecord, JobView, jobKind, jobPermissions, jobView } from './job.ts';
export { type JobEnd, type JobTools, runJob } from './run-job.ts';
export { type SweepTools, sweepJobs } from './sweep-jobs.ts';
