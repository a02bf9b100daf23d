import { defineModule, type Module } from '../../platform/module/index.ts';
import type { RecordKind } from '../../platform/records/index.ts';
import { certificateKind } from './certificate.ts';
import { certificateRoutes } from './certificate-endpoints.ts';
import { calibrationChapters } from './chapters.ts';
import { customerKind } from './customer.ts';
import { equipmentKind } from './equipment.ts';
import { calibrationEvents } from './events.ts';
import { calibrationFault } from './faults.ts';
import { calibrationFieldWordings } from './field-wordings.ts';
import { masterDataRoutes } from './master-data-endpoints.ts';
import { observationKind } from './observation.ts';
import { observationRoutes } from './observation-endpoints.ts';
import { calibrationPermissionWordings } from './permission-wordings.ts';
import { calibrationPermissions, calibrationPersonal } from './permissions.ts';
import { procedureKind } from './procedure.ts';
import { readBudget } from './read-budget.ts';
import { readRegister } from './read-register.ts';
import { renderCertificate } from './render-certificate.ts';
import { requestCertificate } from './request-certificate.ts';
import { srfKind } from './srf.ts';
import { srfRoutes } from './srf-endpoints.ts';
import { standardKind } from './standard.ts';
import { transitionRoutes } from './transition-endpoints.ts';
import { verificationRoutes } from './verify-certificate.ts';
import { calibrationWordings } from './wordings.ts';
import { srfWorkflow } from './workflow.ts';

/** Calibration of customers' instruments, from the request to the certificate. */
export const calibrationModule: Module = defineModule({
  name: 'calibration',
  feature: 'calibration',
  records: [
    customerKind,
    equipmentKind,
    procedureKind,
    standardKind,
    srfKind,
    observationKind,
    certificateKind,
  ] as readonly RecordKind[],
  endpoints: [
    ...masterDataRoutes,
    ...srfRoutes,
    ...transitionRoutes,
    ...observationRoutes,
    readBudget,
    requestCertificate,
    ...certificateRoutes,
    ...verificationRoutes,
    readRegister,
  ],
  chapters: calibrationChapters,
  jobs: [renderCertificate],
  permissions: calibrationPermissions,
  permissionWordings: calibrationPermissionWordings,
  personal: calibrationPersonal,
  workflows: { 'calibration.srf': srfWorkflow },
  events: calibrationEvents,
  faults: calibrationFault.rows,
  wordings: calibrationWordings,
  fieldWordings: calibrationFieldWordings,
});
