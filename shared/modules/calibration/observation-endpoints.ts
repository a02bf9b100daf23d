import * as z from 'zod';
import { AppError, type Caller, derivedKey, timestamp } from '../../kernel/index.ts';
import type { Capabilities } from '../../platform/capabilities/index.ts';
import { historyEndpoints, itemParams } from '../../platform/endpoints/index.ts';
import { created, defineEndpoint, ok } from '../../platform/http/index.ts';
import {
  newRecordId,
  onFresh,
  type RecordKind,
  recordFault,
  type Saved,
} from '../../platform/records/index.ts';
import { calibrationFault } from './faults.ts';
import { inTurn } from './in-turn.ts';
import { tenantOf } from './local-day.ts';
import {
  NewObservation,
  ObservationChange,
  type ObservationData,
  ObservationView,
  observationKind,
} from './observation.ts';
import { viewOf } from './schema.ts';
import { srfKind } from './srf.ts';
import { standardKind } from './standard.ts';
import { correctObservation, type Observer, takeObservation } from './take-observation.ts';

const read = { permission: observationKind.readPermission };
const write = { permission: 'calibration.observation:write' };

const rules = [
  'calibration.observations_closed',
  'calibration.point_unknown',
  'calibration.reference_unknown',
  'calibration.standard_expired',
  'calibration.standard_out_of_range',
  'calibration.readings_missing',
  'calibration.environment_missing',
  'calibration.taken_at_implausible',
  'calibration.not_evaluable',
];

async function observerOf(platform: Capabilities, caller: Caller): Promise<Observer> {
  const { timeZone } = await tenantOf(platform, caller);
  return { person: { user: caller.user, name: caller.name }, now: timestamp(platform.now()), timeZone };
}

const createObservation = defineEndpoint({
  id: 'calibration.observation.create',
  method: 'POST',
  path: '/srfs/:id/observations',
  access: write,
  summary: 'Records the readings at one test point; a point of a run is observed once and then corrected.',
  params: itemParams,
  body: NewObservation,
  creates: observationKind as RecordKind,
  example: {
    body: {
      itemId: 'i1',
      pointId: 'p1',
      run: 'as_found',
      readings: [2.501, 2.501, 2.502, 2.501, 2.501],
      readingUnit: 'mm',
      reference: { value: 2.50004, unit: 'mm' },
      standardId: 'std_01kapx0000000000000000000d',
      environment: { temperature: { value: 20.1, unit: '°C' }, humidity: { value: 46, unit: '%RH' } },
    },
  },
  replies: { 201: { description: 'Recorded.', schema: ObservationView } },
  faults: [...rules, 'calibration.observation_exists'],
  handle: async ({ caller, params, body }, platform) => {
    const records = platform.records.for(caller);
    const scope = records.scopeOf(srfKind, params.id);
    // One observation for each point and run: its id says which, so a second one meets the first.
    const key = derivedKey(params.id, body.itemId, body.pointId, body.run);
    const id = newRecordId(observationKind as RecordKind, key, scope.name);
    const location = `/api/v1/observations/${id}`;
    const load = () =>
      Promise.all([scope.get(srfKind, params.id), records.find(standardKind, body.standardId)]);
    const record = async ([srf, standard]: Awaited<ReturnType<typeof load>>) => {
      const data = takeObservation(srf, standard, body, await observerOf(platform, caller));
      const { saved, reply } = await scope
        .commit({
          action: 'calibration.observation.taken',
          create: [{ kind: observationKind as RecordKind, id, data }],
          expect: [srf],
          reply: after => created(location, viewOf(after.get(id) as Saved<ObservationData>), after.get(id)),
        })
        .catch(error => refuse(error, id));
      const after = saved.get(id) as Saved<ObservationData>;
      return reply ?? created(location, viewOf(after), after);
    };
    return inTurn(`${caller.tenant} ${scope.name}`, () => onFresh(load, record));
  },
});

function refuse(error: unknown, id: string): never {
  if (error instanceof AppError && error.code === 'platform.already_exists')
    throw calibrationFault('calibration.observation_exists', { id }, error);
  throw error;
}

const changeObservation = defineEndpoint({
  id: 'calibration.observation.change',
  method: 'PATCH',
  path: '/observations/:id',
  access: write,
  summary: 'Corrects an observation; history keeps what was there.',
  params: itemParams,
  body: ObservationChange,
  ifMatch: true,
  example: { body: { readings: [2.501, 2.501, 2.501, 2.501, 2.501] } },
  replies: { 200: { description: 'Corrected.', schema: ObservationView } },
  faults: rules,
  handle: async ({ caller, params, body, ifMatch }, platform) => {
    const records = platform.records.for(caller);
    const scope = records.scopeOf(observationKind as RecordKind, params.id);
    const load = async () => {
      const [srf, record] = await Promise.all([
        scope.get(srfKind, scope.name),
        scope.get(observationKind, params.id),
      ]);
      if (record.version !== ifMatch)
        throw recordFault('platform.version_stale', { version: record.version });
      const standard = await records.find(standardKind, body.standardId ?? record.data.standard.id);
      return { srf, record, standard };
    };
    return onFresh(load, async ({ srf, record, standard }) => {
      const data = correctObservation(srf, standard, record.data, body, await observerOf(platform, caller));
      const { saved } = await scope.commit({
        action: 'calibration.observation.corrected',
        update: [{ record, data }],
        expect: [srf],
      });
      const after = saved.get(record.id) as Saved<ObservationData>;
      return ok(viewOf(after), after);
    });
  },
});

const readObservation = defineEndpoint({
  id: 'calibration.observation.read',
  method: 'GET',
  path: '/observations/:id',
  access: read,
  summary: 'One observation.',
  params: itemParams,
  replies: { 200: { description: 'The observation.', schema: ObservationView } },
  handle: async ({ caller, params }, platform) => {
    const observation = await platform.records.for(caller).get(observationKind, params.id);
    return ok(viewOf(observation), observation);
  },
});

const listObservations = defineEndpoint({
  id: 'calibration.observation.list',
  method: 'GET',
  path: '/srfs/:id/observations',
  access: read,
  summary: 'All observations of a request, in the order in which they were recorded.',
  params: itemParams,
  replies: {
    200: { description: 'The observations.', schema: z.strictObject({ items: z.array(ObservationView) }) },
  },
  handle: async ({ caller, params }, platform) => {
    const scope = platform.records.for(caller).scopeOf(srfKind, params.id);
    const [, observations] = await Promise.all([scope.get(srfKind, params.id), scope.all(observationKind)]);
    return ok({ items: observations.map(viewOf) });
  },
});

export const observationRoutes = [
  createObservation,
  listObservations,
  readObservation,
  changeObservation,
  ...historyEndpoints(observationKind as RecordKind, '/observations'),
];
