import type { Capabilities } from '../capabilities/index.ts';
import { isClosed, noMaintenance, PLATFORM, stricter, type Tenant, tenancyFault } from '../tenancy/index.ts';
import type { Principal } from './authenticate.ts';
import type { Endpoint } from './endpoint.ts';
import { httpFault } from './faults.ts';
import type { WireRequest } from './wire.ts';

/** The tenant whose host was asked: `acme.<base domain>`. There is none at hosts of tenants that are not there yet or no more. */
export async function tenantOfHost(
  { tenants }: Pick<Capabilities, 'tenants'>,
  { host }: Pick<WireRequest, 'host'>,
): Promise<Tenant | undefined> {
  const tenant = await tenants.byHost(host);
  return tenant?.status === 'provisioning' || tenant?.status === 'deleted' ? undefined : tenant;
}

/**
 * Refuses what is not asked of this host, or not now: hosts of nobody are unknown, the operators' door is on the platform's own
 * host and nowhere else, and tenants may be suspended or maintained.
 */
export async function assertOpen(
  platform: Capabilities,
  endpoint: Endpoint,
  tenant: Tenant | undefined,
  wire: Pick<WireRequest, 'host'>,
): Promise<void> {
  if (tenant === undefined) throw httpFault('platform.tenant_unknown', { host: wire.host });
  // What operators do is on their own host alone, and nothing of tenants is there.
  const isOperators = endpoint.access === 'operator' || endpoint.onPlatformHost === true;
  const fits = tenant.id === PLATFORM ? isOperators || endpoint.alsoForOperators === true : !isOperators;
  if (!fits) throw httpFault('platform.route_unknown');
  if (tenant.id !== PLATFORM) await assertNotMaintained(platform, endpoint, tenant);
  if (isClosed(tenant.status) && !goesOn(endpoint)) throw tenancyFault('platform.tenant_suspended');
}

/** Seconds after which to come again when nobody said how long it takes, and the least and most ever told. */
const COME_AGAIN = { usually: 300, least: 30, most: 3600 } as const;

/** Keeps requests out of what is being worked on. Operators, on their own host, go on. */
async function assertNotMaintained(
  { maintenance, now }: Pick<Capabilities, 'maintenance' | 'now'>,
  endpoint: Endpoint,
  tenant: Tenant,
): Promise<void> {
  const { mode, until, message } = stricter(await maintenance.current(), tenant.maintenance ?? noMaintenance);
  if (mode === 'off' || endpoint.whileClosed === true) return;
  const isRead = endpoint.method === 'GET' || endpoint.whileSuspended === true;
  if (mode === 'read_only' && isRead) return;
  const left = until === null ? COME_AGAIN.usually : (Date.parse(until) - now().getTime()) / 1000;
  const retryAfterSeconds = Math.round(Math.min(Math.max(left, COME_AGAIN.least), COME_AGAIN.most));
  throw httpFault('platform.maintenance', { mode, message: message ?? '', retryAfterSeconds });
}

/** Who administers a suspended tenant may read on, and so take their data with them. */
export function assertServes(
  tenant: Tenant | undefined,
  endpoint: Endpoint,
  { permissions }: Pick<Principal, 'permissions'>,
): void {
  if (tenant === undefined || !isClosed(tenant.status) || endpoint.whileSuspended === true) return;
  if (!permissions.has('platform.tenant:administer')) throw tenancyFault('platform.tenant_suspended');
}

function goesOn(endpoint: Endpoint): boolean {
  return (
    endpoint.whileSuspended === true || (endpoint.method === 'GET' && typeof endpoint.access === 'object')
  );
}
