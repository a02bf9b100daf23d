export { openTenants, Tenant, type TenantDirectory } from './tenants.ts';
