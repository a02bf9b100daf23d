import { type Caller, secondsAfter, timestamp } from '../../kernel/index.ts';
import type { Capabilities } from '../capabilities/index.ts';
import {
  assertOwnRegion,
  assertSlugFree,
  planId,
  planKind,
  type TenantAccount,
  tenancyFault,
} from '../tenancy/index.ts';

/** What a new tenant is made from. */
export type TenantOrder = Pick<TenantAccount, 'name' | 'slug' | 'region' | 'overrides'> &
  Pick<NonNullable<TenantAccount['beginnings']>, 'locale' | 'currency' | 'timeZone' | 'administrator'> & {
    readonly plan: string;
  };

/** The entry of the register that provisioning of tenant `id` begins with. Refuses a name that is ours or another's, a region of another deployment, and a plan that is not sold. */
export async function draftAccount(
  { records, tenants, now, region: ownRegion }: Pick<Capabilities, 'records' | 'tenants' | 'now' | 'region'>,
  caller: Caller,
  id: string,
  order: TenantOrder,
  origin: TenantAccount['origin'],
): Promise<TenantAccount> {
  const { name, slug, plan, region, locale, currency, timeZone, administrator, overrides } = order;
  await assertSlugFree(tenants, slug, id);
  assertOwnRegion(ownRegion, region);
  const sold = await records.for(caller).find(planKind, planId(plan));
  if (sold?.data.active !== true) throw tenancyFault('platform.plan_unknown', { plan });
  const time = now();
  const trial = sold.data.trialDays;
  return {
    slug,
    name,
    status: 'provisioning',
    statusReason: null,
    region,
    subscription: {
      plan,
      state: trial > 0 ? 'trial' : 'active',
      since: timestamp(time),
      trialEndsAt: trial > 0 ? timestamp(secondsAfter(time, trial * 86_400)) : null,
    },
    overrides,
    origin,
    beginnings: { locale, currency, timeZone, administrator },
    eraseAt: null,
  };
}
