import { convert } from '../../kernel/quantities/index.ts';
import type { Saved } from '../../platform/records/index.ts';
import { evaluateObservation } from './evaluate-item.ts';
import { calibrationFault } from './faults.ts';
import { localDay } from './local-day.ts';
import type { NewObservation, ObservationChange, ObservationData } from './observation.ts';
import { isLike } from './schema.ts';
import type { Agreed, SrfData, SrfItem } from './srf.ts';
import { type StandardAsUsed, type StandardData, whyUnusable } from './standard.ts';
import { observable } from './workflow.ts';

/** Clocks of benches differ from ours; the audit trail has our own time anyway. */
const CLOCK_SKEW_MILLISECONDS = 5 * 60 * 1000;

/** Readings from paper are entered within a week. Whoever is later must have a standard that is valid still. */
const LATE_ENTRY_MILLISECONDS = 7 * 24 * 60 * 60 * 1000;

/** Who observes, when it is now, and where. */
export type Observer = {
  readonly person: { readonly user: string; readonly name: string };
  readonly now: string;
  readonly timeZone: string;
};

/**
 * A new observation of a test point, evaluated once so that what cannot be evaluated is never stored. Throws
 * `observations_closed`, `point_unknown`, `standard_expired`, `standard_out_of_range`, `readings_missing`,
 * `environment_missing`, `taken_at_implausible`, `not_evaluable`.
 */
export function takeObservation(
  srf: Saved<SrfData>,
  standard: Saved<StandardData> | undefined,
  wish: NewObservation,
  observer: Observer,
): ObservationData {
  requireOpen(srf.data);
  const { standardId, ...fields } = wish;
  const { item, agreed, nominal } = pointOf(srf.data, wish.itemId, wish.pointId);
  const observation: ObservationData = {
    ...fields,
    srfId: srf.id,
    readingUnit: wish.readingUnit ?? agreed.procedure.unit,
    reference: wish.reference ?? nominal,
    takenAt: wish.takenAt ?? observer.now,
    standard: asUsed(standard, standardId),
    takenBy: observer.person,
    correctedBy: [],
  };
  requirePlausible(srf.data, observation.takenAt, observer);
  requireUsable(observation, standard?.data.status, observer, true);
  check(srf.data, item, agreed, observation);
  return observation;
}

/** The same point of the same run with corrected fields; whoever corrects it is named. Throws as taking does. */
export function correctObservation(
  srf: Saved<SrfData>,
  standard: Saved<StandardData> | undefined,
  before: ObservationData,
  change: ObservationChange,
  observer: Observer,
): ObservationData {
  requireOpen(srf.data);
  const { standardId, ...fields } = change;
  const { item, agreed } = pointOf(srf.data, before.itemId, before.pointId);
  const observation: ObservationData = {
    ...before,
    ...given(fields),
    standard: standardId === undefined ? before.standard : asUsed(standard, standardId),
    correctedBy: withPerson(before, observer.person),
  };
  requirePlausible(srf.data, observation.takenAt, observer);
  const restated = observation.takenAt !== before.takenAt || observation.standard.id !== before.standard.id;
  requireUsable(observation, standard?.data.status, observer, restated);
  check(srf.data, item, agreed, observation);
  return observation;
}

function withPerson(
  { takenBy, correctedBy }: ObservationData,
  person: Observer['person'],
): ObservationData['correctedBy'] {
  const known = [takenBy, ...correctedBy].some(({ user }) => user === person.user);
  return known ? correctedBy : [...correctedBy, person];
}

function given<T extends object>(fields: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]: Exclude<T[K], undefined> }; // undefined ones are gone
}

function requireOpen(srf: SrfData): void {
  if (!observable.includes(srf.state))
    throw calibrationFault('calibration.observations_closed', { state: srf.state });
}

function pointOf(
  srf: SrfData,
  itemId: string,
  pointId: string,
): {
  readonly item: SrfItem;
  readonly agreed: Agreed;
  readonly nominal: SrfItem['testPoints'][number]['nominal'];
} {
  const item = srf.items.find(candidate => candidate.id === itemId);
  const point = item?.testPoints.find(candidate => candidate.id === pointId);
  if (item === undefined || item.agreed === null || point === undefined)
    throw calibrationFault('calibration.point_unknown', { itemId, pointId });
  return { item, agreed: item.agreed, nominal: point.nominal };
}

function asUsed(standard: Saved<StandardData> | undefined, id: string): StandardAsUsed {
  if (standard === undefined)
    throw calibrationFault('calibration.reference_unknown', { field: '/standardId', id });
  const { status: _status, ...data } = standard.data;
  return { ...data, id: standard.id, version: standard.version };
}

function check(srf: SrfData, item: SrfItem, agreed: Agreed, observation: ObservationData): void {
  const { readings, environment } = observation;
  const { readings: needed, environment: conditions } = agreed.procedure;
  if (readings.length < needed)
    throw calibrationFault('calibration.readings_missing', { needed, given: readings.length });
  const missing = conditions.filter(condition => environment[condition] === undefined);
  if (missing.length > 0) throw calibrationFault('calibration.environment_missing', { missing });
  requireInRange(observation);
  evaluateObservation(srf, item, observation);
}

/** Nothing is measured before it is there, nor in the future. */
function requirePlausible(srf: SrfData, takenAt: string, { now, timeZone }: Observer): void {
  const { receivedAt } = srf;
  const latest = new Date(Date.parse(now) + CLOCK_SKEW_MILLISECONDS).toISOString();
  const early = receivedAt !== null && localDay(takenAt, timeZone) < receivedAt;
  if (early || Date.parse(takenAt) > Date.parse(latest))
    throw calibrationFault('calibration.taken_at_implausible', { takenAt, earliest: receivedAt, latest });
}

/**
 * The standard must be valid on the day of the readings, and when they are recorded more than a week later, on the day
 * of recording too: else an expired one would do by naming an earlier day. `recorded` is false for a correction that
 * states neither the time nor the standard anew.
 */
function requireUsable(
  { standard, takenAt }: ObservationData,
  status: StandardData['status'] | undefined,
  { now, timeZone }: Observer,
  recorded: boolean,
): void {
  const late = Date.parse(now) - Date.parse(takenAt) > LATE_ENTRY_MILLISECONDS;
  const days = recorded && late ? [takenAt, now] : [takenAt];
  for (const on of days.map(instant => localDay(instant, timeZone))) {
    const why = whyUnusable({ ...standard, status: status ?? 'active' }, on);
    if (why === undefined) continue;
    const { id: standardId, assetNumber, validUntil } = standard;
    throw calibrationFault('calibration.standard_expired', { standardId, assetNumber, validUntil, on, why });
  }
}

function requireInRange({ standard, reference }: ObservationData): void {
  const { range } = standard;
  if (range === undefined || !isLike(range.unit, reference.unit)) return;
  const { value } = convert(reference, range.unit);
  if (value < range.from || value > range.to) {
    const { id: standardId, assetNumber } = standard;
    throw calibrationFault('calibration.standard_out_of_range', {
      standardId,
      assetNumber,
      range,
      reference,
    });
  }
}
