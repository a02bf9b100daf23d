import * as z from 'zod';
import { type EventTable, recordEvents } from '../../platform/webhooks/index.ts';
import { srfStates } from './srf-states.ts';

const Certificate = z.object({
  certificateId: z.string(),
  number: z.string(),
  srfId: z.string(),
  itemId: z.string(),
});
const Moved = z.object({
  srfId: z.string(),
  number: z.string().nullable(),
  action: z.string(),
  from: z.enum(srfStates),
  to: z.enum(srfStates),
});

const masterData = [
  ['calibration.customer', 'A customer'],
  ['calibration.equipment', 'Equipment'],
  ['calibration.procedure', 'A procedure'],
  ['calibration.standard', 'A reference standard'],
] as const;

/** What subscribers hear of calibration. */
export const calibrationEvents: EventTable = {
  ...Object.assign(
    {},
    ...masterData.map(([kind, noun]) =>
      recordEvents(
        kind,
        noun,
        'created',
        'changed',
        'deactivated',
        'reactivated',
        'deleted',
        'rolled_back',
        'signed',
      ),
    ),
  ),
  ...recordEvents('calibration.srf', 'A service request', 'created', 'changed', 'rolled_back'),
  'calibration.srf.moved': { summary: 'A service request came into another state.', data: Moved },
  'calibration.observation.taken': { summary: 'Readings were taken.' },
  'calibration.observation.corrected': { summary: 'Readings were corrected, with a reason.' },
  'calibration.certificate.requested': { summary: 'A certificate is being made.' },
  'calibration.certificate.found': { summary: 'A certificate that was asked for is there already.' },
  'calibration.certificate.issued': {
    summary: 'A certificate was issued; its PDF can be fetched.',
    data: Certificate.extend({
      revision: z.int(),
      sha256: z.string(),
      links: z.record(z.string(), z.string()),
    }),
  },
  'calibration.certificate.revoked': { summary: 'A certificate is no longer valid.', data: Certificate },
  'calibration.certificate.withdrawn': {
    summary: 'A certificate that was being made will not be issued.',
    data: Certificate,
  },
  ...recordEvents('calibration.certificate', 'A certificate', 'rolled_back', 'signed'),
};
