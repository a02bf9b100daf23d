import { assertFresh } from '../access/index.ts';
import { isOpen, type Tenant } from '../tenancy/index.ts';
import type { Principal } from './authenticate.ts';
import type { Endpoint } from './endpoint.ts';
import { httpFault } from './faults.ts';

/** Refuses a caller without the endpoint's permission, before anything is read for the request. */
export function permit(
  endpoint: Endpoint,
  { permissions, branches, proof, via }: Pick<Principal, 'permissions' | 'branches' | 'proof' | 'via'>,
  now: Date,
  { mustEnrol }: Pick<Principal, 'mustEnrol'> = {},
): void {
  const needed = permissionFor(endpoint);
  if (needed === undefined) return;
  const { or = [] } = typeof endpoint.access === 'object' ? endpoint.access : {};
  if (![needed, ...or].some(permission => permissions.has(permission))) {
    if (mustEnrol === true) throw httpFault('platform.enrolment_needed');
    throw httpFault('platform.permission_missing', { permission: needed });
  }
  if (endpoint.wholeTenant === true && branches !== undefined) throw httpFault('platform.branch_limited');
  if (endpoint.stepUp === true || (endpoint.stepUp === 'people' && !isMachine(via)))
    assertFresh({ proof }, now);
}

/** Refuses who asks for something sensitive, which the body alone tells, without a fresh proof. */
export function permitBody(
  { stepUp }: Endpoint,
  body: unknown,
  { proof, via }: Pick<Principal, 'proof' | 'via'>,
  now: Date,
): void {
  if (typeof stepUp === 'function' && !isMachine(via) && stepUp(body)) assertFresh({ proof }, now);
}

/** Machines cannot prove anything anew; somebody who had just done so made them. */
function isMachine(via: Principal['via']): boolean {
  return via?.kind === 'api-key' || via?.kind === 'client';
}

/** Refuses what the tenant's plan does not hold. */
export function assertInPlan({ feature }: Endpoint, tenant: Tenant | undefined): void {
  if (feature !== undefined && tenant !== undefined && !isOpen(tenant, feature))
    throw httpFault('platform.feature_not_in_plan', { feature });
}

/** Auditors of the platform see what operators see, and change nothing. */
function permissionFor({ access, method }: Endpoint): string | undefined {
  if (access === 'public' || access === 'platform') return undefined;
  if (access === 'operator') return method === 'GET' ? 'platform.oversee' : 'platform.operate';
  return access.permission;
}
