import type { PermissionTable } from '../../../kernel/index.ts';
import { planKind, tenantKind } from '../../tenancy/index.ts';
import { historyEndpoints } from '../history.ts';
import { createTenant } from './create-tenant.ts';
import { inviteOwner } from './invite-owner.ts';
import { maintenanceEndpoints } from './maintenance.ts';
import { moveEndpoints } from './move-tenant.ts';
import { planEndpoints } from './plans.ts';
import { replayErasures } from './replay-erasures.ts';
import { retryProvisioning } from './retry-provisioning.ts';
import { signupPolicyEndpoints } from './signup-policy.ts';
import { tenantAuditEndpoints } from './tenant-audit.ts';
import { tenantEndpoints } from './tenants.ts';

/** What the platform's own people may do, and what closes a suspended tenant to all but its administrators. */
export const operatorPermissions: PermissionTable = {
  'platform.operate': ['operator'],
  'platform.oversee': ['operator', 'operator-auditor'],
  'platform.tenant:administer': ['tenant-owner', 'administrator'],
};

/** The operators' door, on the platform's own host: tenants and the plans that they are on. */
export const operatorEndpoints = [
  createTenant,
  retryProvisioning,
  inviteOwner,
  replayErasures,
  ...tenantEndpoints,
  ...moveEndpoints,
  ...historyEndpoints(tenantKind, '/tenants', ['beginnings'], 'operator'),
  ...maintenanceEndpoints,
  ...signupPolicyEndpoints,
  ...tenantAuditEndpoints,
  ...planEndpoints,
  ...historyEndpoints(planKind, '/plans', [], 'operator'),
];
