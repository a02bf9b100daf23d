import * as z from 'zod';
import { defineRecord } from '../records/index.ts';
import { lineText } from '../texts/index.ts';
import { tenantStatuses } from './lifecycle.ts';
import { Maintenance } from './maintenance.ts';
import { Overrides } from './plan.ts';
import { Subscription } from './subscription.ts';

export const Slug = z.string().regex(/^[a-z][a-z0-9-]{1,38}[a-z0-9]$/);

/** A tenant as the operators' register has it; its own settings are the tenant's. */
export const TenantAccount = z.strictObject({
  slug: Slug,
  name: lineText(200),
  status: z.enum(tenantStatuses),
  statusReason: z.string().nullable(),
  /** The deployment that serves it, and so the geography of its data. */
  region: z.string(),
  subscription: Subscription,
  overrides: Overrides,
  origin: z.enum(['operator', 'signup']),
  /** What the first settings and the first administrator are made from; forgotten once the tenant is ready. */
  beginnings: z
    .strictObject({
      locale: z.string(),
      timeZone: z.string(),
      currency: z.string(),
      administrator: z.strictObject({
        email: z.email().meta({ personal: true }),
        name: z.string().meta({ personal: true }),
      }),
      /** Names that were wanted first, when provisioning was tried again under another one. */
      formerSlugs: z.array(Slug).optional(),
    })
    .nullable(),
  /** Work on this tenant alone. */
  maintenance: Maintenance.optional(),
  /** When it is erased, while that is pending. */
  eraseAt: z.string().nullable(),
});
export type TenantAccount = z.infer<typeof TenantAccount>;

/** When a trial ends that has an end. */
function trialEnd({ state, trialEndsAt }: Subscription): { readonly trialEndsAt?: string } {
  return state === 'trial' && trialEndsAt !== null ? { trialEndsAt } : {};
}

/** Each in a scope of its own in the platform's partition, together with the jobs about it. Its id is the tenant's id. */
export const tenantKind = defineRecord<TenantAccount>({
  name: 'platform.tenant',
  prefix: 'tnt',
  home: 'own',
  schema: TenantAccount,
  indexed: account => ({
    slug: account.slug,
    status: account.status,
    region: account.region,
    plan: account.subscription.plan,
    subscription: account.subscription.state,
    ...(account.eraseAt === null ? {} : { eraseAt: account.eraseAt }),
    ...trialEnd(account.subscription),
  }),
  searchable: account => [{ text: account.name }, { text: account.slug }],
  readPermission: 'platform.oversee',
});
