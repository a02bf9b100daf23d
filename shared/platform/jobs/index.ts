export { askForJob, type JobRequest } from './ask-for-job.ts';
export { type Job, type JobContext, defineJob, type JobDefinition, type JobEnding } from './definition.ts';
export { jobKind, type JobData, JobState, jobView, JobView } from './job.ts';
export { jobFault } from './faults.ts';
export { runJob, type JobTools } from './run-job.ts';
