import type { Role } from '../../kernel/index.ts';
import type { UserData } from '../identity/index.ts';

/** Only owners make owners, administrators and those who sign; so nobody rises by a second account. */
const privileged: readonly Role[] = [
  'tenant-owner',
  'administrator',
  'quality-manager',
  'operator',
  'operator-auditor',
];
/** A directory needs somebody who can do everything in it. */
const ownerRoles: readonly Role[] = ['tenant-owner', 'operator'];

export type UserChange = Partial<Pick<UserData, 'name' | 'title' | 'roles' | 'locale' | 'status'>>;
export type ChangeRefusal =
  | { readonly code: 'platform.role_privileged'; readonly roles: readonly Role[] }
  | { readonly code: 'platform.user_own' };

/**
 * Whether somebody may change a person so. `grantsPrivileged` is what owners hold. Pure; whether it would take the last
 * owner away is asked of the directory.
 */
export function decideUserChange(
  before: Pick<UserData, 'roles' | 'status'> | undefined,
  change: UserChange,
  actor: { readonly isTarget: boolean; readonly grantsPrivileged: boolean },
): ChangeRefusal | undefined {
  const changesAccess = change.roles !== undefined || change.status !== undefined;
  if (actor.isTarget && changesAccess) return { code: 'platform.user_own' };
  if (actor.grantsPrivileged) return undefined;
  const concerned = new Set([...(before?.roles ?? []), ...(change.roles ?? [])]);
  const roles = privileged.filter(role => concerned.has(role));
  return roles.length > 0 && !actor.isTarget ? { code: 'platform.role_privileged', roles } : undefined;
}

/** Whether a change takes an active owner away. */
export function losesOwner(before: Pick<UserData, 'roles' | 'status'>, change: UserChange): boolean {
  const owns = (held: readonly Role[]): boolean => ownerRoles.some(role => held.includes(role));
  const isOwner = before.status === 'active' && owns(before.roles);
  const roles = change.roles ?? before.roles;
  const status = change.status ?? before.status;
  return isOwner && (status !== 'active' || !owns(roles));
}
