import { defineFaults } from '../../kernel/index.ts';

/** How calibration says no. */
export const calibrationFault = defineFaults({
  'calibration.reference_unknown': { status: 422, retry: 'never' },
  'calibration.contact_twice': { status: 422, retry: 'never' },
  'calibration.inactive': { status: 422, retry: 'never' },
  'calibration.equipment_of_other_customer': { status: 422, retry: 'never' },
  'calibration.unit_mismatch': { status: 422, retry: 'never' },
  'calibration.srf_not_draft': { status: 409, retry: 'never' },
  'calibration.transition_not_open': { status: 409, retry: 'never' },
  'calibration.reason_missing': { status: 422, retry: 'never' },
  'calibration.items_missing': { status: 422, retry: 'never' },
  'calibration.technician_missing': { status: 422, retry: 'never' },
  'calibration.assignee_unknown': { status: 422, retry: 'never' },
  'calibration.points_not_observed': { status: 422, retry: 'never' },
  'calibration.separation_of_duties': { status: 403, retry: 'never' },
  'calibration.changed_since_signed': { status: 409, retry: 'later' },
  'calibration.review_missing': { status: 422, retry: 'never' },
  'calibration.certificate_under_way': { status: 422, retry: 'never' },
  'calibration.certificate_issued': { status: 422, retry: 'never' },
  'calibration.standard_expired': { status: 422, retry: 'never' },
  'calibration.standard_out_of_range': { status: 422, retry: 'never' },
  'calibration.observations_closed': { status: 409, retry: 'never' },
  'calibration.observation_exists': { status: 409, retry: 'never' },
  'calibration.point_unknown': { status: 422, retry: 'never' },
  'calibration.readings_missing': { status: 422, retry: 'never' },
  'calibration.environment_missing': { status: 422, retry: 'never' },
  'calibration.taken_at_implausible': { status: 422, retry: 'never' },
  'calibration.not_evaluable': { status: 422, retry: 'never' },
  'calibration.srf_not_approved': { status: 409, retry: 'never' },
  'calibration.certificate_incomplete': { status: 422, retry: 'never' },
  'calibration.certificate_not_issued': { status: 409, retry: 'never' },
  'calibration.certificate_revoked': { status: 409, retry: 'never' },
});

export type CalibrationFaultCode = keyof typeof calibrationFault.rows;

/** Whether a text is one of this module's fault codes. */
export function isCalibrationFault(code: string): code is CalibrationFaultCode {
  return Object.hasOwn(calibrationFault.rows, code);
}
