import {
  convert,
  convertDifference,
  factorBetween,
  multiplyUnits,
  parseUnit,
  type Quantity,
} from '../../../kernel/quantities/index.ts';
import { type Budget, type BudgetOptions, type BudgetRow, computeBudget } from './budget.ts';
import { type Conformity, type DecisionRule, decide, type Tolerance } from './conformity.ts';
import { dominantFactor } from './coverage.ts';
import type { Contribution, PointInput, PointResult, PointWarning } from './point.ts';
import { formatDecimal, formatResult, withoutNoise } from './rounding.ts';
import { ScienceError } from './science-error.ts';
import { type Sample, summarize } from './type-a.ts';

/**
 * Evaluates one calibration point: error, uncertainty budget (GUM, EA-4/02), rounded statement and conformity
 * (ILAC-G8; guard band w = U unless a rule is given). Throws ScienceError and UnitError.
 */
export function evaluatePoint(input: PointInput): PointResult {
  const { unit, model = 'indication' } = input;
  const value = (quantity: Quantity) => convert(quantity, unit).value;
  const size = (quantity: Quantity) => convertDifference(quantity, unit).value;
  const reference = value(input.reference.value);
  const toUnit = model === 'indication' ? value : size;
  const readings = input.readings.map(reading => toUnit({ value: reading, unit: input.readingUnit ?? unit }));
  const sample = summarize(readings);
  const nominal = input.nominal ? value(input.nominal) : requireReference(model, reference);
  const { measured, error } = resultOf(model, {
    nominal,
    reference,
    mean: sample.mean,
    shift: shiftOf(input),
  });
  const rows = rowsOf(input, sample, reference);
  const budget = computeBudget(unit, rows, {
    ...optionsOf(input),
    cmc: input.cmc ? size(input.cmc) : undefined,
  });
  const text = formatResult(error, budget.expandedUncertainty, input.significantDigits);
  return {
    unit,
    model,
    nominal,
    reference,
    readings,
    meanReading: withoutNoise(sample.mean, sample.mean),
    standardDeviation: sample.standardDeviation,
    measured,
    error,
    budget,
    combinedStandardUncertainty: budget.combinedStandardUncertainty,
    effectiveDof: budget.effectiveDof,
    coverageFactor: budget.coverageFactor,
    coverageProbability: budget.coverageProbability,
    expandedUncertainty: budget.expandedUncertainty,
    formatted: {
      reference: formatDecimal(reference, text.decimals),
      measured: formatDecimal(measured, text.decimals),
      error: text.value,
      correction: formatDecimal(-error, text.decimals),
      expandedUncertainty: text.uncertainty,
      coverageFactor: formatDecimal(budget.coverageFactor, 2),
      unit,
      decimals: text.decimals,
    },
    conformity: input.tolerance ? judge(error, budget, input.tolerance, input.decisionRule) : null,
    warnings: warningsOf(input, sample, budget),
  };
}

function optionsOf(input: PointInput): BudgetOptions {
  return {
    coverageProbability: input.coverageProbability,
    coverage: input.coverage,
    correlations: input.correlations,
  };
}

function requireReference(model: 'indication' | 'substitution', reference: number): number {
  if (model === 'substitution') throw new ScienceError('impossible_parameter', 'nominal');
  return reference;
}

function resultOf(
  model: 'indication' | 'substitution',
  of: { nominal: number; reference: number; mean: number; shift: number },
): { measured: number; error: number } {
  const base = model === 'indication' ? of.mean : of.reference + of.mean;
  const against = model === 'indication' ? of.reference : of.nominal;
  const magnitude = Math.max(Math.abs(base), Math.abs(against));
  return {
    measured: withoutNoise(base + of.shift, magnitude),
    error: withoutNoise(base + of.shift - against, magnitude),
  };
}

