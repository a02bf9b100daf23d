import * as z from 'zod';
import { defineRecord } from '../records/index.ts';

/**
 * `pending`: waits for its proof. `verified`: proved, and not yet reached through what stands before the platform (its
 * certificate is pending). `active`: served. `failed`: never proved in time, or no longer. `removed`: given up.
 */
export const domainStatuses = ['pending', 'verified', 'active', 'failed', 'removed'] as const;

/** What stands in the way of a domain. */
export const domainProblems = ['proof_missing', 'dns_unreachable', 'conflicted', 'not_served'] as const;

/** A host name of the tenant's own. */
export const CustomDomain = z.strictObject({
  /** ASCII, in lower case, without a dot at its end. */
  hostname: z.string(),
  status: z.enum(domainStatuses),
  /** The one that letters lead to; of active ones. */
  primary: z.boolean(),
  /** What the TXT record must say. Public, and this tenant's alone. */
  token: z.string(),
  addedAt: z.string(),
  verifiedAt: z.string().nullable(),
  /** Since when the proof of a domain that had one is not to be found. */
  missingSince: z.string().nullable(),
  problem: z.enum(domainProblems).nullable(),
});
export type CustomDomain = z.infer<typeof CustomDomain>;

/** All domains of a tenant stand in one scope, so that one commit decides which is primary. */
export const domainKind = defineRecord<CustomDomain>({
  name: 'platform.domain',
  prefix: 'dom',
  home: { fixed: 'domains' },
  schema: CustomDomain,
  indexed: ({ status, hostname }) => ({ status, hostname }),
  wholeTenant: true,
  readPermission: 'platform.domain:read',
});
