import type { PermissionTable, Proof, Via } from '../../kernel/index.ts';
import type { Language } from '../../kernel/languages/index.ts';
import { type Grantee, permissionsHeld } from '../access/index.ts';
import type { Capabilities } from '../capabilities/index.ts';
import {
  type DirectoryView,
  isRevoked,
  type KnownClaims,
  lacksFactor,
  looksLikeApiKey,
  type Machine,
} from '../identity/index.ts';
import { PLATFORM, type Tenant } from '../tenancy/index.ts';
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
  /** Their tenant wants a second factor of everybody, and this session has none: they can do nothing but enrol one. */
  readonly mustEnrol?: boolean | undefined;
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
  if (bearer !== undefined && looksLikeApiKey(bearer)) return keyBearerOf(tools, bearer, tenant);
  const { identity, identityKeys, directory } = tools.platform;
  const outcome = await identity.verify(token);
  if (outcome.valid === false) {
    throw httpFault(outcome.why === 'expired' ? 'platform.token_expired' : 'platform.token_invalid');
  }
  const { claims } = outcome;
  if (claims.tenant !== tenant?.id) throw httpFault('platform.tenant_mismatch');
  if (bearer === undefined) await assertCsrf(identityKeys, claims.tenant, claims.session ?? '', wire);
  const view = await directory.of(claims.tenant);
  if (isRevoked(view.revocations, claims) || (await isOperatorOut(tools.platform, claims)))
    throw httpFault('platform.token_revoked');
  const isMachine = claims.client !== undefined && claims.client === claims.user;
  return isMachine ? clientBearerOf(tools, claims, view) : principalOf(tools, claims, view);
}

/** Whether whoever acts in the bearer's place was logged out of the platform's own host, disabled or changed there since. */
async function isOperatorOut(
  { directory }: Capabilities,
  { operator, issuedAt }: KnownClaims,
): Promise<boolean> {
  if (operator === undefined) return false;
  const { revocations } = await directory.of(PLATFORM);
  return isRevoked(revocations, { ...operator, issuedAt });
}

/** All that somebody may do who has no second factor where the tenant wants one. */
const ENROLMENT = ['platform.self:enrol', 'platform.self:session'];

/** A machine with an API key. */
async function keyBearerOf(tools: Tools, token: string, tenant: Tenant | undefined): Promise<Principal> {
  const machine = await tools.platform.machines.byKey(tenant?.id ?? '', token);
  if (machine === undefined) throw httpFault('platform.token_invalid');
  const view = await tools.platform.directory.of(tenant?.id ?? '');
  return machineOf(tools, machine, view, machine.permissions, 'api-key');
}

/** A machine with a token of its client, which may be narrower than the client is. */
async function clientBearerOf(tools: Tools, claims: KnownClaims, view: DirectoryView): Promise<Principal> {
  const machine = await tools.platform.machines.byClient(claims.tenant, claims.user);
  if (machine === undefined) throw httpFault('platform.token_revoked');
  const { permissions = [] } = claims;
  const named = machine.permissions.filter(permission => permissions.includes(permission));
  return machineOf(tools, machine, view, named, 'client');
}

/** Whichever way it shows who it is, a machine may what it was made for as far as its maker may that now. */
function machineOf(
  { permissions: table }: Tools,
  { id, name, makerRoles, makerBranches }: Machine,
  { roles }: DirectoryView,
  named: readonly string[],
  kind: 'api-key' | 'client',
): Principal {
  const held = permissionsHeld(table, roles, makerRoles);
  const permissions = new Set(named.filter(permission => held.has(permission)));
  return { user: id, name, permissions, branches: limitOf(makerBranches), via: { kind, id } };
}

function principalOf(
  { permissions: table, personal }: Tools,
  claims: KnownClaims,
  { policy, roles: custom }: DirectoryView,
): Principal {
  const { user, name, roles, session, operator, client, authTime, methods = [] } = claims;
  const held = permissionsHeld(table, custom, roles);
  const mustEnrol = operator === undefined && session !== undefined && lacksFactor(policy, methods);
  const isNarrowed = mustEnrol || operator !== undefined || claims.permissions !== undefined;
  const impersonal = operator === undefined ? undefined : [...held].filter(one => !personal.has(one));
  const narrowed = impersonal ?? narrowedTo(claims, mustEnrol)?.filter(one => held.has(one));
  return {
    user,
    name,
    permissions: narrowed === undefined ? held : new Set(narrowed),
    branches: limitOf(claims.branches),
    language: claims.locale,
    grantee: isNarrowed ? undefined : { user, roles },
    mustEnrol,
    via: viaOf(session, operator, client),
    proof: authTime === undefined ? undefined : { at: new Date(authTime * 1000), methods },
  };
}

/** A program enrols nothing in a person's name; and an old password is changed before a factor is added to it. */
function narrowedTo({ client, permissions }: KnownClaims, mustEnrol: boolean): readonly string[] | undefined {
  if (!mustEnrol) return permissions;
  return client === undefined ? (permissions ?? ENROLMENT) : [];
}

/** The branches that somebody is limited to. */
export function limitOf(branches: readonly string[] | undefined): ReadonlySet<string> | undefined {
  return branches === undefined ? undefined : new Set(branches);
}

function viaOf(
  session: string | undefined,
  operator: KnownClaims['operator'],
  client: string | undefined,
): Via | undefined {
  if (operator !== undefined && session !== undefined)
    return {
      kind: 'impersonation',
      id: session,
      operator: { user: operator.user, name: operator.name },
    };
  if (session !== undefined) return { kind: 'session', id: session };
  return client === undefined ? undefined : { kind: 'client', id: client };
}
