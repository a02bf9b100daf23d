export { accessFault } from './faults.ts';
export { type CustomRoles, isSelf, permissionsHeld } from './held.ts';
export {
  CustomRole,
  type CustomRoleData,
  isCustomRole,
  MOST_ROLES,
  Permission,
  RoleName,
  roleKind,
} from './role.ts';
export { roleTitles } from './standard-roles.ts';
