import { convertDifference } from '../../kernel/quantities/index.ts';
import type { CertificateContent } from './certificate.ts';
import { words } from './certificate-words.ts';
import { type EvaluatedPoint, finalRun } from './evaluate-item.ts';
import { decimalsOf, plainNumber, signed } from './plain-number.ts';
import { formatDecimal, formatResult, type PointResult } from './science/index.ts';
import type { Agreed, SrfData } from './srf.ts';

type Table = CertificateContent['results'][number];
type Row = Table['points'][number];

/** The final results of an item, with what was found beside them where it was adjusted. */
export function resultTable(
  agreed: Agreed,
  rule: SrfData['decisionRule'],
  points: readonly EvaluatedPoint[],
): Omit<Table, 'outsideAccreditation'> {
  const { unit, model } = agreed.procedure;
  const errorUnit = agreed.procedure.errorUnit ?? unit;
  const run = finalRun(points);
  const final = points.filter(point => point.run === run);
  const found = new Map(
    points
      .filter(point => run === 'as_left' && point.run === 'as_found')
      .map(point => [point.pointId, point.result]),
  );
  const decimals = Math.max(0, ...final.map(point => decimalsOf(point.result.nominal)));
  return {
    title: words.titles[model],
    unit,
    errorUnit,
    ...(found.size > 0 ? { note: words.runs } : {}),
    points: final.map(({ pointId, result }) =>
      rowOf(result, found.get(pointId), { decimals, errorUnit, shown: rule.kind === 'false_accept_limit' }),
    ),
  };
}

function rowOf(
  result: PointResult,
  found: PointResult | undefined,
  how: { readonly decimals: number; readonly errorUnit: string; readonly shown: boolean },
): Row {
  const { conformity } = result;
  return {
    nominal: formatDecimal(result.nominal, how.decimals),
    reference: result.formatted.reference,
    ...(found === undefined ? {} : { asFound: withUncertainty(found, how.errorUnit) }),
    result: readingOf(result, how.errorUnit),
    ...uncertaintyOf(result, how.errorUnit),
    ...(conformity === null
      ? {}
      : { tolerance: limitsText(conformity.tolerance, result.unit, how.errorUnit) }),
    ...(conformity === null || !how.shown
      ? {}
      : { probability: `${(100 * conformity.conformanceProbability).toFixed(2)} %` }),
  };
}

function readingOf(result: PointResult, errorUnit: string): Row['result'] {
  const reading = {
    indication: result.formatted.measured,
    error: signed(statementIn(result, errorUnit).value),
  };
  return result.conformity === null ? reading : { ...reading, verdict: result.conformity.verdict };
}

function withUncertainty(found: PointResult, errorUnit: string): Row['asFound'] {
  return { ...readingOf(found, errorUnit), ...uncertaintyOf(found, errorUnit) };
}

function uncertaintyOf(
  result: PointResult,
  errorUnit: string,
): Pick<Row, 'expandedUncertainty' | 'coverageFactor'> {
  return {
    expandedUncertainty: statementIn(result, errorUnit).uncertainty,
    coverageFactor: result.formatted.coverageFactor,
  };
}

/** Error and expanded uncertainty as they are printed, in the unit that errors are stated in. */
export function statementIn(
  result: PointResult,
  errorUnit: string,
): { readonly value: string; readonly uncertainty: string } {
  const { formatted, unit } = result;
  if (errorUnit === unit) return { value: formatted.error, uncertainty: formatted.expandedUncertainty };
  return formatResult(
    differenceIn(result.error, unit, errorUnit),
    differenceIn(result.expandedUncertainty, unit, errorUnit),
  );
}

/** A difference in another unit. */
export function differenceIn(value: number, from: string, to: string): number {
  return convertDifference({ value, unit: from }, to).value;
}

/** `±4`, or `-2 … +5` where the limits are not symmetric. */
export function limitsText(
  limits: { readonly lower: number | null; readonly upper: number | null },
  unit: string,
  errorUnit: string,
): string {
  const text = (limit: number): string => plainNumber(differenceIn(limit, unit, errorUnit), 6);
  const { lower, upper } = limits;
  if (lower !== null && upper !== null)
    return lower === -upper ? `±${text(upper)}` : `${text(lower)} … ${signed(text(upper))}`;
  return lower === null ? `≤ ${text(upper ?? 0)}` : `≥ ${text(lower)}`;
}
