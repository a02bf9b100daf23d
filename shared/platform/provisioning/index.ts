export { CHECK_DOMAIN_JOB, checkDomainJob } from './check-domain-job.ts';
export { draftAccount } from './draft-account.ts';
export { eraseJob } from './erase-tenant.ts';
export { PROVISION_JOB, provisionJob } from './provision-tenant.ts';
export { PUBLISH_JOB, publishJob } from './publish-job.ts';
export { PUBLISH_MAINTENANCE_JOB, publishMaintenanceJob } from './publish-maintenance-job.ts';
export { sweepTenants } from './sweep-tenants.ts';
