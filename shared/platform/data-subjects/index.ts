export { exportName } from './export-data.ts';
export { ERASE_PERSON_JOB, EXPORT_JOB, privacyJobs, REPLAY_JOB, ROTATE_JOB } from './jobs.ts';
export { PrivacyRequest, type PrivacyRequestData, privacyFault, privacyRequestKind } from './request.ts';
