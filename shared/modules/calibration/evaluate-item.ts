import { convert, convertDifference, type Quantity, UnitError } from '../../kernel/quantities/index.ts';
import type { ToleranceSpecification } from './equipment.ts';
import { calibrationFault } from './faults.ts';
import type { ObservationData, Run } from './observation.ts';
import type { Amount, ContributionSpecification, SpreadSpecification } from './procedure.ts';
import type { Limit } from './schema.ts';
import {
  type Contribution,
  type CurveFit,
  evaluatePoint,
  fitCurve,
  type PointInput,
  type PointResult,
  ScienceError,
} from './science/index.ts';
import type { Agreed, SrfData, SrfItem } from './srf.ts';

/** An observed test point, worked out. */
export type EvaluatedPoint = {
  readonly pointId: string;
  readonly run: Run;
  readonly observation: ObservationData;
  readonly result: PointResult;
};

type Observed = Pick<
  ObservationData,
  'readings' | 'readingUnit' | 'reference' | 'resolution' | 'standard' | 'pointId'
>;

/** What science or units refuse is the fault of the numbers that they were given: `not_evaluable`. */
export function evaluable<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof ScienceError)
      throw calibrationFault('calibration.not_evaluable', { why: error.code, where: error.where }, error);
    if (error instanceof UnitError)
      throw calibrationFault(
        'calibration.not_evaluable',
        { why: error.code, where: error.units.join(', ') },
        error,
      );
    throw error;
  }
}

/**
 * Works out one observation by what was agreed at acceptance: error, budget, statement and verdict. Throws
 * `not_evaluable` where numbers or units make no sense, `point_unknown` where the item has no such point.
 */
export function evaluateObservation(
  srf: Pick<SrfData, 'decisionRule'>,
  item: SrfItem,
  observation: Observed,
): PointResult {
  const point = item.testPoints.find(candidate => candidate.id === observation.pointId);
  if (point === undefined || item.agreed === null) {
    throw calibrationFault('calibration.point_unknown', { itemId: item.id, pointId: observation.pointId });
  }
  const { agreed } = item;
  return evaluable(() => evaluatePoint(inputOf(srf, agreed, point.nominal, observation)));
}

/** Every observation of an item worked out, in the order of its test points, as found before as left. */
export function evaluateItem(
  srf: SrfData,
  item: SrfItem,
  observations: readonly ObservationData[],
): readonly EvaluatedPoint[] {
  const runs: readonly Run[] = ['as_found', 'as_left'];
  return runs.flatMap(run =>
    item.testPoints.flatMap(point =>
      observations
        .filter(
          candidate =>
            candidate.itemId === item.id && candidate.pointId === point.id && candidate.run === run,
        )
        .map(observation => ({
          pointId: point.id,
          run,
          observation,
          result: evaluateObservation(srf, item, observation),
        })),
    ),
  );
}

/** The run that states the item's final results: as left when there is one. */
export function finalRun(points: readonly Pick<EvaluatedPoint, 'run'>[]): Run {
  return points.some(point => point.run === 'as_left') ? 'as_left' : 'as_found';
}

/**
 * The error of a run over the nominal value as a curve, each point weighted with its uncertainty. Undefined when
 * there are too few points for the degree to mean anything: a curve through all points explains none of them.
 */
export function fitErrors(points: readonly EvaluatedPoint[], degree: number): CurveFit | undefined {
  const [first] = points;
  const distinct = new Set(points.map(point => point.result.nominal)).size;
  if (first === undefined || distinct < degree + 2) return undefined;
  return fitCurve({
    points: points.map(({ result }) => ({
      x: result.nominal,
      y: result.error,
      uncertainty: result.combinedStandardUncertainty,
    })),
    degree,
    xUnit: first.result.unit,
    yUnit: first.result.unit,
  });
}

function inputOf(
  srf: Pick<SrfData, 'decisionRule'>,
  agreed: Agreed,
  nominal: Quantity,
  observation: Observed,
): PointInput {
  const { procedure } = agreed;
  const { standard, reference } = observation;
  const { unit } = procedure;
  const resolution = observation.resolution ?? agreed.resolution;
  const size = Math.abs(convert(nominal, unit).value);
  return {
    unit,
    model: procedure.model,
    nominal,
    reference: {
      value: reference,
      certificate: {
        expanded: limitAt(standard.uncertainty, reference),
        coverageFactor: standard.coverageFactor,
        dof: standard.degreesOfFreedom,
      },
      driftLimit: standard.drift === undefined ? undefined : limitAt(standard.drift, reference),
      source: `${standard.assetNumber}, certificate ${standard.certificateNumber}`,
    },
    readings: observation.readings,
    readingUnit: observation.readingUnit,
    repeatability:
      procedure.repeatability === undefined
        ? undefined
        : {
            standardDeviation: procedure.repeatability.standardDeviation,
            dof: procedure.repeatability.degreesOfFreedom,
          },
    resolution,
    contributions: procedure.contributions.map(contribution => contributionAt(contribution, size)),
    tolerance:
      agreed.tolerance === undefined ? undefined : toleranceAt(agreed.tolerance, nominal, resolution, unit),
    decisionRule: srf.decisionRule,
    coverage: procedure.coverage,
    cmc: procedure.cmc === undefined ? undefined : limitAt(procedure.cmc, nominal),
  };
}

/** `constant + proportional × |value|`, in the limit's own unit. */
export function limitAt(limit: Limit, value: Quantity): Quantity {
  const share = limit.proportional ?? 0;
  const size = share === 0 ? 0 : Math.abs(convert(value, limit.unit).value) * share;
  return { value: limit.constant + size, unit: limit.unit };
}

/** The permitted errors at a nominal value, in `unit`: ± (constant + percent of the value + digits). */
export function toleranceAt(
  tolerance: ToleranceSpecification,
  nominal: Quantity,
  resolution: Quantity | undefined,
  unit: string,
): { readonly lower: number; readonly upper: number } {
  const constant = convertDifference({ value: tolerance.constant, unit: tolerance.unit }, unit).value;
  const share = ((tolerance.percentOfReading ?? 0) / 100) * Math.abs(convert(nominal, unit).value);
  const digit = resolution === undefined ? 0 : convertDifference(resolution, unit).value;
  const upper = constant + share + (tolerance.digits ?? 0) * digit;
  return { lower: -upper, upper };
}

function contributionAt(specification: ContributionSpecification, size: number): Contribution {
  const { spread, sensitivity, degreesOfFreedom, ...fields } = specification;
  return {
    ...fields,
    spread: spreadAt(spread, size),
    sensitivity: sensitivity === undefined ? undefined : amountAt(sensitivity, size),
    dof: degreesOfFreedom,
  };
}

function spreadAt(spread: SpreadSpecification, size: number): Contribution['spread'] {
  switch (spread.kind) {
    case 'standard':
      return { kind: 'standard', standardUncertainty: amountAt(spread.standardUncertainty, size) };
    case 'expanded':
      return { ...spread, expanded: amountAt(spread.expanded, size) };
    case 'resolution':
      return { kind: 'resolution', digit: amountAt(spread.digit, size) };
    case 'rectangular':
    case 'triangular':
    case 'u_shaped':
      return { kind: spread.kind, halfWidth: amountAt(spread.halfWidth, size) };
  }
}

function amountAt(amount: Amount, size: number): number {
  return typeof amount === 'number' ? amount : amount.constant + (amount.perNominal ?? 0) * size;
}
