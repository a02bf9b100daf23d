import * as z from 'zod';
import { roles } from '../shared/kernel/index.ts';
import { Tenant } from '../shared/platform/tenancy/index.ts';

const Person = z.strictObject({
  email: z.email(),
  name: z.string().min(1),
  title: z.string(),
  roles: z.array(z.enum(roles)).min(1).readonly(),
});

const WantedTenant = z.strictObject({
  tenant: Tenant,
  people: z.array(Person).readonly(),
  /** Of all these people; one is made up and told when there is none. */
  password: z.string().min(15).optional(),
});
export type WantedTenant = z.infer<typeof WantedTenant>;

/** Tenants and their people as a file names them. */
export const WantedTenants = z.array(WantedTenant);
