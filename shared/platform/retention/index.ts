export { askForDisposals, type DisposalTools } from './ask-for-disposals.ts';
export { DISPOSE_JOB, disposeJob } from './dispose-job.ts';
export { assertFit, type RetentionRule, retentionFault, rulesOf } from './rules.ts';
