import { type PermissionTable, permissionsOf } from '../../kernel/index.ts';
import type { Capabilities } from '../capabilities/index.ts';
import type { Tenant } from '../tenancy/index.ts';
import type { Endpoint } from './endpoint.ts';
import { httpFault } from './faults.ts';
import type { WireRequest } from './wire.ts';

export type Principal = {
  readonly user: string;
  readonly name: string;
  readonly permissions: ReadonlySet<string>;
};

const NOBODY: Principal = { user: 'anonymous', name: 'anonymous', permissions: new Set() };
const granted = new Map<string, ReadonlySet<string>>();

/** Who asks, from the bearer token, which must be of the tenant whose host was asked. */
export async function authenticate(
  tools: { readonly platform: Capabilities; readonly permissions: PermissionTable },
  endpoint: Endpoint,
  wire: WireRequest,
  tenant: Tenant | undefined,
): Promise<Principal> {
  if (endpoint.access === 'public' || endpoint.access === 'platform') return NOBODY;
  const token = /^Bearer (.+)$/i.exec(wire.header('authorization') ?? '')?.[1];
  if (token === undefined) throw httpFault('platform.token_missing');
  const outcome = await tools.platform.identity.verify(token);
  if (outcome.valid === false) {
    throw httpFault(outcome.why === 'expired' ? 'platform.token_expired' : 'platform.token_invalid');
  }
  const { claims } = outcome;
  if (claims.tenant !== tenant?.id) throw httpFault('platform.tenant_mismatch');
  return {
    user: claims.user,
    name: claims.name,
    permissions: permissionSet(tools.permissions, claims.roles),
  };
}

/** Roles are few and their permissions fixed for the life of a process. */
function permissionSet(table: PermissionTable, roles: readonly string[]): ReadonlySet<string> {
  const key = roles.join(' ');
  const known = granted.get(key);
  if (known !== undefined) return known;
  const permissions = permissionsOf(table, roles);
  if (granted.size < 1000) granted.set(key, permissions);
  return permissions;
}
