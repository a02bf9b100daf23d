export {
  type NewTenant,
  openTenants,
  type Tenant,
  type TenantDirectory,
  type TenantStatus,
} from './tenants.ts';
