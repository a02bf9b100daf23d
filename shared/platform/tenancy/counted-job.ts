import type { Caller } from '../../kernel/index.ts';
import type { Limiter, Use } from '../limits/index.ts';
import { RepeatedRequest, type Scope } from '../records/index.ts';
import { tenancyFault } from './faults.ts';
import type { TenantDirectory } from './tenants.ts';

const DAY_SECONDS = 86_400;

type Tools = { readonly tenants: TenantDirectory; readonly limiter: Limiter };

/**
 * Makes a commit that asks for one more job, or refuses it with `platform.plan_limit_reached` once there were as many in a day as
 * the tenant's plan allows. Only what was made counts: a repeated request is answered as before, also when nothing is left, and
 * what was refused or lost a race is given back. Counted by leased tokens as requests are, so most jobs cost no write for it; where a
 * plan says no limit nothing is counted. `scope` is the one that the commit is made in.
 */
export async function countedJob<T>(
  platform: Tools,
  caller: Caller,
  scope: Scope,
  commit: () => Promise<T>,
): Promise<T> {
  const use = await useOf(platform, caller);
  if (use === undefined) return commit();
  if (!(await platform.limiter.take(use)).allowed) {
    const repeated = await scope.repeated();
    if (repeated !== undefined) throw new RepeatedRequest(repeated);
    throw tenancyFault('platform.plan_limit_reached', { limit: use.name, most: use.quota });
  }
  try {
    return await commit();
  } catch (error) {
    platform.limiter.giveBack(use);
    throw error;
  }
}

async function useOf({ tenants }: Tools, { tenant: id }: Caller): Promise<Use | undefined> {
  const most = (await tenants.byId(id))?.entitlements?.limits.jobsPerDay;
  if (most === undefined) return undefined;
  return { name: 'jobsPerDay', tenant: id, key: 'all', quota: most, seconds: DAY_SECONDS };
}
