import {
  customerBody,
  gaugeBlocksBody,
  micrometerBody,
  micrometerObservations,
  micrometerProcedureBody,
} from '../scripts/demo/bodies.ts';
import type { Client } from '../scripts/demo/client.ts';
import { expectStatus } from '../scripts/demo/expect.ts';
import { asSignedBy } from '../scripts/demo/signing.ts';
import type { People } from './world.ts';

/** What every service request of the benchmarks refers to. */
export type Inventory = {
  readonly customerId: string;
  readonly equipmentId: string;
  readonly standardId: string;
  readonly procedureId: string;
  readonly technicianId: string;
};

/** One customer with one micrometer of 11 test points, and what it is calibrated with. */
export async function stock({ manager, technician }: People): Promise<Inventory> {
  const customerId = await create(manager, 'customers', customerBody);
  const [equipmentId, standardId, procedureId, me] = await Promise.all([
    create(manager, 'equipment', { ...micrometerBody, customerId }),
    create(manager, 'standards', gaugeBlocksBody(new Date())),
    create(manager, 'procedures', micrometerProcedureBody),
    technician.get('/api/v1/me'),
  ]);
  return { customerId, equipmentId, standardId, procedureId, technicianId: String(me.body.id) };
}

export function srfBody({ customerId, equipmentId, procedureId }: Inventory): unknown {
  return { customerId, purchaseOrder: 'PO 4500182736', items: [{ equipmentId, procedureId }] };
}

/** A request that went through its whole workflow, with every point observed as found and as left. */
export async function approvedSrf(people: People, inventory: Inventory): Promise<string> {
  const { manager, technician, reviewer } = people;
  const answer = await manager.post('/api/v1/srfs', srfBody(inventory));
  const { id } = expectStatus(answer, 201, 'creating a request');
  let etag = answer.headers['etag'] ?? '';
  const act = async (client: Client, action: string, more: object = {}): Promise<void> => {
    const path = `/api/v1/srfs/${id}/transitions`;
    const taken = await client.post(path, asSignedBy(client, { action, ...more }), { 'if-match': etag });
    expectStatus(taken, 200, action);
    etag = taken.headers['etag'] ?? '';
  };
  await act(manager, 'submit');
  await act(manager, 'receive', { conditionOnReceipt: 'Clean and undamaged, in its case.' });
  await act(manager, 'accept');
  await act(manager, 'assign', { assignTo: inventory.technicianId });
  await act(technician, 'start');
  for (const body of micrometerObservations(inventory.standardId, new Date()))
    expectStatus(await technician.post(`/api/v1/srfs/${id}/observations`, body), 201, 'an observation');
  await act(technician, 'complete');
  await act(reviewer, 'start_review');
  await act(reviewer, 'sign_review');
  await act(reviewer, 'approve');
  return id;
}

async function create(client: Client, collection: string, body: unknown): Promise<string> {
  return expectStatus(await client.post(`/api/v1/${collection}`, body), 201, `creating in ${collection}`).id;
}

/** Does the work so many times, a few at the same time. */
export async function repeat<T>(
  count: number,
  work: (index: number) => Promise<T>,
  atOnce = 8,
): Promise<T[]> {
  const results: T[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < count) {
      const index = next;
      next += 1;
      results[index] = await work(index);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  return results;
}
