import * as z from 'zod';
import { rule } from '../../kernel/index.ts';
import { defineRecord } from '../../platform/records/index.ts';
import {
  isLike,
  LimitField,
  LongText,
  Measure,
  QuantityField,
  recordFields,
  ShortText,
  Status,
  UnitText,
} from './schema.ts';
import { openSrfStates } from './srf-states.ts';

/**
 * A number that may depend on the test point: itself, or `constant + perNominal × |nominal|`, the nominal value
 * in the procedure's unit.
 */
const Amount = z.union([Measure, z.strictObject({ constant: Measure, perNominal: Measure.optional() })]);
export type Amount = z.infer<typeof Amount>;

const SpreadField = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('standard'), standardUncertainty: Amount }),
  z.strictObject({ kind: z.literal('expanded'), expanded: Amount, coverageFactor: z.number().positive() }),
  z.strictObject({ kind: z.literal('rectangular'), halfWidth: Amount }),
  z.strictObject({ kind: z.literal('triangular'), halfWidth: Amount }),
  z.strictObject({ kind: z.literal('u_shaped'), halfWidth: Amount }),
  z.strictObject({ kind: z.literal('resolution'), digit: Amount }),
]);
export type SpreadSpecification = z.infer<typeof SpreadField>;

/** A further input of the uncertainty budget; its amounts may depend on the point. */
const ContributionField = z.strictObject({
  name: ShortText,
  symbol: ShortText.optional(),
  type: z.enum(['A', 'B']).optional(),
  estimate: Measure.optional(),
  unit: UnitText,
  spread: SpreadField,
  sensitivity: Amount.optional(),
  sensitivityUnit: UnitText.optional(),
  degreesOfFreedom: z.number().positive().optional(),
  source: ShortText.optional(),
  /** Its estimate, times the sensitivity, is added to the result. */
  corrects: z.boolean().optional(),
});
export type ContributionSpecification = z.infer<typeof ContributionField>;

export const environmentQuantities = ['temperature', 'humidity', 'pressure'] as const;

const fields = z.strictObject({
  code: ShortText,
  title: ShortText,
  version: ShortText,
  description: LongText.optional(),
  /** What is measured: `length`, `DC voltage`. */
  quantity: ShortText,
  unit: UnitText,
  /** The unit that errors and uncertainties are stated in; the procedure's own unless given. */
  errorUnit: UnitText.optional(),
  /** `indication`: the item shows readings. `substitution`: the item is a value, readings are differences. */
  model: z.enum(['indication', 'substitution']),
  testPoints: z.array(QuantityField).max(50),
  readings: z.number().int().min(1).max(100),
  /** What must be recorded with every observation; ISO/IEC 17025 7.8.4.1 b wants conditions on the certificate. */
  environment: z.array(z.enum(environmentQuantities)).min(1).max(3),
  contributions: z.array(ContributionField).max(30),
  /** A standard deviation that is known from earlier series, used in place of the scatter of the readings. */
  repeatability: z
    .strictObject({ standardDeviation: QuantityField, degreesOfFreedom: z.number().positive().optional() })
    .optional(),
  /** `dominant` applies EA-4/02 S9 and S10 where rectangular contributions dominate. */
  coverage: z.enum(['student_t', 'dominant']).optional(),
  /** The smallest uncertainty that the laboratory is accredited for; never less is reported. */
  cmc: LimitField.optional(),
  status: Status,
});

/** How a kind of instrument is calibrated, and what its uncertainty budget consists of. */
const Procedure = fields.superRefine((procedure, context) => {
  const check = (unit: string, path: (string | number)[]): void => {
    if (!isLike(unit, procedure.unit))
      context.addIssue({
        code: 'custom',
        ...rule('quantity_unlike', { unit: procedure.unit }),
        path,
      });
  };
  if (procedure.errorUnit !== undefined) check(procedure.errorUnit, ['errorUnit']);
  if (procedure.repeatability !== undefined)
    check(procedure.repeatability.standardDeviation.unit, ['repeatability', 'standardDeviation', 'unit']);
  if (procedure.cmc !== undefined) check(procedure.cmc.unit, ['cmc', 'unit']);
  for (const [index, point] of procedure.testPoints.entries())
    check(point.unit, ['testPoints', index, 'unit']);
});
export type ProcedureData = z.infer<typeof Procedure>;

export const ProcedureView = fields.extend(recordFields);
export const NewProcedure = fields
  .omit({ status: true, testPoints: true, environment: true, contributions: true })
  .extend({
    testPoints: fields.shape.testPoints.default([]),
    environment: fields.shape.environment.default(['temperature']),
    contributions: fields.shape.contributions.default([]),
  });
export const ProcedureChange = fields.omit({ status: true }).partial();

/** The procedure as it was agreed at acceptance: later versions of it change no request under way. */
export const ProcedureAsAgreed = fields.omit({ status: true, testPoints: true }).extend({ id: z.string() });
export type ProcedureAsAgreed = z.infer<typeof ProcedureAsAgreed>;

export const procedureKind = defineRecord({
  name: 'calibration.procedure',
  prefix: 'prc',
  home: 'own',
  schema: Procedure,
  indexed: procedure => ({ code: procedure.code, status: procedure.status }),
  sorted: ({ code, title }) => ({ code, title }),
  searchable: ({ code, title, quantity }) => [{ text: code }, { text: title }, { text: quantity }],
  readPermission: 'calibration.procedure:read',
  usedBy: [{ kind: 'calibration.srf', field: 'procedureIds', where: { state: openSrfStates } }],
  rollback: {
    permission: 'calibration.procedure:write',
    to: (now, then) => ({ data: { ...then, status: now.status } }),
  },
});
