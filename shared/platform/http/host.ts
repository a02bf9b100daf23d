import type { Capabilities } from '../capabilities/index.ts';
import type { Tenant } from '../tenancy/index.ts';
import type { Endpoint } from './endpoint.ts';
import { httpFault } from './faults.ts';
import type { WireRequest } from './wire.ts';

/** The tenant whose host was asked: `acme.<base domain>`. Unknown and suspended ones have their own answers. */
export async function resolveTenant(
  platform: Capabilities,
  endpoint: Endpoint,
  wire: WireRequest,
): Promise<Tenant> {
  const tenant = await platform.tenants.byHost(wire.host);
  if (tenant === undefined) throw httpFault('platform.tenant_unknown', { host: wire.host });
  const served =
    tenant.status === 'active' || (tenant.status === 'suspended' && endpoint.whileSuspended === true);
  if (!served) throw httpFault('platform.tenant_suspended');
  return tenant;
}
