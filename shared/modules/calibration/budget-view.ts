import * as z from 'zod';
import type { EvaluatedPoint } from './evaluate-item.ts';
import { Run } from './observation.ts';
import { DecisionRuleField } from './schema.ts';
import { type CurveFit, evaluateCurve } from './science/index.ts';

const Limits = z.strictObject({ lower: z.number().nullable(), upper: z.number().nullable() });

const Line = z.strictObject({
  name: z.string(),
  symbol: z.string(),
  type: z.enum(['A', 'B']),
  estimate: z.number(),
  unit: z.string(),
  distribution: z.string(),
  value: z.number().meta({ description: 'What the divisor divides.' }),
  divisor: z.number(),
  standardUncertainty: z.number(),
  sensitivity: z.number(),
  sensitivityUnit: z.string(),
  dof: z.number().nullable().meta({ description: 'Degrees of freedom; null for infinitely many.' }),
  contribution: z.number(),
  percent: z.number().meta({ description: 'Share of the combined variance.' }),
  source: z.string().nullable(),
});

const Conformity = z.strictObject({
  verdict: z.enum(['pass', 'conditional_pass', 'conditional_fail', 'fail']),
  rule: DecisionRuleField,
  tolerance: Limits,
  guardBand: z.number(),
  acceptance: Limits.nullable(),
  conformanceProbability: z.number(),
  falseAcceptProbability: z.number().nullable(),
  falseRejectProbability: z.number().nullable(),
  testUncertaintyRatio: z.number().nullable(),
});

const Point = z.strictObject({
  pointId: z.string(),
  run: Run,
  unit: z.string(),
  nominal: z.number(),
  reference: z.number(),
  readings: z.array(z.number()),
  meanReading: z.number(),
  standardDeviation: z.number().nullable(),
  measured: z.number(),
  error: z.number(),
  lines: z.array(Line),
  combinedStandardUncertainty: z.number(),
  effectiveDof: z.number().nullable(),
  coverageMethod: z.string(),
  coverageFactor: z.number(),
  coverageProbability: z.number(),
  expandedUncertainty: z.number(),
  cmcApplied: z.boolean(),
  formatted: z.strictObject({
    reference: z.string(),
    measured: z.string(),
    error: z.string(),
    correction: z.string(),
    expandedUncertainty: z.string(),
    coverageFactor: z.string(),
    unit: z.string(),
    decimals: z.number().int(),
  }),
  conformity: Conformity.nullable(),
  warnings: z.array(z.string()),
});

const Curve = z.strictObject({
  run: Run,
  degree: z.number().int(),
  xUnit: z.string(),
  yUnit: z.string(),
  coefficients: z.array(
    z.strictObject({
      power: z.number(),
      value: z.number(),
      standardUncertainty: z.number(),
      unit: z.string(),
    }),
  ),
  residuals: z.array(
    z.strictObject({
      x: z.number(),
      y: z.number(),
      fitted: z.number(),
      residual: z.number(),
      standardized: z.number().nullable(),
    }),
  ),
  dof: z.number(),
  rSquared: z.number(),
  chiSquared: z.number().nullable(),
  chiSquaredProbability: z.number().nullable(),
  band: z
    .array(z.strictObject({ x: z.number(), y: z.number(), expandedUncertainty: z.number() }))
    .meta({ description: 'The curve at every point, with the half-width of its 95 % confidence band.' }),
});

/** Every observed point of an item worked out line by line, and the curve through the final results. */
export const BudgetView = z.strictObject({
  srfId: z.string(),
  itemId: z.string(),
  points: z.array(Point),
  curve: Curve.nullable(),
});

/** One evaluated point as clients see it. */
export function pointView({ pointId, run, result }: EvaluatedPoint): z.infer<typeof Point> {
  const { budget, model: _model, formatted, conformity, warnings, readings, ...numbers } = result;
  const { lines, coverageMethod, cmcApplied } = budget;
  return {
    ...{ ...numbers, pointId, run, coverageMethod, cmcApplied, formatted },
    readings: [...readings],
    lines: [...lines],
    conformity: conformity === null ? null : conformity,
    warnings: [...warnings],
  };
}

/** A fitted curve as clients see it. */
export function curveView(fit: CurveFit, run: z.infer<typeof Run>): z.infer<typeof Curve> {
  const { degree, xUnit, yUnit, dof, rSquared, chiSquared, chiSquaredProbability } = fit;
  return {
    ...{ run, degree, xUnit, yUnit, dof, rSquared, chiSquared, chiSquaredProbability },
    coefficients: [...fit.coefficients],
    residuals: [...fit.residuals],
    band: fit.residuals.map(({ x }) => {
      const { y, expandedUncertainty } = evaluateCurve(fit, x);
      return { x, y, expandedUncertainty };
    }),
  };
}
