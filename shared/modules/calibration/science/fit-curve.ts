import { parseUnit } from '../../../kernel/quantities/index.ts';
import { defaultCoverageProbability } from './coverage.ts';
import { chiSquaredTail } from './gamma.ts';
import { solveLeastSquares } from './least-squares.ts';
import { finite, ScienceError } from './science-error.ts';
import { studentCoverage } from './student.ts';

/** A calibration point; `uncertainty` is the standard uncertainty of y. */
export type CurvePoint = Readonly<{ x: number; y: number; uncertainty?: number | undefined }>;

export type CurveInput = Readonly<{
  points: readonly CurvePoint[];
  /** 1 for a straight line; less than the number of distinct x. */
  degree: number;
  xUnit: string;
  yUnit: string;
}>;

export type CurveCoefficient = Readonly<{
  power: number;
  value: number;
  standardUncertainty: number;
  unit: string;
}>;

/**
 * A polynomial fitted to points. When every point states its uncertainty the fit is weighted with 1/u², its
 * covariance follows from them and chi-squared tells whether they explain the scatter. Otherwise all weigh the
 * same and the covariance follows from the residuals.
 */
export type CurveFit = Readonly<{
  degree: number;
  xUnit: string;
  yUnit: string;
  weighted: boolean;
  /** Ascending powers of x. */
  coefficients: readonly CurveCoefficient[];
  /** Covariance of the coefficients, in their order. */
  covariance: readonly (readonly number[])[];
  residuals: readonly Readonly<{
    x: number;
    y: number;
    fitted: number;
    residual: number;
    /** Residual over its point's uncertainty (or the residual standard deviation); null when that is zero. */
    standardized: number | null;
  }>[];
  dof: number;
  /** √(Σ residual²/dof); null when no degree of freedom is left. */
  residualStandardDeviation: number | null;
  rSquared: number;
  /** Only for weighted fits: Σ (residual/u)², and the probability of so large a one by chance. */
  chiSquared: number | null;
  chiSquaredProbability: number | null;
  domain: Readonly<{ low: number; high: number }>;
  /** The same polynomial in t = (x − centre)/halfWidth, which keeps its digits; used to evaluate. */
  scaled: Readonly<{
    centre: number;
    halfWidth: number;
    coefficients: readonly number[];
    covariance: readonly (readonly number[])[];
  }>;
}>;

export type CurveValue = Readonly<{
  x: number;
  y: number;
  standardUncertainty: number;
  coverageFactor: number;
  expandedUncertainty: number;
  /** True outside the range of the points: the band says nothing of the curve's shape there. */
  extrapolated: boolean;
}>;

/**
 * Fits a polynomial by weighted least squares with an orthogonal decomposition in a scaled variable.
 * Throws ScienceError `too_few_points`, `rank_deficient`, `impossible_parameter`, `not_a_number`; UnitError.
 */
export function fitCurve(input: CurveInput): CurveFit {
  const { points, degree } = input;
  validate(input);
  const weighted = points.every(point => point.uncertainty !== undefined);
  const xs = points.map(point => point.x);
  const domain = { low: Math.min(...xs), high: Math.max(...xs) };
  const centre = (domain.low + domain.high) / 2;
  const halfWidth = (domain.high - domain.low) / 2;
  const weights = points.map(point => (weighted ? 1 / (point.uncertainty ?? 1) : 1));
  const rows = points.map((point, index) =>
    powers((point.x - centre) / halfWidth, degree).map(power => power * (weights[index] ?? 1)),
  );
  const { solution, covariance, residualSquares } = solveLeastSquares(
    rows,
    points.map((point, index) => point.y * (weights[index] ?? 1)),
  );
  const dof = points.length - degree - 1;
  const fittedAt = (x: number) => horner(solution, (x - centre) / halfWidth);
  const raw = points.map(({ x, y }) => ({ x, y, fitted: fittedAt(x), residual: y - fittedAt(x) }));
  const squares = raw.reduce((sum, { residual }) => sum + residual * residual, 0);
  const deviation = dof > 0 ? Math.sqrt(squares / dof) : null;
  const scaledCovariance = covariance.map(row =>
    row.map(value => value * (weighted ? 1 : (deviation ?? 0) ** 2)),
  );
  const scaled = { centre, halfWidth, coefficients: solution, covariance: scaledCovariance };
  const mean = points.reduce((sum, point) => sum + point.y, 0) / points.length;
  const total = points.reduce((sum, point) => sum + (point.y - mean) ** 2, 0);
  return {
    ...{ degree, xUnit: input.xUnit, yUnit: input.yUnit, weighted },
    ...unscale(scaled, input),
    residuals: raw.map((row, index) => {
      const size = weighted ? points[index]?.uncertainty : deviation;
      return { ...row, standardized: size ? row.residual / size : null };
    }),
    dof,
    residualStandardDeviation: deviation,
    rSquared: total === 0 ? 1 : 1 - squares / total,
    chiSquared: weighted ? residualSquares : null,
    chiSquaredProbability: weighted && dof > 0 ? chiSquaredTail(residualSquares, dof) : null,
    domain,
    scaled,
  };
}

