import * as z from 'zod';
import { defineRecord } from '../records/index.ts';

/** An operator in the place of a tenant's user: for a reason, for an hour at most. Stands in the tenant's directory. */
export const Impersonation = z.strictObject({
  /** Who opens a tenant's data from outside answers for it for as long as the tenant's audit is kept. */
  operator: z.strictObject({ user: z.string(), name: z.string().meta({ personal: true, kept: 'audit' }) }),
  user: z.string(),
  reason: z.string(),
  until: z.string(),
  endedAt: z.string().nullable(),
});
export type ImpersonationData = z.infer<typeof Impersonation>;

export const impersonationKind = defineRecord({
  name: 'platform.impersonation',
  prefix: 'imp',
  home: { fixed: 'directory' },
  schema: Impersonation,
  indexed: ({ user }) => ({ user }),
  wholeTenant: true,
  readPermission: 'platform.impersonation:read',
});

export const MOST_IMPERSONATION_MINUTES = 60;
