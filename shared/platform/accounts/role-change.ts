import type { Role } from '../../kernel/index.ts';
import type { UserData } from '../identity/index.ts';

/** Only owners make owners, administrators and those who sign; so nobody rises by a second account. */
const privileged: readonly string[] = [
  'tenant-owner',
  'administrator',
  'quality-manager',
  'operator',
  'operator-auditor',
] satisfies readonly Role[];
/** A directory needs somebody who can do everything in it. */
const ownerRoles: readonly string[] = ['tenant-owner', 'operator'] satisfies readonly Role[];

/** Whether a role is for owners to give. */
export function isPrivileged(role: string): boolean {
  return privileged.includes(role);
}

export type UserChange = Partial<Pick<UserData, 'name' | 'title' | 'roles' | 'locale' | 'status'>>;
export type ChangeRefusal =
  | { readonly code: 'platform.role_privileged'; readonly roles: readonly string[] }
  | { readonly code: 'platform.user_own' };

/**
 * Whether somebody may change a person so: every role that the person has or would get must be one that they may give.
 * Pure; whether it would take the last owner away is asked of the directory.
 */
export function decideUserChange(
  before: Pick<UserData, 'roles' | 'status'> | undefined,
  change: UserChange,
  actor: { readonly isTarget: boolean; readonly mayGive: (role: string) => boolean },
): ChangeRefusal | undefined {
  const changesAccess = change.roles !== undefined || change.status !== undefined;
  if (actor.isTarget && changesAccess) return { code: 'platform.user_own' };
  const concerned = new Set([...(before?.roles ?? []), ...(change.roles ?? [])]);
  const roles = [...concerned].filter(role => !actor.mayGive(role));
  return roles.length > 0 && !actor.isTarget ? { code: 'platform.role_privileged', roles } : undefined;
}

/** Whether a change takes an active owner away. */
export function losesOwner(before: Pick<UserData, 'roles' | 'status'>, change: UserChange): boolean {
  const owns = (held: readonly string[]): boolean => ownerRoles.some(role => held.includes(role));
  const isOwner = before.status === 'active' && owns(before.roles);
  const roles = change.roles ?? before.roles;
  const status = change.status ?? before.status;
  return isOwner && (status !== 'active' || !owns(roles));
}
