import type { Caller } from '../../kernel/index.ts';
import { tenancyFault } from './faults.ts';
import type { PlanLimit } from './plan.ts';
import type { TenantDirectory } from './tenants.ts';

/**
 * Refuses one more of what the tenant's plan counts, once there are as many as it allows. `used` counts them and is asked
 * only where there is a limit. Two that come at the same moment may both pass: a plan is no lock.
 */
export async function assertWithinPlan(
  platform: { readonly tenants: TenantDirectory },
  caller: Caller,
  limit: PlanLimit,
  used: () => Promise<number>,
): Promise<void> {
  const tenant = await platform.tenants.byId(caller.tenant);
  const most = tenant?.entitlements?.limits[limit];
  if (most !== undefined && (await used()) >= most) {
    throw tenancyFault('platform.plan_limit_reached', { limit, most });
  }
}
