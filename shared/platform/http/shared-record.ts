import { type Caller, timestamp } from '../../kernel/index.ts';
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
import { type UserData, userKind } from '../identity/index.ts';
import type { RecordKind, Saved } from '../records/index.ts';
import type { Principal } from './authenticate.ts';
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
  const records = new Set(grants.map(({ record }) => record));
  const permissions = new Set([...who.permissions, access.permission]);
  return { ...who, permissions, granted: { records, only: !mayAlready } };
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
  const grants = await platform.records.for(who).scope(shared.scope).all(grantKind);
  const standing = await asTheirMakersMay(
    platform,
    who,
    grants.map(({ data }) => data),
  );
  const granted = permissionsGranted(
    standing,
    grantee,
    { id, scope: shared.scope },
    timestamp(platform.now()),
  );
  if (!granted.includes(permission)) return who;
  // Where they work, a grant adds to what they may; what is elsewhere they may do nothing with but what it says.
  const isTheirs = who.branches === undefined || (await isSeen(platform, who, shared.kind, id));
  const permissions = new Set([...(isTheirs ? who.permissions : []), ...granted]);
  return { ...who, permissions, granted: { records: new Set([shared.scope]), only: false } };
}

/**
 * What was shared as far as whoever shared it may that themselves now: nothing once they are disabled, less when their roles give
 * less, as it is with their keys.
 */
async function asTheirMakersMay(
  platform: Capabilities,
  who: Caller,
  grants: readonly GrantData[],
): Promise<readonly GrantData[]> {
  if (grants.length === 0) return grants;
  const records = platform.records.for({ ...who, branches: undefined });
  const makers = [...new Set(grants.map(({ maker }) => maker))];
  const [{ roles }, ...people] = await Promise.all([
    platform.directory.of(who.tenant),
    ...makers.map(maker => records.find(userKind, maker)),
  ]);
  const held = new Map(
    people.flatMap(person => (person === undefined ? [] : [[person.id, heldBy(platform, roles, person)]])),
  );
  return grants.map(grant => {
    const theirs = held.get(grant.maker);
    if (theirs === undefined) return grant;
    return { ...grant, permissions: grant.permissions.filter(permission => theirs.has(permission)) };
  });
}

function heldBy(
  { permissions }: Capabilities,
  roles: CustomRoles,
  { data }: Saved<UserData>,
): ReadonlySet<string> {
  return data.status === 'disabled' ? new Set() : permissionsHeld(permissions, roles, data.roles);
}

async function isSeen(platform: Capabilities, who: Caller, kind: RecordKind, id: string): Promise<boolean> {
  return (await platform.records.for(who).find(kind, id)) !== undefined;
}
