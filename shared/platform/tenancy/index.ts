export { countedJob } from './counted-job.ts';
export { CustomDomain, domainKind, domainStatuses } from './custom-domain.ts';
export { type DomainDirectory, openDomainDirectory } from './domain-directory.ts';
export { type Erasure, type OwnedContainer, openErasure } from './erasure.ts';
export { tenancyFault } from './faults.ts';
export { assertSlugAllowed, assertSlugFree } from './free-slug.ts';
export {
  assertServed,
  GRACE_DAYS,
  isClosed,
  type TenantAction,
  tenantLifecycle,
  tenantStatuses,
  UNDO_AFTER_SECONDS,
} from './lifecycle.ts';
export { assertPlainLogo, plainBranding } from './logo.ts';
export {
  Maintenance,
  maintenanceId,
  maintenanceKind,
  noMaintenance,
  stricter,
} from './maintenance.ts';
export { type MaintenanceBoard, openMaintenanceBoard } from './maintenance-board.ts';
export { readNumber, writeNumber } from './number-format.ts';
export {
  type Entitlements,
  type Feature,
  features,
  isOpen,
  Overrides,
  Plan,
  type PlanLimit,
  planId,
  planKind,
} from './plan.ts';
export { PLATFORM, PLATFORM_SLUG } from './platform-tenant.ts';
export { type PublishTools, publishTenant } from './publish.ts';
export { assertOwnRegion } from './region.ts';
export {
  Currency,
  firstSettings,
  Locale,
  RetentionSettings,
  type Settings,
  settingsId,
  settingsKind,
  TenantSettings,
  TimeZone,
} from './settings.ts';
export { inState, subscriptionStates } from './subscription.ts';
export { Slug, TenantAccount, tenantKind } from './tenant-record.ts';
export { openTenants, Tenant, type TenantDirectory } from './tenants.ts';
export { assertWithinPlan, commitWithinPlan, mostOf, refuseFull } from './within-plan.ts';
