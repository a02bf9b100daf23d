import type { Budget, BudgetLine } from './budget.ts';
import { type Correlation, choleskyFactor } from './correlation.ts';
import { defaultCoverageProbability } from './coverage.ts';
import { normalVariates, seededUniform, studentVariate, type Uniform } from './random.ts';
import { ScienceError } from './science-error.ts';
import type { Distribution } from './type-b.ts';

/** An input and the distribution that its standard uncertainty and degrees of freedom stand for. */
export type RandomInput = Readonly<{
  symbol: string;
  estimate: number;
  distribution: Distribution;
  standardUncertainty: number;
  /** For `student_t`, and for `normal` with few degrees of freedom; null or absent is infinite. */
  dof?: number | null | undefined;
  /** Only for `trapezoidal`: top over base. */
  topRatio?: number | undefined;
}>;

export type MonteCarloInput = Readonly<{
  inputs: readonly RandomInput[];
  model: (values: readonly number[]) => number;
  /** Correlated inputs are drawn from a joint normal distribution (JCGM 101:2008 6.4.8). */
  correlations?: readonly Correlation[] | undefined;
  trials: number;
  /** A whole number; the same seed repeats the run exactly. */
  seed: number;
  coverageProbability?: number | undefined;
}>;

export type Interval = Readonly<{ low: number; high: number }>;

export type MonteCarloResult = Readonly<{
  trials: number;
  seed: number;
  mean: number;
  standardUncertainty: number;
  coverageProbability: number;
  shortestInterval: Interval;
  symmetricInterval: Interval;
}>;

export const minimumTrials = 1_000;
export const maximumTrials = 5_000_000;

/**
 * Propagates distributions through a model (JCGM 101:2008 clause 7) and gives both coverage intervals (7.7,
 * 5.3.4). Throws ScienceError `impossible_parameter` for trials out of range, `not_a_number` when the model fails.
 */
export function propagateByMonteCarlo(input: MonteCarloInput): MonteCarloResult {
  const { trials, seed } = input;
  if (!Number.isInteger(trials) || trials < minimumTrials || trials > maximumTrials)
    throw new ScienceError('impossible_parameter', 'trials');
  if (!Number.isSafeInteger(seed)) throw new ScienceError('impossible_parameter', 'seed');
  const draw = drawerOf(input.inputs, input.correlations ?? [], seededUniform(seed));
  const results = new Float64Array(trials);
  for (let trial = 0; trial < trials; trial += 1) {
    const value = input.model(draw());
    if (!Number.isFinite(value)) throw new ScienceError('not_a_number', 'model');
    results[trial] = value;
  }
  results.sort();
  const coverageProbability = input.coverageProbability ?? defaultCoverageProbability;
  const origin = results[0] ?? 0;
  const mean = origin + results.reduce((sum, value) => sum + (value - origin), 0) / trials;
  const squares = results.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return {
    trials,
    seed,
    mean,
    standardUncertainty: Math.sqrt(squares / (trials - 1)),
    coverageProbability,
    ...intervalsOf(results, coverageProbability),
  };
}

function intervalsOf(
  sorted: Float64Array,
  probability: number,
): Pick<MonteCarloResult, 'shortestInterval' | 'symmetricInterval'> {
  if (!(probability > 0 && probability < 1)) throw new ScienceError('impossible_parameter', 'probability');
  const span = Math.min(sorted.length - 1, Math.round(probability * sorted.length));
  const interval = (from: number) => ({ low: sorted[from] ?? 0, high: sorted[from + span] ?? 0 });
  const width = ({ low, high }: Interval) => high - low;
  let shortest = interval(0);
  for (let from = 1; from + span < sorted.length; from += 1) {
    const candidate = interval(from);
    if (width(candidate) < width(shortest)) shortest = candidate;
  }
  return {
    shortestInterval: shortest,
    symmetricInterval: interval(Math.floor((sorted.length - span) / 2)),
  };
}

function drawerOf(
  inputs: readonly RandomInput[],
  correlations: readonly Correlation[],
  uniform: Uniform,
): () => number[] {
  const normal = normalVariates(uniform);
  const joint = jointOf(inputs, correlations);
  const single = inputs.map(input => variateOf(input, uniform, normal));
  return () => {
    const independent = joint.factor.map(normal);
    const correlated = joint.factor.map(row =>
      row.reduce((sum, value, index) => sum + value * (independent[index] ?? 0), 0),
    );
    return inputs.map((input, index) => {
      const place = joint.places.get(input.symbol);
      const deviate = place === undefined ? (single[index]?.() ?? 0) : (correlated[place] ?? 0);
      return input.estimate + input.standardUncertainty * deviate;
    });
  };
}

