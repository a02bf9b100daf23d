import type { Saved } from '../../platform/records/index.ts';
import { agreedOf } from './agreement.ts';
import type { EquipmentData } from './equipment.ts';
import type { SrfContext } from './guards.ts';
import { type ObservationData, observationKind, type Run } from './observation.ts';
import { type ProcedureData, procedureKind } from './procedure.ts';
import type { Stamp } from './schema.ts';
import { signedHash } from './signed-content.ts';
import { type SrfData, srfKind } from './srf.ts';
import { stampOf } from './stamp.ts';
import { type StandardData, standardKind } from './standard.ts';

/** A micrometer with three test points, a gauge block set and the request that brings them together. */
export const procedure: ProcedureData = {
  code: 'DIM-014',
  title: 'Calibration of external micrometers by gauge blocks',
  version: '4.2',
  quantity: 'length',
  unit: 'mm',
  errorUnit: 'µm',
  model: 'indication',
  testPoints: [2.5, 10.3, 25].map(value => ({ value, unit: 'mm' })),
  readings: 5,
  environment: ['temperature'],
  contributions: [
    {
      name: 'Difference of temperatures',
      unit: 'K',
      spread: { kind: 'rectangular', halfWidth: 0.2 },
      sensitivity: { constant: 0, perNominal: 1.15e-5 },
      sensitivityUnit: 'mm/K',
    },
  ],
  status: 'active',
};

export const equipment: EquipmentData = {
  customerId: 'cus_1',
  description: 'Digital external micrometer',
  maker: 'Mitutoyo',
  model: '293-240-30',
  serial: '71804226',
  range: { from: 0, to: 25, unit: 'mm' },
  resolution: { value: 0.001, unit: 'mm' },
  tolerance: { constant: 4, unit: 'µm', source: 'ISO 3611:2010' },
  status: 'active',
};

export const standard: StandardData = {
  description: 'Gauge block set',
  maker: 'Mitutoyo',
  model: '516-344',
  serial: '0711452',
  assetNumber: 'GB-047',
  certificateNumber: 'PTB 50812/25',
  laboratory: 'PTB',
  traceability: 'SI, through PTB',
  issuedAt: '2026-01-15',
  validUntil: '2028-01-14',
  uncertainty: { constant: 0.05, proportional: 5e-7, unit: 'µm' },
  coverageFactor: 2,
  drift: { constant: 0.02, unit: 'µm' },
  range: { from: 0, to: 100, unit: 'mm' },
  status: 'active',
};

export const technician = { user: 'usr_technician', name: 'Rana Karimi' };
export const quality = { user: 'usr_quality', name: 'Helen Marchetti' };
export const now = '2026-11-20T10:00:00.000Z';

/** The request with changes, accepted and in progress unless told otherwise. */
export function request(changes: Partial<SrfData> = {}): SrfData {
  return {
    number: 'SRF-2026-00001',
    customerId: 'cus_1',
    customer: { name: 'Helvane', address: ['Unit 7'], contact: 'Ingrid Sørensen, Quality' },
    purchaseOrder: 'PO 4500182736',
    priority: 'normal',
    place: 'Permanent laboratory',
    decisionRule: { kind: 'guard_band', factor: 1 },
    state: 'in_progress',
    heldFrom: null,
    assignedTo: technician,
    receivedAt: '2026-11-16',
    conditionOnReceipt: 'Clean, undamaged',
    items: [
      {
        id: 'i1',
        equipmentId: 'eqp_1',
        procedureId: 'prc_1',
        testPoints: procedure.testPoints.map((nominal, index) => ({ id: `p${index + 1}`, nominal })),
        agreed: agreedOf(equipment, savedProcedure()),
        certificate: null,
      },
    ],
    performedBy: null,
    reviewedBy: null,
    approvedBy: null,
    ...changes,
  };
}

/** The request with its technician's signature over these observations. */
export function performed(
  changes: Partial<SrfData> = {},
  observations: readonly ObservationData[] = observedRun('as_found', 1),
): SrfData {
  const srf = request(changes);
  return { ...srf, performedBy: stamp('performed', technician, signedHash(srf, observations)) };
}

/** The same, reviewed and approved. */
export function approved(
  changes: Partial<SrfData> = {},
  observations: readonly ObservationData[] = observedRun('as_found', 1),
): SrfData {
  const srf = performed({ state: 'approved', ...changes }, observations);
  const signed = signedHash(srf, observations);
  const [reviewedBy, approvedBy] = [stamp('reviewed', quality, signed), stamp('authorised', quality, signed)];
  return { ...srf, reviewedBy, approvedBy };
}

function stamp(meaning: Stamp['meaning'], person: typeof quality, signed: string): Stamp {
  return stampOf({ ...person, position: null, at: now, meaning, signed });
}

/** Five readings at a point that are off by so many µm. */
export function observation(
  pointId: 'p1' | 'p2' | 'p3',
  run: Run,
  offMicrometres: number,
  changes: Partial<ObservationData> = {},
): ObservationData {
  const nominal = procedure.testPoints[Number(pointId[1]) - 1] ?? { value: 0, unit: 'mm' };
  const { status: _unused, ...asUsed } = standard;
  return {
    srfId: 'srf_1',
    itemId: 'i1',
    pointId,
    run,
    readings: [0, 0, 0.001, 0, 0].map(scatter => nominal.value + offMicrometres / 1000 + scatter),
    readingUnit: 'mm',
    reference: nominal,
    environment: { temperature: { value: 20.1, unit: '°C', uncertainty: 0.2 } },
    takenAt: '2026-11-18T09:00:00.000Z',
    standard: { ...asUsed, id: 'std_1', version: 1 },
    takenBy: technician,
    correctedBy: [],
    ...changes,
  };
}

/** All points of one run. */
export function observedRun(run: Run, offMicrometres: number): readonly ObservationData[] {
  return (['p1', 'p2', 'p3'] as const).map(point => observation(point, run, offMicrometres));
}

/** What guards look at; the standard is as it was. */
export function context(changes: Partial<SrfContext> = {}): SrfContext {
  return {
    srf: request(),
    observations: observedRun('as_found', 1),
    standards: new Map([['std_1', standard]]),
    certificateUnderWay: false,
    user: quality.user,
    assignee: undefined,
    timeZone: 'UTC',
    reviewRequired: false,
    ...changes,
  };
}

const saved = {
  scope: 'srf_1',
  version: 3,
  hash: 'h',
  createdAt: now,
  createdBy: 'usr_1',
  updatedAt: now,
  stored: undefined,
  etag: 'e',
};

export function savedRequest(data: SrfData): Saved<SrfData> {
  return { ...saved, kind: srfKind, id: 'srf_1', data };
}

export function savedStandard(changes: Partial<StandardData> = {}): Saved<StandardData> {
  return { ...saved, kind: standardKind, id: 'std_1', version: 1, data: { ...standard, ...changes } };
}

function savedProcedure(): Saved<ProcedureData> {
  return { ...saved, kind: procedureKind, id: 'prc_1', data: procedure };
}

export function savedObservation(data: ObservationData, version = 1): Saved<ObservationData> {
  const { itemId, pointId, run } = data;
  return { ...saved, kind: observationKind, id: `obs_${itemId}${pointId}${run}`, version, data };
}
