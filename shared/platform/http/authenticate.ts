import type { PermissionTable, Proof, Via } from '../../kernel/index.ts';
import type { Language } from '../../kernel/languages/index.ts';
import { type Grantee, permissionsHeld } from '../access/index.ts';
import type { Capabilities } from '../capabilities/index.ts';
import { type DirectoryView, isRevoked, type KnownClaims, looksLikeApiKey } from '../identity/index.ts';
import type { Tenant } from '../tenancy/index.ts';
import { ACCESS_COOKIE, assertCsrf, cookieOf } from './cookies.ts';
import type { Endpoint } from './endpoint.ts';
import { httpFault } from './faults.ts';
import type { WireRequest } from './wire.ts';

export type Principal = {
  readonly user: string;
  readonly name: string;
  readonly permissions: ReadonlySet<string>;
  readonly branches?: ReadonlySet<string> | undefined;
  /** The language that they have chosen. */
  readonly language?: Language | undefined;
  /** Whom grants on single records can name: a person whose session is not narrowed to less. */
  readonly grantee?: Grantee | undefined;
  readonly via?: Via | undefined;
  readonly proof?: Proof | undefined;
};

type Tools = {
  readonly platform: Capabilities;
  readonly permissions: PermissionTable;
  readonly personal: ReadonlySet<string>;
};

const NOBODY: Principal = { user: 'anonymous', name: 'anonymous', permissions: new Set() };

/**
 * Who asks, from the bearer token or the cookie that carries one. It must be of the tenant whose host was asked, and
 * neither its session nor its user may have been revoked since.
 */
export async function authenticate(
  tools: Tools,
  endpoint: Endpoint,
  wire: WireRequest,
  tenant: Tenant | undefined,
): Promise<Principal> {
  if (endpoint.access === 'public' || endpoint.access === 'platform') return NOBODY;
  const bearer = /^Bearer (.+)$/i.exec(wire.header('authorization') ?? '')?.[1];
  const token = bearer ?? cookieOf(wire.header('cookie'), ACCESS_COOKIE);
  if (token === undefined) throw httpFault('platform.token_missing');
  if (bearer !== undefined && looksLikeApiKey(bearer)) return machineOf(tools, bearer, tenant);
  const { identity, identityKeys, directory } = tools.platform;
  const outcome = await identity.verify(token);
  if (outcome.valid === false) {
    throw httpFault(outcome.why === 'expired' ? 'platform.token_expired' : 'platform.token_invalid');
  }
  const { claims } = outcome;
  if (claims.tenant !== tenant?.id) throw httpFault('platform.tenant_mismatch');
  if (bearer === undefined) await assertCsrf(identityKeys, claims.tenant, claims.session ?? '', wire);
  const view = await directory.of(claims.tenant);
  if (isRevoked(view.revocations, claims)) throw httpFault('platform.token_revoked');
  return principalOf(tools, claims, view);
}

/** All that somebody may do who has no second factor where the tenant wants one. */
const ENROLMENT = ['platform.self:enrol', 'platform.self:session'];

/** A machine with an API key: what the key names, as far as its maker may it now. */
async function machineOf(tools: Tools, token: string, tenant: Tenant | undefined): Promise<Principal> {
  const bearer = await tools.platform.apiKeys.bearer(tenant?.id ?? '', token);
  if (bearer === undefined) throw httpFault('platform.token_invalid');
  const { id, name, permissions, makerRoles, makerBranches } = bearer;
  const { roles } = await tools.platform.directory.of(tenant?.id ?? '');
  const held = permissionsHeld(tools.permissions, roles, makerRoles);
  const granted = permissions.filter(permission => held.has(permission));
  const branches = limitOf(makerBranches);
  return { user: id, name, permissions: new Set(granted), branches, via: { kind: 'api-key', id } };
}

function principalOf(
  { permissions: table, personal }: Tools,
  claims: KnownClaims,
  { policy, roles: custom }: DirectoryView,
): Principal {
  const { user, name, roles, session, operator, client, authTime, methods = [] } = claims;
  const held = permissionsHeld(table, custom, roles);
  const lacksFactor =
    policy.requireMfa &&
    operator === undefined &&
    session !== undefined &&
    !methods.some(method => method === 'mfa' || method === 'fed');
  const isNarrowed = lacksFactor || operator !== undefined || claims.permissions !== undefined;
  const impersonal = operator === undefined ? undefined : [...held].filter(one => !personal.has(one));
  const narrowed = impersonal ?? (lacksFactor ? ENROLMENT : claims.permissions)?.filter(one => held.has(one));
  return {
    user,
    name,
    permissions: narrowed === undefined ? held : new Set(narrowed),
    branches: limitOf(claims.branches),
    language: claims.locale,
    grantee: isNarrowed ? undefined : { user, roles },
    via: viaOf(session, operator, client),
    proof: authTime === undefined ? undefined : { at: new Date(authTime * 1000), methods },
  };
}

function limitOf(branches: readonly string[] | undefined): ReadonlySet<string> | undefined {
  return branches === undefined ? undefined : new Set(branches);
}

function viaOf(
  session: string | undefined,
  operator: KnownClaims['operator'],
  client: string | undefined,
): Via | undefined {
  if (client !== undefined && session === client) return { kind: 'client', id: client };
  if (operator !== undefined && session !== undefined)
    return { kind: 'impersonation', id: session, operator };
  if (session !== undefined) return { kind: 'session', id: session };
  return client === undefined ? undefined : { kind: 'client', id: client };
}
