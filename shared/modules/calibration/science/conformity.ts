import { normalCdf, normalQuantile } from './normal.ts';
import { finite, notNegative, ScienceError } from './science-error.ts';
import { studentCdf, studentCoverage } from './student.ts';

/** Permitted errors; null where there is no limit on that side. At least one side is limited. */
export type Tolerance = Readonly<{ lower: number | null; upper: number | null }>;

export type DecisionRule =
  | Readonly<{ kind: 'simple_acceptance' }>
  /** Guard band w = factor · U; the factor is 1 unless given (ILAC-G8:09/2019 clause 5). */
  | Readonly<{ kind: 'guard_band'; factor?: number | undefined }>
  /** Accept only when the specific probability of false accept is at most this (JCGM 106:2012 clause 9). */
  | Readonly<{ kind: 'false_accept_limit'; probability: number }>;

export type Verdict = 'pass' | 'conditional_pass' | 'conditional_fail' | 'fail';

/** A value to judge, in one unit. `dof` null or absent: normally distributed, otherwise a scaled t. */
export type Judged = Readonly<{
  value: number;
  standardUncertainty: number;
  expandedUncertainty: number;
  dof?: number | null | undefined;
}>;

/** A statement of conformity with everything needed to check it. */
export type Conformity = Readonly<{
  verdict: Verdict;
  rule: DecisionRule;
  tolerance: Tolerance;
  /** Width of the guard band; for two-sided limits under `false_accept_limit` the wider of the two. */
  guardBand: number;
  /** Limits of the acceptance interval; null when the uncertainty leaves no room for one. */
  acceptance: Tolerance | null;
  /** Probability that the true value lies within tolerance (JCGM 106:2012 clause 7). */
  conformanceProbability: number;
  /** Risk of having accepted a bad item; null when the verdict is not a pass of any kind. */
  falseAcceptProbability: number | null;
  /** Risk of having refused a good item; null when the verdict is a pass of any kind. */
  falseRejectProbability: number | null;
  /** Half the tolerance over U; null with a one-sided tolerance. */
  testUncertaintyRatio: number | null;
}>;

/** Probability that the true value lies within the tolerance, given the value and its uncertainty. */
export function conformanceProbability(judged: Judged, tolerance: Tolerance): number {
  const cdf = (limit: number) => {
    const z = (limit - judged.value) / judged.standardUncertainty;
    return judged.dof ? studentCdf(z, judged.dof) : normalCdf(z);
  };
  const beyond =
    (tolerance.lower === null ? 0 : cdf(tolerance.lower)) +
    (tolerance.upper === null ? 0 : cdf(2 * judged.value - tolerance.upper));
  return Math.min(1, Math.max(0, 1 - beyond));
}

/**
 * Judges a value against a tolerance under a decision rule. Simple acceptance gives pass or fail; rules with a
 * guard band give four verdicts (ILAC-G8:09/2019 4.2.3). A value on a limit is inside it.
 * Throws ScienceError `impossible_parameter`, `zero_uncertainty`.
 */
export function decide(judged: Judged, tolerance: Tolerance, rule: DecisionRule): Conformity {
  validate(judged, tolerance);
  const probability = conformanceProbability(judged, tolerance);
  const acceptance = acceptanceInterval(judged, tolerance, rule);
  const guardBand = bandWidth(judged, tolerance, rule, acceptance);
  const verdict = verdictOf(judged, tolerance, rule, acceptance, guardBand);
  const accepted = verdict === 'pass' || verdict === 'conditional_pass';
  const { lower, upper } = tolerance;
  return {
    verdict,
    rule,
    tolerance,
    guardBand,
    acceptance,
    conformanceProbability: probability,
    falseAcceptProbability: accepted ? 1 - probability : null,
    falseRejectProbability: accepted ? null : probability,
    testUncertaintyRatio:
      lower === null || upper === null ? null : (upper - lower) / 2 / judged.expandedUncertainty,
  };
}

