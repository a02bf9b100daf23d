import * as z from 'zod';
import type { AppError, Caller } from '../../kernel/index.ts';
import {
  defineState,
  isStale,
  onFresh,
  RepeatedRequest,
  type Scope,
  type StateWrite,
} from '../records/index.ts';
import { tenancyFault } from './faults.ts';
import type { PlanLimit } from './plan.ts';
import type { TenantDirectory } from './tenants.ts';

type Tools = { readonly tenants: Pick<TenantDirectory, 'byId'> };

/** How many the tenant's plan allows; undefined when it says no limit. */
export async function mostOf(
  { tenants }: Tools,
  { tenant }: Caller,
  limit: PlanLimit,
): Promise<number | undefined> {
  return (await tenants.byId(tenant))?.entitlements?.limits[limit];
}

/**
 * Refuses one more of what the tenant's plan counts, once there are as many as it allows. `used` counts them and is asked
 * only where there is a limit. Two that come at the same moment may both pass; where that matters, `commitWithinPlan`.
 */
export async function assertWithinPlan(
  platform: Tools,
  caller: Caller,
  limit: PlanLimit,
  used: () => Promise<number>,
): Promise<void> {
  const most = await mostOf(platform, caller, limit);
  if (most !== undefined && (await used()) >= most)
    throw tenancyFault('platform.plan_limit_reached', { limit, most });
}

/** What every commit that adds one writes, so that of those that counted the same one alone is made. */
const placeState = defineState({
  name: 'platform.plan_place',
  schema: z.strictObject({ used: z.int() }),
});
const MOST_TRIES = 60;

/**
 * Makes a commit in `scope` that adds one of what the tenant's plan counts there, or refuses with `platform.plan_limit_reached`: never
 * more than the plan allows, however many come at once. The commit takes the states along that it is given; who lost to another one
 * counts again. Only commits that add one meet here, and only where the plan says a limit. A repeated request is answered as before,
 * also when no place is left.
 */
export async function commitWithinPlan<T>(
  platform: Tools,
  caller: Caller,
  limit: PlanLimit,
  { scope, used }: { readonly scope: Scope; readonly used: () => Promise<number> },
  commit: (states: readonly StateWrite[]) => Promise<T>,
): Promise<T> {
  const most = await mostOf(platform, caller, limit);
  if (most === undefined) return commit([]);
  const id = `place_${limit}`;
  const load = async () => {
    // Read before it is counted, so whoever adds one after the count has changed it.
    const place = await scope.state(placeState, id);
    const count = await used();
    if (count >= most) await refuseFull(scope, limit, most);
    return { kind: placeState, id, data: { used: count + 1 }, etag: place?.etag };
  };
  const lost = (error: AppError): boolean => isStale(error) && error.data['id'] === id;
  return onFresh(load, place => commit([place]), { lost, tries: MOST_TRIES });
}

/** No place is left, unless for a request that has its own already. */
export async function refuseFull(
  scope: Pick<Scope, 'repeated'>,
  limit: PlanLimit,
  most: number,
): Promise<never> {
  const repeated = await scope.repeated();
  if (repeated !== undefined) throw new RepeatedRequest(repeated);
  throw tenancyFault('platform.plan_limit_reached', { limit, most });
}
