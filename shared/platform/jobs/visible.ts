import { type Caller, operatorRoles, type PermissionTable } from '../../kernel/index.ts';
import { PLATFORM } from '../tenancy/index.ts';
import type { JobDefinition } from './definition.ts';

type Subject = Pick<JobDefinition, 'name' | 'about'>;

/**
 * Whether somebody may see jobs of this kind: whoever may read what they are about, but who is limited to branches none about
 * the tenant as a whole, nor about people, who may work elsewhere. Operators oversee everything on their own host.
 */
export function seesJobs(
  { tenant, permissions, branches }: Pick<Caller, 'tenant' | 'permissions' | 'branches'>,
  { about }: Pick<JobDefinition, 'about'>,
): boolean {
  if (tenant === PLATFORM) return true;
  const isBeyondBranches = about.wholeTenant === true || about.branches !== undefined;
  return permissions.has(about.readPermission) && !(isBeyondBranches && branches !== undefined);
}

/** The names of the jobs that somebody sees; undefined for who sees all that a tenant has, of whatever name. Pure. */
export function namesSeen(
  definitions: readonly Subject[],
  table: PermissionTable,
  caller: Pick<Caller, 'tenant' | 'permissions' | 'branches'>,
): readonly string[] | undefined {
  if (caller.tenant === PLATFORM) return undefined;
  const isTenants = ({ about }: Subject): boolean =>
    table[about.readPermission]?.some(role => !operatorRoles.includes(role)) === true;
  const own = definitions.filter(isTenants);
  const seen = own.filter(definition => seesJobs(caller, definition));
  return seen.length === own.length ? undefined : seen.map(({ name }) => name);
}