function validate(judged: Judged, tolerance: Tolerance): void {
  finite(judged.value, 'value');
  if (!(notNegative(judged.standardUncertainty, 'standardUncertainty') > 0))
    throw new ScienceError('zero_uncertainty', 'standardUncertainty');
  if (!(notNegative(judged.expandedUncertainty, 'expandedUncertainty') > 0))
    throw new ScienceError('zero_uncertainty', 'expandedUncertainty');
  if (tolerance.lower === null && tolerance.upper === null)
    throw new ScienceError('impossible_parameter', 'tolerance');
  if (limitsOf(tolerance).low > limitsOf(tolerance).high)
    throw new ScienceError('impossible_parameter', 'tolerance');
}

function limitsOf(interval: Tolerance): { low: number; high: number } {
  return {
    low: interval.lower ?? Number.NEGATIVE_INFINITY,
    high: interval.upper ?? Number.POSITIVE_INFINITY,
  };
}

function isInside(value: number, interval: Tolerance, widenedBy = 0): boolean {
  const { low, high } = limitsOf(interval);
  // A limit such as 0.05 % of 10.1 V is itself a rounded product; a few units of that must not decide.
  const slack = 1e-13 * Math.max(Math.abs(interval.lower ?? 0), Math.abs(interval.upper ?? 0), widenedBy);
  return value >= low - widenedBy - slack && value <= high + widenedBy + slack;
}

function narrowed(tolerance: Tolerance, byLow: number, byHigh: number): Tolerance | null {
  const interval = {
    lower: tolerance.lower === null ? null : tolerance.lower + byLow,
    upper: tolerance.upper === null ? null : tolerance.upper - byHigh,
  };
  const { low, high } = limitsOf(interval);
  return low <= high ? interval : null;
}

function guardFactor(rule: DecisionRule): number {
  if (rule.kind !== 'guard_band') return 0;
  return notNegative(rule.factor ?? 1, 'guard band factor');
}

function acceptanceInterval(judged: Judged, tolerance: Tolerance, rule: DecisionRule): Tolerance | null {
  if (rule.kind === 'false_accept_limit') return riskInterval(judged, tolerance, rule.probability);
  const band = guardFactor(rule) * judged.expandedUncertainty;
  return narrowed(tolerance, band, band);
}

/** All values whose specific risk is at most `risk`. With two limits the risks of both sides add up. */
function riskInterval(judged: Judged, tolerance: Tolerance, risk: number): Tolerance | null {
  if (!(risk > 0 && risk < 0.5)) throw new ScienceError('impossible_parameter', 'false accept probability');
  const { lower, upper } = tolerance;
  if (lower === null || upper === null) {
    const quantile = judged.dof ? studentCoverage(1 - 2 * risk, judged.dof) : -normalQuantile(risk);
    const band = quantile * judged.standardUncertainty;
    return narrowed(tolerance, band, band);
  }
  const isSafe = (value: number) => 1 - conformanceProbability({ ...judged, value }, tolerance) <= risk;
  let inner = (lower + upper) / 2;
  if (!isSafe(inner)) return null;
  let outer = upper;
  for (let step = 0; step < 80; step += 1) {
    const middle = (inner + outer) / 2;
    if (isSafe(middle)) inner = middle;
    else outer = middle;
  }
  return { lower: lower + (upper - inner), upper: inner };
}

function bandWidth(
  judged: Judged,
  tolerance: Tolerance,
  rule: DecisionRule,
  acceptance: Tolerance | null,
): number {
  if (rule.kind !== 'false_accept_limit') return guardFactor(rule) * judged.expandedUncertainty;
  const { lower, upper } = tolerance;
  if (acceptance === null) return ((upper ?? 0) - (lower ?? 0)) / 2;
  if (upper !== null && acceptance.upper !== null) return upper - acceptance.upper;
  return (acceptance.lower ?? 0) - (lower ?? 0);
}

function verdictOf(
  judged: Judged,
  tolerance: Tolerance,
  rule: DecisionRule,
  acceptance: Tolerance | null,
  guardBand: number,
): Verdict {
  if (acceptance && isInside(judged.value, acceptance)) return 'pass';
  if (isInside(judged.value, tolerance))
    return rule.kind === 'simple_acceptance' ? 'fail' : 'conditional_pass';
  return guardBand > 0 && isInside(judged.value, tolerance, guardBand) ? 'conditional_fail' : 'fail';
}
