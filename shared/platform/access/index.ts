export {
  Branch,
  type BranchData,
  BranchId,
  branchFault,
  branchFor,
  branchKind,
  MOST_BRANCHES,
} from './branch.ts';
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
