import { everyTenantRole, type PermissionTable, type Role } from '../../kernel/index.ts';

const leaders: readonly Role[] = ['tenant-owner', 'quality-manager', 'manager'];
const office: readonly Role[] = [...leaders, 'administrator', 'sales'];
const bench: readonly Role[] = [...leaders, 'technician'];
/** Signing is for those who answer for the quality of results; technicians never sign off their own work. */
const signers: readonly Role[] = ['tenant-owner', 'quality-manager'];
const anybodyAtWork: readonly Role[] = [...new Set<Role>([...office, ...bench, 'accountant'])];

/** A signature is its signer's own: no operator gives one in somebody's place. */
export const calibrationPersonal: readonly string[] = [
  'calibration.srf:work',
  'calibration.srf:review',
  'calibration.srf:approve',
  'calibration.certificate:issue',
  'calibration.certificate:revoke',
];

/** What may be done in calibration, and by whom. */
export const calibrationPermissions: PermissionTable = {
  'calibration.customer:read': everyTenantRole,
  'calibration.customer:write': [...office, 'integrator'],
  'calibration.equipment:read': everyTenantRole,
  'calibration.equipment:write': [...office, 'technician', 'integrator'],
  'calibration.procedure:read': everyTenantRole,
  'calibration.procedure:write': signers,
  'calibration.standard:read': everyTenantRole,
  'calibration.standard:write': signers,
  'calibration.srf:read': everyTenantRole,
  'calibration.srf:write': [...office, 'technician', 'integrator'],
  'calibration.srf:act': [...anybodyAtWork, 'integrator'],
  'calibration.srf:receive': [...office, 'technician'],
  'calibration.srf:quote': office,
  'calibration.srf:accept': office,
  'calibration.srf:assign': leaders,
  'calibration.srf:work': bench,
  'calibration.srf:review': signers,
  'calibration.srf:approve': signers,
  'calibration.srf:invoice': [...leaders, 'accountant'],
  'calibration.srf:deliver': [...office, 'technician'],
  'calibration.srf:cancel': office,
  'calibration.observation:read': everyTenantRole,
  'calibration.observation:write': bench,
  'calibration.certificate:read': everyTenantRole,
  'calibration.certificate:issue': [...leaders, 'technician'],
  'calibration.certificate:revoke': signers,
  'calibration.register:read': [...signers, 'administrator', 'manager', 'accountant', 'viewer'],
};
