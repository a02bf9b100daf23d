import type { CertificateContent } from './certificate.ts';
import { differenceIn, statementIn } from './certificate-results.ts';
import { words } from './certificate-words.ts';
import { type EvaluatedPoint, finalRun, fitErrors } from './evaluate-item.ts';
import { plainNumber } from './plain-number.ts';
import { type BudgetLine, type CurveFit, evaluateCurve } from './science/index.ts';

type Curve = CertificateContent['curves'][number];
type Budget = CertificateContent['budgets'][number];

/** Fewer points make no curve. */
const FEWEST_POINTS = 3;
const LINE_STEPS = 50;

/** Errors with their uncertainties over the range, the limits, what was found, and a straight line through the results. */
export function errorCurve(points: readonly EvaluatedPoint[], errorUnit: string): readonly Curve[] {
  const run = finalRun(points);
  const final = byNominal(points.filter(point => point.run === run));
  const [first] = final;
  const distinct = new Set(final.map(({ result }) => result.nominal)).size;
  if (first === undefined || distinct < FEWEST_POINTS) return [];
  const { unit } = first.result;
  const y = (value: number): number => differenceIn(value, unit, errorUnit);
  const found = run === 'as_left' ? byNominal(points.filter(point => point.run === 'as_found')) : [];
  const fit = fitErrors(final, 1);
  return [
    {
      title: words.curve(factorsOf(final)),
      ...{ xLabel: words.nominal, xUnit: unit, yLabel: words.error, yUnit: errorUnit },
      points: final.map(({ result }) => ({
        x: result.nominal,
        y: y(result.error),
        uncertainty: y(result.expandedUncertainty),
      })),
      asFound: found.map(({ result }) => ({ x: result.nominal, y: y(result.error) })),
      tolerance: final.flatMap(({ result }) => {
        const { lower = null, upper = null } = result.conformity?.tolerance ?? {};
        return lower === null || upper === null
          ? []
          : [{ x: result.nominal, lower: y(lower), upper: y(upper) }];
      }),
      ...(fit === undefined ? {} : { fit: lineOf(fit, y, errorUnit) }),
    },
  ];
}

function byNominal(points: readonly EvaluatedPoint[]): readonly EvaluatedPoint[] {
  return points.toSorted((left, right) => left.result.nominal - right.result.nominal);
}

/** `2.00`, or `2.00 to 2.52` where the points differ. */
function factorsOf(points: readonly EvaluatedPoint[]): string {
  const factors = points.map(({ result }) => result.coverageFactor);
  const [low, high] = [Math.min(...factors).toFixed(2), Math.max(...factors).toFixed(2)];
  return low === high ? low : `${low} to ${high}`;
}

function lineOf(fit: CurveFit, y: (value: number) => number, errorUnit: string): Curve['fit'] {
  const { low, high } = fit.domain;
  const line = Array.from({ length: LINE_STEPS + 1 }, (_, step) => {
    const value = evaluateCurve(fit, low + ((high - low) * step) / LINE_STEPS);
    const [middle, half] = [y(value.y), y(value.expandedUncertainty)];
    return { x: value.x, y: middle, lower: middle - half, upper: middle + half };
  });
  const [offset, slope] = fit.coefficients.map(coefficient => y(coefficient.value));
  const sign = (slope ?? 0) < 0 ? '-' : '+';
  const rise = plainNumber(Math.abs(slope ?? 0), 3);
  const label = `E = ${plainNumber(offset ?? 0, 3)} ${errorUnit} ${sign} ${rise} ${errorUnit}/${fit.xUnit} · x`;
  return { label, line };
}

/** The budget, line by line, of the point with the largest uncertainty. */
export function largestBudget(points: readonly EvaluatedPoint[], errorUnit: string): readonly Budget[] {
  const run = finalRun(points);
  const [largest] = points
    .filter(point => point.run === run)
    .toSorted((left, right) => right.result.expandedUncertainty - left.result.expandedUncertainty);
  if (largest === undefined) return [];
  const { result } = largest;
  const { budget, unit } = result;
  return [
    {
      title: words.budgetTitle(`${plainNumber(result.nominal, 12)} ${unit}`),
      unit: errorUnit,
      rows: budget.lines.map(line => budgetRow(line, unit, errorUnit)),
      combined: plainNumber(differenceIn(result.combinedStandardUncertainty, unit, errorUnit), 3),
      effectiveDegreesOfFreedom: dofText(budget.usedDof),
      coverageFactor: result.formatted.coverageFactor,
      expanded: statementIn(result, errorUnit).uncertainty,
      note: words.budgetNote,
    },
  ];
}

function budgetRow(line: BudgetLine, unit: string, errorUnit: string): Budget['rows'][number] {
  const factor = plainNumber(line.sensitivity, 4);
  return {
    quantity: words.inputs[line.name] ?? line.name,
    estimate: plainNumber(line.estimate, 10),
    unit: line.unit,
    distribution: line.distribution.replace('_', ' '),
    divisor: plainNumber(line.divisor, 4),
    standardUncertainty: plainNumber(line.standardUncertainty, 3),
    sensitivity: line.sensitivityUnit === '1' ? factor : `${factor} ${line.sensitivityUnit}`,
    contribution: plainNumber(differenceIn(Math.abs(line.contribution), unit, errorUnit), 3),
    degreesOfFreedom: dofText(line.dof),
    percent: line.percent.toFixed(1),
  };
}

function dofText(dof: number | null): string {
  return dof === null ? '∞' : plainNumber(dof, 4);
}
