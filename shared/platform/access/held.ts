import { type PermissionTable, permissionsOf } from '../../kernel/index.ts';
import { isCustomRole } from './role.ts';

/** A tenant's own roles by their ids, and what each may. */
export type CustomRoles = ReadonlyMap<string, readonly string[]>;

/** What is everybody's own: to look at themselves, their sessions, their password, their second factor. */
const SELF = 'platform.self:';

/** Whether a permission is one that people have of themselves and nobody is given. */
export function isSelf(permission: string): boolean {
  return permission.startsWith(SELF);
}

const KEEP_MOST = 1000;
/** By the tenant's own roles, which are another map whenever they were read anew. */
const known = new WeakMap<CustomRoles, Map<string, ReadonlySet<string>>>();

/**
 * The permissions of somebody with these roles, standard ones and the tenant's own. A role that is there no more gives
 * nothing. Remembered as long as `custom` is.
 */
export function permissionsHeld(
  table: PermissionTable,
  custom: CustomRoles,
  roles: readonly string[],
): ReadonlySet<string> {
  const sets = known.get(custom) ?? new Map<string, ReadonlySet<string>>();
  known.set(custom, sets);
  const key = roles.join(' ');
  const before = sets.get(key);
  if (before !== undefined) return before;
  const held = new Set([...permissionsOf(table, roles), ...ofOwnRoles(table, custom, roles)]);
  if (sets.size < KEEP_MOST) sets.set(key, held);
  return held;
}

function ofOwnRoles(
  table: PermissionTable,
  custom: CustomRoles,
  roles: readonly string[],
): readonly string[] {
  const own = roles.filter(isCustomRole).flatMap(role => [custom.get(role) ?? []]);
  if (own.length === 0) return [];
  return [...Object.keys(table).filter(isSelf), ...own.flat().filter(permission => permission in table)];
}
