/** The twelve levels of access; what each may do stands beside every permission's declaration. */
export const roles = [
  'operator',
  'operator-auditor',
  'tenant-owner',
  'administrator',
  'quality-manager',
  'manager',
  'technician',
  'sales',
  'accountant',
  'report-author',
  'integrator',
  'viewer',
] as const;

export type Role = (typeof roles)[number];

/** `calibration.srf:read` → the roles that hold it. */
export type PermissionTable = Readonly<Record<string, readonly Role[]>>;

/** The permissions of somebody with these roles. */
export function permissionsOf(table: PermissionTable, held: readonly string[]): ReadonlySet<string> {
  const granted = Object.entries(table).filter(([, holders]) => holders.some(role => held.includes(role)));
  return new Set(granted.map(([permission]) => permission));
}

/** Those who run the platform; they belong to no tenant. */
export const operatorRoles: readonly Role[] = roles.filter(role => role.startsWith('operator'));

/** Every role of a tenant, for permissions that any signed-in person holds. */
export const everyTenantRole: readonly Role[] = roles.filter(role => !role.startsWith('operator'));
