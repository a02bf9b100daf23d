import { studentCoverage } from './student.ts';

/** 95.45 %: what k = 2 covers of a normal distribution (EA-4/02 5.1, ILAC-P14). */
export const defaultCoverageProbability = 0.9545;

export type CoverageMethod = 'student_t' | 'rectangular' | 'trapezoidal';

export type Coverage = Readonly<{ method: CoverageMethod; probability: number; factor: number }>;

/** One contribution to the result, as far as the shape of the result's distribution depends on it. */
export type Shape = Readonly<{ rectangular: boolean; contribution: number }>;

/**
 * Effective degrees of freedom by Welch-Satterthwaite (GUM G.4.1, equation G.2b). `Infinity` when every row
 * with a contribution has infinitely many.
 */
export function effectiveDof(
  combined: number,
  rows: readonly { contribution: number; dof: number }[],
): number {
  const sum = rows.reduce((total, row) => total + row.contribution ** 4 / row.dof, 0);
  return sum === 0 ? Number.POSITIVE_INFINITY : combined ** 4 / sum;
}

/** The integer that goes into the t table: the next lower one (GUM G.4.1), and never less than one. */
export function truncateDof(dof: number): number {
  // A quotient of sums of fourth powers carries a few units of rounding: 17.999999999999996 is 18.
  return Math.max(1, Math.floor(dof * (1 + 1e-12)));
}

/** Coverage factor from Student's t for a whole number of degrees of freedom (GUM G.6.4); at 95.45 % ∞ gives 2.00. */
export function studentFactor(probability: number, dof: number): Coverage {
  return { method: 'student_t', probability, factor: studentCoverage(probability, dof) };
}

/**
 * Coverage factor where one or two rectangular contributions dominate, so that the result is not normally
 * distributed (EA-4/02 S9 and S10): one gives k = p√3, two give a trapezoid. They dominate when
 * the other contributions together are at most 0.3 of theirs. Returns undefined when none do.
 */
export function dominantFactor(probability: number, shapes: readonly Shape[]): Coverage | undefined {
  const [first, second, ...rest] = shapes.toSorted(
    (left, right) => Math.abs(right.contribution) - Math.abs(left.contribution),
  );
  if (!first?.rectangular) return undefined;
  const others = rest.map(shape => shape.contribution);
  if (Math.hypot(second?.contribution ?? 0, ...others) <= 0.3 * Math.abs(first.contribution))
    return { method: 'rectangular', probability, factor: probability * Math.sqrt(3) };
  if (!second?.rectangular) return undefined;
  const pair = Math.hypot(first.contribution, second.contribution);
  if (Math.hypot(...others) > 0.3 * pair) return undefined;
  const [a, b] = [Math.abs(first.contribution), Math.abs(second.contribution)];
  const beta = (a - b) / (a + b);
  return { method: 'trapezoidal', probability, factor: trapezoidalFactor(probability, beta) };
}

/** Coverage factor of a trapezoid (EA-4/02 S10); β is the ratio of the trapezoid's top to its base. Flat top only, 0 ≤ β ≤ 1. */
export function trapezoidalFactor(probability: number, beta: number): number {
  const scale = Math.sqrt((1 + beta * beta) / 6);
  // Inside the flat top the trapezoid is a rectangle; the published formula holds beyond p = 2β/(1+β).
  if (probability * (1 + beta) < 2 * beta) return (probability * (1 + beta)) / (2 * scale);
  return (1 - Math.sqrt((1 - probability) * (1 - beta * beta))) / scale;
}
