import { type Caller, may, permissionsOf } from '../../kernel/index.ts';
import {
  accessFault,
  assertFresh,
  branchFault,
  branchKind,
  type CustomRoleData,
  isCustomRole,
  isPrivileged,
  isPrivilegedPermission,
  isSelf,
  roleKind,
} from '../access/index.ts';
import type { Capabilities } from '../capabilities/index.ts';
import type { UserData } from '../identity/index.ts';
import { type Anew, isStale, type Saved } from '../records/index.ts';
import { accountFault } from './faults.ts';
import { decideUserChange, isAccessChange, type UserChange } from './role-change.ts';

type OwnRoles = ReadonlyMap<string, Saved<CustomRoleData>>;

/**
 * Refuses who is not above the person, would give more than they hold, or would change their own access. Gives the
 * tenant's own roles that the person gets: the commit must expect them as they are, so that none is deleted meanwhile.
 */
export async function assertMayChange(
  platform: Capabilities,
  caller: Caller,
  user: Pick<Saved<UserData>, 'id' | 'data'> | undefined,
  change: UserChange,
): Promise<readonly Saved<CustomRoleData>[]> {
  const { roles: wanted = [] } = change;
  const concerned = [...(user?.data.roles ?? []), ...wanted];
  const own = await readRoles(platform, caller, concerned);
  const given = [...new Set(wanted.filter(isCustomRole))];
  const unknown = given.filter(role => !own.has(role));
  if (unknown.length > 0) throw accessFault('platform.role_unknown', { roles: unknown.join(', ') });
  const refusal = decideUserChange(user?.data, change, {
    isTarget: user?.id === caller.user,
    mayGive: role => mayGive(platform, caller, own, role),
    branches: caller.branches,
  });
  await assertBranchesThere(platform, caller, change.branches ?? []);
  if (refusal === undefined) {
    const isSensitive = isAccessChange(change) && concerned.some(role => isForOwners(platform, own, role));
    if (isSensitive) assertFresh(caller, platform.now());
    return given.flatMap(role => own.get(role) ?? []);
  }
  const data = 'roles' in refusal ? { roles: refusal.roles.join(', ') } : {};
  if (refusal.code === 'platform.branches_beyond' || refusal.code === 'platform.branches_unfit')
    throw branchFault(refusal.code);
  throw accountFault(refusal.code, data);
}

/** Whether a role signs or administers, whatever it is called. */
function isForOwners({ permissions: table }: Capabilities, own: OwnRoles, role: string): boolean {
  if (!isCustomRole(role)) return isPrivileged(role);
  return (own.get(role)?.data.permissions ?? []).some(one => isPrivilegedPermission(table, one));
}

/**
 * Refuses who gives permissions, by a role or on one record, beyond what they may give: nothing that they do not hold, and what
 * signs or administers only if they may give that and have just proved who they are.
 */
export function assertMayGive(
  { permissions: table, now }: Pick<Capabilities, 'permissions' | 'now'>,
  caller: Caller,
  permissions: readonly string[],
): void {
  const givesAll = may(caller, 'platform.user:grant_privileged');
  const privileged = permissions.filter(one => isPrivilegedPermission(table, one));
  const beyond = permissions.filter(one => !may(caller, one) || (!givesAll && privileged.includes(one)));
  if (beyond.length > 0) throw accountFault('platform.permission_beyond', { permissions: beyond.join(', ') });
  if (privileged.length > 0) assertFresh(caller, now());
}

/**
 * Nobody gives more than they hold, but people whom the owners let: those who give every role, and those who give the
 * standard ones that are not privileged. Of roles of the tenant's own they give what they hold and what is not privileged
 * either. Machines give what they hold themselves and nothing else.
 */
function mayGive(platform: Capabilities, caller: Caller, own: OwnRoles, role: string): boolean {
  const isPerson = caller.via?.kind !== 'api-key' && caller.via?.kind !== 'client';
  if (isPerson && may(caller, 'platform.user:grant_privileged')) return true;
  if (isForOwners(platform, own, role)) return false;
  if (isCustomRole(role)) return (own.get(role)?.data.permissions ?? []).every(one => may(caller, one));
  if (isPerson && may(caller, 'platform.user:grant_standard')) return true;
  return [...permissionsOf(platform.permissions, [role])].every(one => isSelf(one) || may(caller, one));
}

async function assertBranchesThere(
  platform: Capabilities,
  caller: Caller,
  branches: readonly string[],
): Promise<void> {
  const records = platform.records.for(caller);
  const found = await Promise.all(branches.map(id => records.find(branchKind, id)));
  const unknown = branches.filter((_id, index) => found[index]?.data.status !== 'active');
  if (unknown.length > 0) throw branchFault('platform.branch_unknown', { branches: unknown.join(', ') });
}

async function readRoles(
  platform: Capabilities,
  caller: Caller,
  names: readonly string[],
): Promise<OwnRoles> {
  const records = platform.records.for(caller);
  const ids = [...new Set(names.filter(isCustomRole))];
  const found = await Promise.all(ids.map(id => records.find(roleKind, id)));
  return new Map(found.flatMap(role => (role === undefined ? [] : [[role.id, role] as const])));
}

/** A role that is given to many at once lets one of them pass each time. */
const MOST_TRIES = 60;

/** How who gives roles decides anew: when one of them was given to somebody else, or deleted, at the same moment. */
export const whenRolesMoved: Anew = {
  tries: MOST_TRIES,
  lost: error => isStale(error) && isCustomRole(String(error.data['id'])),
};