function jointOf(
  inputs: readonly RandomInput[],
  correlations: readonly Correlation[],
): { places: Map<string, number>; factor: number[][] } {
  const known = new Set(inputs.map(input => input.symbol));
  const symbols = [...new Set(correlations.flatMap(({ first, second }) => [first, second]))];
  for (const symbol of symbols) if (!known.has(symbol)) throw new ScienceError('unknown_symbol', symbol);
  const coefficient = (row: string, column: string) =>
    row === column
      ? 1
      : (correlations.find(({ first, second }) =>
          [first, second].every(symbol => symbol === row || symbol === column),
        )?.coefficient ?? 0);
  const factor = choleskyFactor(symbols.map(row => symbols.map(column => coefficient(row, column))));
  if (!factor) throw new ScienceError('impossible_correlation', symbols.join(', '));
  return { places: new Map(symbols.map((symbol, index) => [symbol, index])), factor };
}

/** Draws deviates with unit standard deviation; for Student's t with unit scale (JCGM 101:2008 6.4.9). */
function variateOf(input: RandomInput, uniform: Uniform, normal: () => number): () => number {
  const { dof } = input;
  const symmetric = () => 2 * uniform() - 1;
  switch (input.distribution) {
    case 'normal':
    case 'student_t':
      return dof ? () => studentVariate(dof, uniform, normal) : normal;
    case 'rectangular':
      return () => Math.sqrt(3) * symmetric();
    case 'triangular':
      return () => Math.sqrt(6) * (uniform() - uniform());
    case 'u_shaped':
      return () => Math.SQRT2 * Math.sin(Math.PI * symmetric());
    case 'trapezoidal': {
      const beta = input.topRatio ?? 0;
      const halfWidth = Math.sqrt(6 / (1 + beta * beta));
      return () => (halfWidth * ((1 + beta) * symmetric() + (1 - beta) * symmetric())) / 2;
    }
  }
}

/** A budget checked by Monte Carlo; `agrees` is the validation of JCGM 101:2008 clause 8. */
export type MonteCarloCheck = MonteCarloResult &
  Readonly<{ gumInterval: Interval; tolerance: number; agrees: boolean }>;

/**
 * Checks value ± U of a budget against the propagation of its distributions: both ends must agree within half a
 * unit of the second significant digit of u (JCGM 101:2008 7.9.2 and 8.1).
 */
export function checkBudget(
  value: number,
  budget: Budget,
  options: Readonly<{ trials: number; seed: number }>,
): MonteCarloCheck {
  const result = propagateByMonteCarlo({
    inputs: budget.lines.map(randomInput),
    model: deviations => deviations.reduce((sum, deviation) => sum + deviation, value),
    correlations: budget.correlations.map(term => ({
      ...term,
      // Contributions carry the sign of their sensitivity away, so that of the coefficient makes up for it.
      coefficient: term.coefficient * signOf(budget, term.first) * signOf(budget, term.second),
    })),
    ...options,
    coverageProbability: budget.coverageProbability,
  });
  const half = budget.computedExpandedUncertainty;
  const gumInterval = { low: value - half, high: value + half };
  const tolerance = 0.5 * 10 ** (Math.floor(Math.log10(budget.combinedStandardUncertainty)) - 1);
  // The symmetric interval: for these symmetric distributions it is the shortest one too, with far less noise.
  const { low, high } = result.symmetricInterval;
  const agrees = Math.max(Math.abs(low - gumInterval.low), Math.abs(high - gumInterval.high)) <= tolerance;
  return { ...result, gumInterval, tolerance, agrees };
}

function randomInput(line: BudgetLine): RandomInput {
  const { distribution, divisor } = line;
  return {
    symbol: line.symbol,
    estimate: 0,
    distribution,
    standardUncertainty: Math.abs(line.contribution),
    dof: line.dof,
    topRatio: distribution === 'trapezoidal' ? Math.sqrt(Math.max(0, 6 / divisor ** 2 - 1)) : undefined,
  };
}

function signOf(budget: Budget, symbol: string): number {
  const line = budget.lines.find(candidate => candidate.symbol === symbol);
  return Math.sign(line?.contribution ?? 1) || 1;
}
