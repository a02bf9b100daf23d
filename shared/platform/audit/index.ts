export { type Audit, openAudit, SECURITY } from './audit.ts';
export type { AuditEntry } from './search-changes.ts';