function shiftOf(input: PointInput): number {
  return (input.contributions ?? [])
    .filter(contribution => contribution.corrects === true)
    .reduce((sum, contribution) => {
      const unit = multiplyUnits(
        parseUnit(contribution.sensitivityUnit ?? '1'),
        parseUnit(contribution.unit),
      );
      const effect = (contribution.sensitivity ?? 1) * (contribution.estimate ?? 0);
      return sum + effect * factorBetween(unit, parseUnit(input.unit));
    }, 0);
}

function rowsOf(input: PointInput, sample: Sample, reference: number): BudgetRow[] {
  const { certificate, driftLimit, source } = input.reference;
  const sign = input.model === 'substitution' ? 1 : -1;
  const rows: BudgetRow[] = [
    {
      name: 'reference',
      symbol: 'x_S',
      type: 'B',
      estimate: reference,
      unit: input.unit,
      spread: {
        kind: 'expanded',
        expanded: convertDifference(certificate.expanded, input.unit).value,
        coverageFactor: certificate.coverageFactor,
      },
      sensitivity: sign,
      dof: certificate.dof,
      source,
    },
  ];
  if (driftLimit) {
    const halfWidth = convertDifference(driftLimit, input.unit).value;
    rows.push({
      ...{
        name: 'drift',
        symbol: 'δx_S',
        type: 'B',
        estimate: 0,
        unit: input.unit,
        sensitivity: sign,
        source,
      },
      spread: { kind: 'rectangular', halfWidth },
    });
  }
  const repeatability = repeatabilityRow(input, sample);
  if (repeatability) rows.push(repeatability);
  if (input.resolution) {
    const digit = convertDifference(input.resolution, input.unit).value;
    rows.push({
      ...{ name: 'resolution', symbol: 'δx_R', type: 'B', estimate: 0, unit: input.unit },
      spread: { kind: 'resolution', digit },
    });
  }
  return [...rows, ...(input.contributions ?? []).map(contributionRow)];
}

function repeatabilityRow(input: PointInput, sample: Sample): BudgetRow | undefined {
  const known = input.repeatability;
  const standardDeviation = known
    ? convertDifference(known.standardDeviation, input.unit).value
    : sample.standardDeviation;
  if (standardDeviation === null) return undefined;
  return {
    name: 'repeatability',
    symbol: 'x̄',
    type: 'A',
    estimate: sample.mean,
    unit: input.unit,
    spread: { kind: 'readings', standardDeviation, count: sample.count },
    dof: known ? known.dof : sample.dof,
  };
}

function contributionRow(contribution: Contribution, index: number): BudgetRow {
  const { corrects: _, ...row } = contribution;
  return {
    ...row,
    symbol: contribution.symbol ?? `δx_${index + 1}`,
    type: contribution.type ?? 'B',
    estimate: contribution.estimate ?? 0,
  };
}

function judge(error: number, budget: Budget, tolerance: Tolerance, rule?: DecisionRule): Conformity {
  const { cmcApplied, expandedUncertainty } = budget;
  // Where the CMC is reported, it stands for a normal distribution with k = 2.
  const judged = {
    value: error,
    standardUncertainty: cmcApplied ? expandedUncertainty / 2 : budget.combinedStandardUncertainty,
    expandedUncertainty,
    dof: cmcApplied ? null : budget.usedDof,
  };
  return decide(judged, tolerance, rule ?? { kind: 'guard_band' });
}

function warningsOf(input: PointInput, sample: Sample, budget: Budget): PointWarning[] {
  const warnings: PointWarning[] = [];
  if (sample.standardDeviation === null && !input.repeatability) warnings.push('repeatability_not_evaluated');
  if (budget.usedDof !== null && budget.usedDof < 3) warnings.push('few_degrees_of_freedom');
  if (!budget.dofValid) warnings.push('correlated_inputs');
  if (budget.cmcApplied) warnings.push('cmc_applied');
  const shapes = budget.lines.map(line => ({
    rectangular: line.distribution === 'rectangular',
    contribution: line.contribution,
  }));
  const dominated = dominantFactor(budget.coverageProbability, shapes) !== undefined;
  if (dominated && budget.coverageMethod === 'student_t') warnings.push('dominant_rectangular');
  return warnings;
}
