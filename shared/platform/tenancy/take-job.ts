import type { Caller } from '../../kernel/index.ts';
import type { Limiter } from '../limits/index.ts';
import { tenancyFault } from './faults.ts';
import type { TenantDirectory } from './tenants.ts';

const DAY_SECONDS = 86_400;

/**
 * Counts one more job that somebody asks for, or refuses it with `platform.plan_limit_reached` once there were as many in a day
 * as the tenant's plan allows. Counted by leased tokens as requests are, so most jobs cost no write for it; where a plan
 * says no limit nothing is counted.
 */
export async function takeJob(
  platform: { readonly tenants: TenantDirectory; readonly limiter: Limiter },
  caller: Caller,
): Promise<void> {
  const tenant = await platform.tenants.byId(caller.tenant);
  const most = tenant?.entitlements?.limits.jobsPerDay;
  if (most === undefined) return;
  const use = { name: 'jobsPerDay', tenant: caller.tenant, key: 'all', quota: most, seconds: DAY_SECONDS };
  if ((await platform.limiter.take(use)).allowed) return;
  throw tenancyFault('platform.plan_limit_reached', { limit: 'jobsPerDay', most });
}
