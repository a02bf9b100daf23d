import * as z from 'zod';
import { roles } from '../shared/kernel/index.ts';
import { scopeOfId } from '../shared/platform/records/index.ts';
import { Tenant, tenantKind } from '../shared/platform/tenancy/index.ts';

const Person = z.strictObject({
  email: z.email(),
  name: z.string().min(1),
  title: z.string(),
  roles: z.array(z.enum(roles)).min(1).readonly(),
});

/** The partition of all that the tenant owns, so it has the form of every other id from the start. */
const TenantId = z
  .string()
  .refine(
    id => scopeOfId(tenantKind, id) === id,
    'must be tnt_ and 26 digits and small letters, without i, l, o and u',
  );

const WantedTenant = z.strictObject({
  tenant: Tenant.extend({ id: TenantId }),
  people: z.array(Person).readonly(),
  /** Of all these people; one is made up and told when there is none. */
  password: z.string().min(15).optional(),
});
export type WantedTenant = z.infer<typeof WantedTenant>;

/** Tenants and their people as a file names them. */
export const WantedTenants = z.array(WantedTenant);
