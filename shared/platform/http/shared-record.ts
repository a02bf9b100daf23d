import { type Caller, type GrantedWithin, timestamp } from '../../kernel/index.ts';
import {
  type CustomRoles,
  type GrantData,
  type Grantee,
  grantKind,
  isShareable,
  permissionsGranted,
  permissionsHeld,
  shareable,
} from '../access/index.ts';
import type { Capabilities } from '../capabilities/index.ts';
import { userKind } from '../identity/index.ts';
import { branchOf, type RecordKind, type Scope, scopeOfId, sees } from '../records/index.ts';
import { limitOf, type Principal } from './authenticate.ts';
import type { Endpoint } from './endpoint.ts';

type Tools = { readonly platform: Capabilities; readonly kinds: readonly RecordKind[] };

/**
 * Who asks, with what was shared with them of what the request is about: one record, or those of a list. Looked for only where they
 * lack the permission, or are limited to branches; it holds for this request alone.
 */
export async function withShared(
  tools: Tools,
  endpoint: Endpoint,
  params: Readonly<Record<string, string>>,
  principal: Principal,
  who: Caller,
): Promise<Caller> {
  const { access, lists } = endpoint;
  const { grantee } = principal;
  if (typeof access !== 'object' || grantee === undefined) return who;
  const mayAlready = who.permissions.has(access.permission);
  if (mayAlready && who.branches === undefined) return who;
  const id = params['id'];
  if (id !== undefined) return withRecord(tools, access.permission, grantee, id, who);
  if (lists === undefined || !isShareable(lists) || endpoint.wholeTenant === true) return who;
  const shared = await tools.platform.shares.of(who, grantee);
  const fitting = shared.filter(({ permissions }) => permissions.includes(access.permission));
  const standing = await asTheirMakersMay(tools.platform, who, fitting);
  const grants = standing.filter(({ permissions }) => permissions.includes(access.permission));
  if (grants.length === 0) return who;
  const records = new Set(grants.flatMap(({ record, reach }) => (reach === undefined ? [record] : [])));
  const permissions = new Set([...who.permissions, access.permission]);
  return { ...who, permissions, granted: { records, within: withinOf(grants), only: !mayAlready } };
}

/** What was shared by people who are limited to branches, by these. */
function withinOf(grants: readonly Standing[]): readonly GrantedWithin[] {
  const limited = grants.flatMap(({ record, reach }) => (reach === undefined ? [] : [{ record, reach }]));
  const groups = Map.groupBy(limited, ({ reach }) => [...reach].toSorted().join(' '));
  return [...groups.values()].map(group => ({
    records: new Set(group.map(({ record }) => record)),
    branches: group[0]?.reach ?? new Set(),
  }));
}

async function withRecord(
  { platform, kinds }: Tools,
  permission: string,
  grantee: Grantee,
  id: string,
  who: Caller,
): Promise<Caller> {
  const shared = shareable(kinds, id);
  if (shared === undefined) return who;
  const scope = platform.records.for(who).scope(shared.scope);
  const time = timestamp(platform.now());
  const theirs = { to: { oneOf: [grantee.user, ...grantee.roles] }, expiresAt: { from: time } };
  const grants = await scope.all(grantKind, theirs);
  const standing = await asTheirMakersMay(
    platform,
    who,
    grants.map(({ data }) => data),
  );
  const place = { id, scope: shared.scope };
  const granted = permissionsGranted(await reaching(scope, standing), grantee, place, time);
  if (!granted.includes(permission)) return who;
  // Where they work, a grant adds to what they may; what is elsewhere they may do nothing with but what it says.
  const isTheirs = who.branches === undefined || (await isSeen(platform, who, shared.kind, id));
  const permissions = new Set([...(isTheirs ? who.permissions : []), ...granted]);
  return { ...who, permissions, granted: { records: new Set([shared.scope]), only: false } };
}

/** What was shared by people who see it now: they, or the record, may have moved to another branch since. */
async function reaching(scope: Scope, grants: readonly Standing[]): Promise<readonly GrantData[]> {
  if (grants.every(({ reach }) => reach === undefined)) return grants;
  const root = await scope.atRest(scope.name);
  const branch = root === undefined ? undefined : branchOf(root);
  return grants.filter(({ maker, reach }) =>
    sees({ user: maker, branches: reach }, { id: scope.name, scope: scope.name, branch }),
  );
}

/** A grant, and the branches that whoever made it is limited to now; undefined when they are not. */
type Standing = GrantData & { readonly reach?: ReadonlySet<string> | undefined };

/**
 * What was shared as far as whoever shared it may that themselves now: nothing once they are disabled, revoked, expired or gone, less
 * when they may less, as it is with keys, and with `reach` nothing of other branches than theirs.
 */
async function asTheirMakersMay(
  platform: Capabilities,
  who: Caller,
  grants: readonly GrantData[],
): Promise<readonly Standing[]> {
  if (grants.length === 0) return grants;
  const makers = [...new Set(grants.map(({ maker }) => maker))];
  const [{ roles }, ...held] = await Promise.all([
    platform.directory.of(who.tenant),
    ...makers.map(maker => makerOf(platform, who, maker)),
  ]);
  const rights = new Map(makers.map((maker, at) => [maker, rightsOf(platform, roles, held[at])]));
  const reach = new Map(makers.map((maker, at) => [maker, held[at]?.branches]));
  return grants.map(grant => ({
    ...grant,
    permissions: grant.permissions.filter(permission => rights.get(grant.maker)?.has(permission) === true),
    reach: reach.get(grant.maker),
  }));
}

/** Somebody's roles, the branches that they are limited to, and what they were narrowed to when they are a machine. */
type Maker = {
  readonly roles: readonly string[];
  readonly branches: ReadonlySet<string> | undefined;
  readonly only?: readonly string[];
};

/** Who shared something, as they stand now: a person, or a machine of one; undefined when they could not do anything any more. */
async function makerOf(platform: Capabilities, who: Caller, id: string): Promise<Maker | undefined> {
  if (scopeOfId(userKind, id) === undefined) {
    const machine = await platform.machines.byId(who.tenant, id);
    return (
      machine && {
        ...{ roles: machine.makerRoles, only: machine.permissions },
        branches: limitOf(machine.makerBranches),
      }
    );
  }
  const user = await platform.records.for({ ...who, branches: undefined }).find(userKind, id);
  if (user?.data.status !== 'active') return undefined;
  return { roles: user.data.roles, branches: limitOf(user.data.branches ?? undefined) };
}

function rightsOf(
  { permissions }: Capabilities,
  custom: CustomRoles,
  maker: Maker | undefined,
): ReadonlySet<string> {
  if (maker === undefined) return new Set();
  const held = permissionsHeld(permissions, custom, maker.roles);
  return maker.only === undefined ? held : new Set(maker.only.filter(permission => held.has(permission)));
}

async function isSeen(platform: Capabilities, who: Caller, kind: RecordKind, id: string): Promise<boolean> {
  return (await platform.records.for(who).find(kind, id)) !== undefined;
}
