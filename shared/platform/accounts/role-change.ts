import type { Role } from '../../kernel/index.ts';
import type { UserData } from '../identity/index.ts';

/** A directory needs somebody who can do everything in it. */
const ownerRoles: readonly string[] = ['tenant-owner', 'operator'] satisfies readonly Role[];

export type UserChange = Partial<
  Pick<UserData, 'email' | 'name' | 'title' | 'roles' | 'branches' | 'locale' | 'status'>
>;
export type ChangeRefusal =
  | { readonly code: 'platform.role_privileged'; readonly roles: readonly string[] }
  | { readonly code: 'platform.branches_beyond' }
  | { readonly code: 'platform.branches_unfit' }
  | { readonly code: 'platform.user_own' };

/** Who changes somebody. `branches` are those that they are limited to themselves. */
export type Actor = {
  readonly isTarget: boolean;
  readonly mayGive: (role: string) => boolean;
  readonly branches: ReadonlySet<string> | undefined;
};

/**
 * Whether somebody may change a person so: every role that the person has or would get must be one that they may give.
 * Pure; whether it would take the last owner away is asked of the directory.
 */
export function decideUserChange(
  before: Pick<UserData, 'roles' | 'branches' | 'status'> | undefined,
  change: UserChange,
  actor: Actor,
): ChangeRefusal | undefined {
  const changesAccess = isAccessChange(change);
  if (actor.isTarget && changesAccess) return { code: 'platform.user_own' };
  const concerned = new Set([...(before?.roles ?? []), ...(change.roles ?? [])]);
  const roles = [...concerned].filter(role => !actor.mayGive(role));
  if (actor.isTarget) return undefined;
  if (roles.length > 0) return { code: 'platform.role_privileged', roles };
  return decideBranches(before, change, actor);
}

/** Whoever is limited to branches changes people of these, and makes none who are limited to less than they. */
function decideBranches(
  before: Pick<UserData, 'roles' | 'branches'> | undefined,
  change: UserChange,
  { branches: own }: Actor,
): ChangeRefusal | undefined {
  const wanted = change.branches === undefined ? before?.branches : change.branches;
  const isWithin = (limit: UserData['branches']): boolean =>
    own === undefined || (limit ?? undefined)?.every(branch => own.has(branch)) === true;
  if (!isWithin(wanted) || (before !== undefined && !isWithin(before.branches)))
    return { code: 'platform.branches_beyond' };
  const owns = ownerRoles.some(role => (change.roles ?? before?.roles ?? []).includes(role));
  return owns && (wanted ?? null) !== null ? { code: 'platform.branches_unfit' } : undefined;
}

/** Whether what somebody's tokens say is no longer so. */
export function isAccessChange({ roles, branches, status }: UserChange): boolean {
  return roles !== undefined || branches !== undefined || status !== undefined;
}

/** Whether a change takes an active owner away. */
export function losesOwner(before: Pick<UserData, 'roles' | 'status'>, change: UserChange): boolean {
  const owns = (held: readonly string[]): boolean => ownerRoles.some(role => held.includes(role));
  const isOwner = before.status === 'active' && owns(before.roles);
  const roles = change.roles ?? before.roles;
  const status = change.status ?? before.status;
  return isOwner && (status !== 'active' || !owns(roles));
}
