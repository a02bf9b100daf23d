import * as z from 'zod';
import { rule } from '../../kernel/index.ts';
import { areCompatible, parseUnit, UnitError } from '../../kernel/quantities/index.ts';
import type { Saved } from '../../platform/records/index.ts';
import { lineText, proseText } from '../../platform/texts/index.ts';

/** A unit of measurement that is known (SI with prefixes, and those that are used with it). */
export const UnitText = z
  .string()
  .min(1)
  .max(40)
  .refine(isUnit, rule('unit_unknown'))
  .meta({ description: 'A unit: `mm`, `µm`, `°C`, `%RH`, `V`.' });

/** Beyond this nothing is measured, and scaling to another unit could leave the range of a double. */
const LARGEST = 1e15;

/** A number that stands for something measured. */
export const Measure = z.number().min(-LARGEST).max(LARGEST);
/** The same for limits and uncertainties, which have no sign. */
export const Amplitude = z.number().nonnegative().max(LARGEST);

/** A number and its unit. The unit is never dropped. */
export const QuantityField = z.strictObject({ value: Measure, unit: UnitText });

/** `constant` (in `unit`) + `proportional` × the value that is measured, a plain ratio: 1e-6 is 1 µm/m. */
export const LimitField = z.strictObject({
  constant: Amplitude,
  proportional: Amplitude.optional(),
  unit: UnitText,
});
export type Limit = z.infer<typeof LimitField>;

export const RangeField = z
  .strictObject({ from: Measure, to: Measure, unit: UnitText })
  .refine(range => range.from <= range.to, { ...rule('range_reversed'), path: ['to'] });

export const DecisionRuleField = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('simple_acceptance') }),
  z.strictObject({ kind: z.literal('guard_band'), factor: z.number().min(0).max(5).optional() }),
  z.strictObject({
    kind: z.literal('false_accept_limit'),
    probability: z.number().gt(0).lt(0.5),
  }),
]);

export const ShortText = lineText(200);
export const LongText = proseText(2000);
export { DayText } from '../../platform/http/index.ts';
export const InstantText = z.iso.datetime();
export const RecordId = z.string().min(1).max(200);
/** How long what is no longer dealt with is kept, unless a tenant says otherwise. */
export const TEN_YEARS = { usualDays: 3653, leastDays: 365, mostDays: 36_525 } as const;

export const Status = z.enum(['active', 'inactive']);

/** Who has something to do. */
export const Person = z
  .strictObject({ user: z.string(), name: z.string().meta({ personal: true }) })
  .meta({ person: 'user' });

/** Who did something that a record must name for as long as it is kept (ISO/IEC 17025:2017, 7.5.1). */
export const Performer = z
  .strictObject({
    user: z.string(),
    name: z.string().meta({ personal: true, kept: 'ISO/IEC 17025:2017, 7.5.1' }),
  })
  .meta({ person: 'user' });

/**
 * A signature: who, as what, when, and what it means (21 CFR 11.50). `signed` is the hash of what was signed, which later
 * steps compare with what they read; `digest` is the hash of all of it together (11.70), with its form before it.
 */
export const Stamp = z
  .strictObject({
    user: z.string(),
    name: z.string().meta({ personal: true, kept: '21 CFR 11.50' }),
    position: z.string().meta({ personal: true, kept: '21 CFR 11.70' }).nullable(),
    at: InstantText,
    meaning: z.enum(['performed', 'reviewed', 'authorised']),
    signed: z.string(),
    digest: z.string(),
  })
  .meta({ person: 'user' });
export type Stamp = z.infer<typeof Stamp>;

/** What every record shows beside its data. */
export const recordFields = {
  id: z.string(),
  version: z.number().int(),
  createdAt: z.string(),
  updatedAt: z.string(),
};

/** A record as clients see it: its data, its id and its version. */
export function viewOf<T extends object>(
  record: Saved<T>,
): T & { id: string; version: number; createdAt: string; updatedAt: string } {
  const { id, version, createdAt, updatedAt, data } = record;
  return { ...data, id, version, createdAt, updatedAt };
}

/** A condition of one kind only, such as a temperature, with the expanded uncertainty (k = 2) of its measurement. */
export function conditionLike(unit: string) {
  return QuantityField.extend({ uncertainty: Amplitude.optional() }).refine(
    condition => isUnit(condition.unit) && isLike(condition.unit, unit),
    { ...rule('quantity_unlike', { unit }), path: ['unit'] },
  );
}

/** Whether both units measure the same kind of thing. Both must be known. */
export function isLike(left: string, right: string): boolean {
  return areCompatible(parseUnit(left), parseUnit(right));
}

function isUnit(text: string): boolean {
  try {
    parseUnit(text);
    return true;
  } catch (error) {
    if (error instanceof UnitError) return false;
    throw error;
  }
}
