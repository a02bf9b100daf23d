import { everyTenantRole, type PermissionTable } from '../../kernel/index.ts';

/** Only owners make owners, administrators and those who sign; so nobody rises by a second account. */
const PRIVILEGED: readonly string[] = [
  'tenant-owner',
  'administrator',
  'quality-manager',
  'operator',
  'operator-auditor',
];

/** Whether a standard role is for owners to give. */
export function isPrivileged(role: string): boolean {
  return PRIVILEGED.includes(role);
}

/**
 * Whether a permission administers or signs: no standard role but the privileged ones has it, and it does more than read.
 * A role of the tenant's own that has one is for owners to make and to give, as the role that it resembles is.
 */
export function isPrivilegedPermission(table: PermissionTable, permission: string): boolean {
  if (permission.endsWith(':read')) return false;
  const holders = (table[permission] ?? []).filter(role => everyTenantRole.includes(role));
  return holders.length > 0 && holders.every(isPrivileged);
}
