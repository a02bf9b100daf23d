import * as z from 'zod';
import type { Saved } from '../../records/index.ts';
import { TenantAccount } from '../../tenancy/index.ts';

/** A tenant as operators see it; what its first administrator was called is nobody's business afterwards. */
export const TenantView = TenantAccount.omit({ beginnings: true }).extend({
  id: z.string(),
  version: z.int(),
  createdAt: z.string(),
  origin: z.enum(['operator', 'signup']),
});

export type SavedTenant = Saved<z.infer<typeof TenantAccount>>;

export function tenantView({ id, version, createdAt, data }: SavedTenant): z.infer<typeof TenantView> {
  const { beginnings: _beginnings, ...rest } = data;
  return { id, version, createdAt, ...rest };
}
