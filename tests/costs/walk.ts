import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  customerBody,
  gaugeBlocksBody,
  micrometerBody,
  micrometerObservations,
  micrometerProcedureBody,
} from '../../scripts/demo/bodies.ts';
import type { Answer, Client } from '../../scripts/demo/client.ts';
import { expectStatus } from '../../scripts/demo/expect.ts';
import { asSignedBy } from '../../scripts/demo/signing.ts';
import type { MeteredApi, WireCost } from './metered-api.ts';

/** Who walks: somebody who may lead, measure and sign, and whoever must be somebody else. All on the metered api. */
export type Walkers = { readonly manager: Client; readonly technician: Client; readonly reviewer: Client };

/** Costs by the name of the step, which is the endpoint's id, and the action where there are several. */
export type Costs = ReadonlyMap<string, WireCost>;

type Step = (name: string, status: number, ask: () => Promise<Answer>) => Promise<Answer>;

const ROWS = 50;

/**
 * Goes the main way through calibration and measures each endpoint on it: the whole way twice, and every read three
 * times. The smallest counts: the first answers of a process also read what it keeps, such as the tenant.
 */
export async function walk(api: MeteredApi, walkers: Walkers): Promise<Costs> {
  const costs = new Map<string, WireCost>();
  const step: Step = async (name, status, ask) => {
    const { answer, cost } = await api.costOf(ask);
    expectStatus(answer, status, name);
    const known = costs.get(name);
    costs.set(name, known === undefined ? cost : lesser(known, cost));
    return answer;
  };
  const references = await makeReferences(step, walkers);
  await fillList(walkers.manager, references);
  for (let time = 0; time < 2; time += 1) await walkOnce(step, walkers, references);
  return costs;
}

/**
 * The cost with fewer requests. Of two with as many, the one with fewer trips: by the clock, requests that were sent side by
 * side may look like one after the other, and never the other way round.
 */
function lesser(known: WireCost, cost: WireCost): WireCost {
  return (total(cost) - total(known) || cost.trips - known.trips) < 0 ? cost : known;
}

function total({ counts }: WireCost): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

type References = { readonly srf: unknown; readonly standardId: string; readonly technicianId: string };

async function makeReferences(step: Step, { manager, technician }: Walkers): Promise<References> {
  const create = async (noun: string, collection: string, body: object): Promise<string> => {
    const ask = () => manager.post(`/api/v1/${collection}`, body);
    await step(`calibration.${noun}.create`, 201, ask);
    return (await step(`calibration.${noun}.create`, 201, ask)).body.id;
  };
  const customerId = await create('customer', 'customers', customerBody);
  const instrument = { ...micrometerBody, customerId };
  const equipmentId = await create('equipment', 'equipment', instrument);
  for (let time = 0; time < 3; time += 1)
    await step('calibration.equipment.create under a key', 201, () =>
      manager.post('/api/v1/equipment', instrument, { 'idempotency-key': randomUUID() }),
    );
  const standardId = await create('standard', 'standards', gaugeBlocksBody(new Date()));
  const procedureId = await create('procedure', 'procedures', micrometerProcedureBody);
  const technicianId = (await technician.get('/api/v1/me')).body.id;
  return { srf: { customerId, items: [{ equipmentId, procedureId }] }, standardId, technicianId };
}

/** A list is measured with a whole page and more. */
async function fillList(manager: Client, { srf }: References): Promise<void> {
  for (let row = 0; row <= ROWS; row += 1)
    expectStatus(await manager.post('/api/v1/srfs', srf), 201, 'a row of the list');
}

async function walkOnce(step: Step, walkers: Walkers, references: References): Promise<void> {
  const { manager } = walkers;
  const read = async (name: string, path: string): Promise<void> => {
    for (let time = 0; time < 3; time += 1) await step(name, 200, () => manager.get(`/api/v1${path}`));
  };
  const srfId = await takeThroughWorkflow(step, walkers, references);
  await read('calibration.srf.list', `/srfs?limit=${ROWS}`);
  await read('calibration.srf.read', `/srfs/${srfId}`);
  await read('calibration.srf.transitions', `/srfs/${srfId}/transitions`);
  await read('calibration.observation.list', `/srfs/${srfId}/observations`);
  await read('calibration.srf.budget', `/srfs/${srfId}/items/i1/budget`);
  const asked = await step('calibration.certificate.request', 202, () =>
    manager.post(`/api/v1/srfs/${srfId}/items/i1/certificate`, {}),
  );
  const { certificateId, job } = asked.body;
  await ended(manager, job.id);
  await read('platform.job.read', `/jobs/${job.id}`);
  await read('calibration.certificate.read', `/certificates/${certificateId}`);
  await read('calibration.certificate.pdf', `/certificates/${certificateId}/pdf`);
  await read('calibration.certificate.list', `/certificates?limit=${ROWS}`);
  await read('calibration.srf.history', `/srfs/${srfId}/history`);
  await read('calibration.srf.verify', `/srfs/${srfId}/verify`);
  const { number, verificationCode } = (await manager.get(`/api/v1/certificates/${certificateId}`)).body;
  const place = `/public/certificates/${encodeURIComponent(number)}?code=${verificationCode}`;
  await read('calibration.certificate.verification', place);
  await read('platform.user.me', '/me');
}

async function takeThroughWorkflow(step: Step, walkers: Walkers, references: References): Promise<string> {
  const { manager, technician, reviewer } = walkers;
  const opened = await step('calibration.srf.create', 201, () =>
    manager.post('/api/v1/srfs', references.srf),
  );
  const path = `/api/v1/srfs/${opened.body.id}`;
  let etag = opened.headers['etag'] ?? '';
  const act = async (client: Client, action: string, more: object = {}): Promise<void> => {
    const taken = await step(`calibration.srf.transition ${action}`, 200, () =>
      client.post(`${path}/transitions`, asSignedBy(client, { action, ...more }), { 'if-match': etag }),
    );
    etag = taken.headers['etag'] ?? '';
  };
  await act(manager, 'submit');
  await act(manager, 'receive');
  await act(manager, 'accept');
  await act(manager, 'assign', { assignTo: references.technicianId });
  await act(technician, 'start');
  for (const body of micrometerObservations(references.standardId, new Date()))
    await step('calibration.observation.create', 201, () => technician.post(`${path}/observations`, body));
  await act(technician, 'complete');
  await act(reviewer, 'start_review');
  await act(reviewer, 'sign_review');
  await act(reviewer, 'approve');
  return opened.body.id;
}

async function ended(client: Client, jobId: string): Promise<void> {
  for (let look = 0; look < 600; look += 1) {
    const { state, problem } = expectStatus(await client.get(`/api/v1/jobs/${jobId}`), 200, 'the job');
    if (state === 'succeeded') return;
    if (state === 'failed') throw new Error(`the job failed: ${JSON.stringify(problem)}`);
    await sleep(50);
  }
  throw new Error(`job ${jobId} did not end within 30 s`);
}
