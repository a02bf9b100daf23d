export { committingGrant, endShares } from './announced-grants.ts';
export {
  Branch,
  type BranchData,
  BranchId,
  branchFault,
  branchFor,
  branchKind,
  MOST_BRANCHES,
  regardlessOfBranches,
} from './branch.ts';
export { accessFault } from './faults.ts';
export { assertFresh } from './fresh-proof.ts';
export {
  Grant,
  type GrantData,
  type Grantee,
  grantFault,
  grantKind,
  isShareable,
  MOST_GRANT_DAYS,
  MOST_GRANTS,
  MOST_HELD,
  permissionsGranted,
  shareable,
} from './grant.ts';
export { type CustomRoles, isSelf, permissionsHeld } from './held.ts';
export { isPrivileged, isPrivilegedPermission } from './privileged.ts';
export {
  CustomRole,
  type CustomRoleData,
  isCustomRole,
  MOST_ROLES,
  Permission,
  RoleName,
  roleKind,
} from './role.ts';
export { openShares, type Shares } from './shares.ts';
export { roleTitles } from './standard-roles.ts';
