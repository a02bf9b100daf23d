import * as z from 'zod';
import { defineRecord } from '../../platform/records/index.ts';
import { DayText, LimitField, LongText, RangeField, recordFields, ShortText, Status } from './schema.ts';

/** A reference standard with what its own certificate says about it. */
export const Standard = z.strictObject({
  description: ShortText,
  maker: ShortText,
  model: ShortText,
  serial: ShortText,
  assetNumber: ShortText,
  certificateNumber: ShortText,
  laboratory: ShortText,
  traceability: LongText,
  issuedAt: DayText,
  /** The last day on which it may be used. */
  validUntil: DayText,
  /** Expanded uncertainty of its certificate, and the coverage factor and degrees of freedom of that. */
  uncertainty: LimitField,
  coverageFactor: z.number().positive().max(20),
  degreesOfFreedom: z.number().positive().optional(),
  /** The largest change since the certificate, either way. */
  drift: LimitField.optional(),
  range: RangeField.optional(),
  status: Status,
});
export type StandardData = z.infer<typeof Standard>;

export const StandardView = Standard.extend(recordFields);
export const NewStandard = Standard.omit({ status: true });

/** A standard as it was when an observation used it, so that a later certificate of it changes no result. */
export const StandardAsUsed = Standard.omit({ status: true }).extend({
  id: z.string(),
  version: z.number().int(),
});
export type StandardAsUsed = z.infer<typeof StandardAsUsed>;

export const standardKind = defineRecord({
  name: 'calibration.standard',
  prefix: 'std',
  home: 'own',
  schema: Standard,
  indexed: standard => ({
    serial: standard.serial,
    assetNumber: standard.assetNumber,
    validUntil: standard.validUntil,
    status: standard.status,
  }),
  sorted: ({ assetNumber, validUntil }) => ({ assetNumber, validUntil }),
  searchable: ({ assetNumber, serial, description, certificateNumber, maker, model }) =>
    [assetNumber, serial, description, certificateNumber, maker, model].map(text => ({ text })),
  readPermission: 'calibration.standard:read',
  // What was measured with it stays traceable to it.
  usedBy: [{ kind: 'calibration.observation', field: 'standardId', copied: true }],
  rollback: {
    permission: 'calibration.standard:write',
    to: (now, then) => ({ data: { ...then, status: now.status } }),
  },
});

/** Why a standard may not be used on a day (`YYYY-MM-DD`), or undefined when it may. */
export function whyUnusable(
  standard: Pick<StandardData, 'status' | 'validUntil' | 'issuedAt'>,
  day: string,
): 'inactive' | 'expired' | 'not_yet_valid' | undefined {
  if (standard.status !== 'active') return 'inactive';
  if (day > standard.validUntil) return 'expired';
  return day < standard.issuedAt ? 'not_yet_valid' : undefined;
}