/**
 * Value of a fitted curve at x with its confidence band. The coverage factor is Student's t for the fit's degrees
 * of freedom, or of the normal distribution when the points' uncertainties were given.
 */
export function evaluateCurve(
  fit: CurveFit,
  x: number,
  coverageProbability: number = defaultCoverageProbability,
): CurveValue {
  const { centre, halfWidth, coefficients, covariance } = fit.scaled;
  const basis = powers((finite(x, 'x') - centre) / halfWidth, fit.degree);
  const variance = basis.reduce(
    (sum, left, row) =>
      sum +
      left * basis.reduce((inner, right, column) => inner + right * (covariance[row]?.[column] ?? 0), 0),
    0,
  );
  const standardUncertainty = Math.sqrt(Math.max(0, variance));
  const dof = fit.weighted || fit.dof === 0 ? Number.POSITIVE_INFINITY : fit.dof;
  const coverageFactor = studentCoverage(coverageProbability, dof);
  return {
    x,
    y: horner(coefficients, (x - centre) / halfWidth),
    standardUncertainty,
    coverageFactor,
    expandedUncertainty: coverageFactor * standardUncertainty,
    extrapolated: x < fit.domain.low || x > fit.domain.high,
  };
}

function validate({ points, degree, xUnit, yUnit }: CurveInput): void {
  parseUnit(xUnit);
  parseUnit(yUnit);
  if (!Number.isInteger(degree) || degree < 1) throw new ScienceError('impossible_parameter', 'degree');
  for (const { x, y, uncertainty } of points) {
    finite(x, 'x');
    finite(y, 'y');
    if (uncertainty !== undefined && !(finite(uncertainty, 'uncertainty') > 0))
      throw new ScienceError('zero_uncertainty', 'points');
  }
  if (new Set(points.map(point => point.x)).size <= degree)
    throw new ScienceError('too_few_points', 'points');
}

function powers(t: number, degree: number): number[] {
  const values = [1];
  for (let power = 1; power <= degree; power += 1) values.push((values.at(-1) ?? 1) * t);
  return values;
}

function horner(coefficients: readonly number[], t: number): number {
  return coefficients.reduceRight((sum, coefficient) => sum * t + coefficient, 0);
}

/** Coefficients of powers of x from those of t, by the binomial theorem. */
function unscale(
  scaled: CurveFit['scaled'],
  units: { xUnit: string; yUnit: string },
): Pick<CurveFit, 'coefficients' | 'covariance'> {
  const { centre, halfWidth, coefficients, covariance } = scaled;
  const transform = coefficients.map((_, power) =>
    coefficients.map((__, from) =>
      from < power ? 0 : (binomial(from, power) * (-centre) ** (from - power)) / halfWidth ** from,
    ),
  );
  const product = (left: readonly number[], right: readonly number[]) =>
    left.reduce((sum, value, index) => sum + value * (right[index] ?? 0), 0);
  const half = transform.map(row => covariance.map(column => product(row, column)));
  const full = half.map(row => transform.map(column => product(row, column)));
  return {
    coefficients: transform.map((row, power) => ({
      power,
      value: product(row, coefficients),
      standardUncertainty: Math.sqrt(Math.max(0, full[power]?.[power] ?? 0)),
      unit: coefficientUnit(units.xUnit, units.yUnit, power),
    })),
    covariance: full,
  };
}

function binomial(n: number, k: number): number {
  let value = 1;
  for (let i = 1; i <= k; i += 1) value = (value * (n - k + i)) / i;
  return value;
}

function coefficientUnit(xUnit: string, yUnit: string, power: number): string {
  if (power === 0 || xUnit === '1') return yUnit;
  if (power === 1 && xUnit === yUnit) return '1';
  // A slash divides by one factor only, so each power of x gets its own.
  return `${yUnit}${`/${xUnit}`.repeat(power)}`;
}
