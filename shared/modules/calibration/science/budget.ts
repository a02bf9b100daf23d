import { factorBetween, multiplyUnits, parseUnit } from '../../../kernel/quantities/index.ts';
import { type Correlation, type CorrelationTerm, combine } from './correlation.ts';
import {
  type CoverageMethod,
  defaultCoverageProbability,
  dominantFactor,
  effectiveDof,
  studentFactor,
  truncateDof,
} from './coverage.ts';
import { finite, notNegative, ScienceError } from './science-error.ts';
import { type Distribution, type Spread, standardize } from './type-b.ts';

/** One input of a budget. Uncertainty and estimate are in `unit`; sensitivity × unit must give the result's unit. */
export type BudgetRow = Readonly<{
  name: string;
  symbol: string;
  type: 'A' | 'B';
  estimate: number;
  unit: string;
  spread: Spread;
  /** ∂(result)/∂(input); 1 unless given. */
  sensitivity?: number | undefined;
  sensitivityUnit?: string | undefined;
  /** Degrees of freedom; null or absent means infinitely many. */
  dof?: number | null | undefined;
  source?: string | undefined;
}>;

/** A budget row with everything that is printed. `contribution` is signed and in the result's unit. */
export type BudgetLine = Readonly<{
  name: string;
  symbol: string;
  type: 'A' | 'B';
  estimate: number;
  unit: string;
  distribution: Distribution;
  /** Half-width, expanded uncertainty or standard deviation: what the divisor divides. */
  value: number;
  divisor: number;
  standardUncertainty: number;
  sensitivity: number;
  sensitivityUnit: string;
  dof: number | null;
  contribution: number;
  /** Share of the combined variance, in percent; correlation terms have their own shares. */
  percent: number;
  source: string | null;
}>;

export type BudgetOptions = Readonly<{
  coverageProbability?: number | undefined;
  /** `dominant` applies EA-4/02 S9 and S10 where rectangular contributions dominate; otherwise Student's t. */
  coverage?: 'student_t' | 'dominant' | undefined;
  correlations?: readonly Correlation[] | undefined;
  /** Smallest expanded uncertainty that the laboratory is accredited for (CMC), in the result's unit. */
  cmc?: number | undefined;
}>;

/** A complete budget; `null` degrees of freedom mean infinitely many. All uncertainties are in `unit`. */
export type Budget = Readonly<{
  unit: string;
  lines: readonly BudgetLine[];
  correlations: readonly CorrelationTerm[];
  combinedStandardUncertainty: number;
  effectiveDof: number | null;
  /** The truncated value that the coverage factor was taken at. */
  usedDof: number | null;
  /** False when inputs are correlated, for which Welch-Satterthwaite does not hold (GUM G.4.1): check by Monte Carlo. */
  dofValid: boolean;
  coverageProbability: number;
  coverageMethod: CoverageMethod;
  coverageFactor: number;
  /** Coverage factor × combined standard uncertainty, before the CMC floor. */
  computedExpandedUncertainty: number;
  cmc: number | null;
  cmcApplied: boolean;
  /** What is reported: the computed one or the CMC, whichever is larger. Not rounded. */
  expandedUncertainty: number;
}>;

/**
 * Uncertainty budget by the law of propagation (GUM 5.1.2 and 5.2.2), Welch-Satterthwaite (G.4.1) and a coverage
 * factor from Student's t (G.6.4), never below the CMC (ILAC-P14:09/2020 clause 5).
 * Throws ScienceError for meaningless numbers, `zero_uncertainty` for an empty budget, UnitError for units.
 */
export function computeBudget(unit: string, rows: readonly BudgetRow[], options: BudgetOptions = {}): Budget {
  refuseDuplicates(rows);
  const bare = rows.map(row => computeLine(row, unit));
  const { combined, terms } = combine(bare, options.correlations ?? []);
  if (!(combined > 0)) throw new ScienceError('zero_uncertainty', unit);
  const lines = bare.map(line => ({ ...line, percent: 100 * (line.contribution / combined) ** 2 }));
  const finiteDof = lines.map(line => ({
    contribution: line.contribution,
    dof: line.dof ?? Number.POSITIVE_INFINITY,
  }));
  const effective = effectiveDof(combined, finiteDof);
  const used = effective === Number.POSITIVE_INFINITY ? effective : truncateDof(effective);
  const probability = options.coverageProbability ?? defaultCoverageProbability;
  const shapes = lines.map(line => ({
    rectangular: line.distribution === 'rectangular',
    contribution: line.contribution,
  }));
  const dominant =
    options.coverage === 'dominant' && terms.length === 0 ? dominantFactor(probability, shapes) : undefined;
  const coverage = dominant ?? studentFactor(probability, used);
  const computed = coverage.factor * combined;
  const cmc = options.cmc === undefined ? null : notNegative(options.cmc, 'cmc');
  return {
    unit,
    lines,
    correlations: terms,
    combinedStandardUncertainty: combined,
    effectiveDof: orNull(effective),
    usedDof: orNull(used),
    dofValid: terms.length === 0,
    coverageProbability: probability,
    coverageMethod: coverage.method,
    coverageFactor: coverage.factor,
    computedExpandedUncertainty: computed,
    cmc,
    cmcApplied: cmc !== null && cmc > computed,
    expandedUncertainty: Math.max(computed, cmc ?? 0),
  };
}

function computeLine(row: BudgetRow, resultUnit: string): BudgetLine {
  const { distribution, value, divisor, standardUncertainty } = standardize(row.spread, row.symbol);
  const sensitivity = finite(row.sensitivity ?? 1, row.symbol);
  const sensitivityUnit = row.sensitivityUnit ?? '1';
  const product = multiplyUnits(parseUnit(sensitivityUnit), parseUnit(row.unit));
  const toResult = factorBetween(product, parseUnit(resultUnit));
  const dof = row.dof ?? null;
  if (dof !== null && !(dof > 0)) throw new ScienceError('impossible_parameter', row.symbol);
  return {
    name: row.name,
    symbol: row.symbol,
    type: row.type,
    estimate: finite(row.estimate, row.symbol),
    unit: row.unit,
    distribution,
    value,
    divisor,
    standardUncertainty,
    sensitivity,
    sensitivityUnit,
    dof: dof === null ? null : orNull(dof),
    contribution: sensitivity * standardUncertainty * toResult,
    percent: 0,
    source: row.source ?? null,
  };
}

function refuseDuplicates(rows: readonly BudgetRow[]): void {
  const seen = new Set<string>();
  for (const { symbol } of rows) {
    if (seen.has(symbol)) throw new ScienceError('duplicate_symbol', symbol);
    seen.add(symbol);
  }
}

// JSON has no infinity; null stands for it wherever degrees of freedom leave the computation.
function orNull(dof: number): number | null {
  return Number.isFinite(dof) ? dof : null;
}
