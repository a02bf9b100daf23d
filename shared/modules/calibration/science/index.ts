export { type AccuracyPoint, type AccuracySpecification, permittedError } from './accuracy.ts';
export {
  type Budget,
  type BudgetLine,
  type BudgetOptions,
  type BudgetRow,
  computeBudget,
} from './budget.ts';
export {
  type Conformity,
  conformanceProbability,
  type DecisionRule,
  decide,
  type Judged,
  type Tolerance,
  type Verdict,
} from './conformity.ts';
export type { Correlation, CorrelationTerm } from './correlation.ts';
export type { Coverage, CoverageMethod } from './coverage.ts';
export { evaluatePoint } from './evaluate-point.ts';
export {
  type CurveCoefficient,
  type CurveFit,
  type CurveInput,
  type CurvePoint,
  type CurveValue,
  evaluateCurve,
  fitCurve,
} from './fit-curve.ts';
export {
  checkBudget,
  type Interval,
  type MonteCarloCheck,
  type MonteCarloInput,
  type MonteCarloResult,
  propagateByMonteCarlo,
  type RandomInput,
} from './monte-carlo.ts';
export type { Contribution, PointInput, PointResult, PointWarning, ReferenceInput } from './point.ts';
export {
  type FormattedResult,
  formatDecimal,
  formatResult,
  formatUncertainty,
  type RoundingMode,
} from './rounding.ts';
export { ScienceError, type ScienceErrorCode } from './science-error.ts';
export { type MeasurementModel, sensitivitiesOf } from './sensitivity.ts';
export { type ThermalInput, thermalExpansionRows } from './thermal-expansion.ts';
export { pool, type Sample, summarize } from './type-a.ts';
export {
  type Distribution,
  dofFromReliability,
  type Spread,
  type StandardUncertainty,
  standardize,
} from './type-b.ts';
