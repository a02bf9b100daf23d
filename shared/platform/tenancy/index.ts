export { openTenants, type NewTenant, type Tenant, type TenantDirectory, type TenantStatus } from './tenants.ts';
