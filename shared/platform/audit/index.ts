export { type Audit, openAudit } from './audit.ts';
export type { MaskedEntry } from './operators-audit.ts';
export type { AuditEntry } from './search-changes.ts';
export { VerificationPlace } from './verify-tenant.ts';
export { walkTenant } from './walk-tenant.ts';
