import type { Wording } from '../../platform/http/index.ts';
import type { CalibrationFaultCode } from './faults.ts';

/** What calibration's refusals say in English. `{name}` stands for the refusal's data. */
export const en: Readonly<Record<CalibrationFaultCode, Wording>> = {
  'calibration.reference_unknown': ['Unknown reference', '{field} names a record that does not exist: {id}.'],
  'calibration.contact_twice': [
    'One contact twice',
    'Each contact has an id of its own; “errors” points at those that do not.',
  ],
  'calibration.inactive': ['Inactive', '{field} names a record that is no longer in use: {id}.'],
  'calibration.equipment_of_other_customer': [
    'Equipment of another customer',
    'The equipment {id} belongs to another customer than the request.',
  ],
  'calibration.unit_mismatch': [
    'Wrong kind of unit',
    '{field} is given in {unit}, which does not measure what {expected} does.',
  ],
  'calibration.srf_not_draft': ['Not a draft', 'Only drafts can be changed; this request is {state}.'],
  'calibration.transition_not_open': [
    'Not possible now',
    '“{action}” does not lead out of the state {state}; “open” lists what does.',
  ],
  'calibration.reason_missing': ['Reason needed', '“{action}” needs a reason.'],
  'calibration.items_missing': ['Nothing to calibrate', '{field} must not be empty.'],
  'calibration.technician_missing': ['No technician', 'A technician must be assigned: send “assignTo”.'],
  'calibration.assignee_unknown': ['Unknown person', 'There is no active user {id} in this tenant.'],
  'calibration.points_not_observed': [
    'Observations missing',
    '{count} test points are not observed yet; “missing” lists them.',
  ],
  'calibration.separation_of_duties': [
    'Separation of duties',
    'Whoever took observations of a request may neither review nor approve it.',
  ],
  'calibration.changed_since_signed': [
    'Changed since it was signed',
    'What stands in the request is not what was signed as {signature}. Read it again; if this stays, it must be signed again.',
  ],
  'calibration.review_missing': [
    'Review missing',
    'The laboratory wants a signed review before measurements are approved.',
  ],
  'calibration.certificate_under_way': [
    'Certificate under way',
    'A certificate of this request is being made; wait until it is issued.',
  ],
  'calibration.certificate_issued': [
    'Certificate issued',
    'Certificates of this request are issued; revoke or revise them instead.',
  ],
  'calibration.standard_expired': [
    'Standard not valid',
    'The standard {assetNumber} may not be used for this observation: {why} on {on}.',
  ],
  'calibration.standard_out_of_range': [
    'Outside the range of the standard',
    'The reference value lies outside the range of the standard {assetNumber}.',
  ],
  'calibration.observations_closed': [
    'Observations closed',
    'Observations are taken while a request is in progress or in rework; this one is {state}.',
  ],
  'calibration.observation_exists': [
    'Observed already',
    'This test point was observed in this run; correct it with PATCH {id}.',
  ],
  'calibration.point_unknown': [
    'Unknown test point',
    'The request has no test point {pointId} of item {itemId}.',
  ],
  'calibration.readings_missing': [
    'Too few readings',
    'The procedure asks for {needed} readings; there are {given}.',
  ],
  'calibration.environment_missing': [
    'Conditions missing',
    'The procedure asks for environmental conditions; “missing” lists what is not given.',
  ],
  'calibration.taken_at_implausible': [
    'Implausible time',
    'An observation is taken after the item was received ({earliest}) and not in the future ({latest}).',
  ],
  'calibration.not_evaluable': [
    'Cannot be evaluated',
    'No result can be computed from these numbers: {why} ({where}).',
  ],
  'calibration.srf_not_approved': [
    'Not approved',
    'Certificates are made of approved requests; this one is {state}.',
  ],
  'calibration.certificate_incomplete': [
    'Certificate incomplete',
    'ISO/IEC 17025 asks for more than there is; “errors” points at each missing part.',
  ],
  'calibration.certificate_not_issued': ['Not issued', 'The certificate is {state}.'],
  'calibration.certificate_revoked': [
    'Revoked',
    'The certificate was revoked; send “revise” with a reason to issue a new one.',
  ],
};
