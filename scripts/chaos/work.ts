import { randomUUID } from 'node:crypto';
import type { Laboratory } from '../../tests/laboratory.ts';
import { expectStatus } from '../demo/expect.ts';

/** What was promised to clients while the storm went on. */
export type Ledger = {
  /** By customer: the name after each change that was answered with success, the first one included. */
  readonly customers: Map<string, readonly string[]>;
  /** Numbers of service requests by their id. */
  readonly numbers: Map<string, string>;
  /** Jobs that were accepted, with the request whose certificate they make. */
  readonly jobs: Map<string, string>;
};

const CHANGES = 4;

/** Clients that work until the signal says that it is enough; rejects when one is refused what it may do. */
export async function work(laboratory: Laboratory, signal: AbortSignal): Promise<Ledger> {
  const ledger: Ledger = { customers: new Map(), numbers: new Map(), jobs: new Map() };
  const lane = async (step: (laboratory: Laboratory, ledger: Ledger) => Promise<void>): Promise<void> => {
    while (!signal.aborted) await step(laboratory, ledger);
  };
  await Promise.all([
    lane(keepCustomer),
    lane(keepCustomer),
    lane(submitRequest),
    lane(certify),
    lane(certify),
  ]);
  return ledger;
}

async function keepCustomer({ sales }: Laboratory, { customers }: Ledger): Promise<void> {
  const first = `n-${randomUUID()}`;
  const made = await sales.post('/api/v1/customers', { name: first, address: [] });
  const { id } = expectStatus(made, 201, 'a customer');
  customers.set(id, [first]);
  for (let change = 0; change < CHANGES; change += 1) {
    const name = `m-${randomUUID()}`;
    await rename({ sales }, id, name);
    customers.set(id, [...(customers.get(id) ?? []), name]);
  }
}

/** PATCH knows no repetition: after a lost answer the ETag is stale, and whoever reads again sees whether it was done. */
async function rename({ sales }: Pick<Laboratory, 'sales'>, id: string, name: string): Promise<void> {
  for (;;) {
    const { body, headers } = await sales.get(`/api/v1/customers/${id}`);
    if (body.name === name) return;
    const answer = await sales.patch(
      `/api/v1/customers/${id}`,
      { name },
      { 'if-match': headers['etag'] ?? '' },
    );
    if (answer.status === 412) continue;
    expectStatus(answer, 200, 'a change of a customer');
    return;
  }
}

async function submitRequest({ sales, references }: Laboratory, { numbers }: Ledger): Promise<void> {
  const { customerId, equipmentId, procedureId } = references;
  const made = await sales.post('/api/v1/srfs', { customerId, items: [{ equipmentId, procedureId }] });
  const { id } = expectStatus(made, 201, 'a service request');
  const submitted = await sales.post(
    `/api/v1/srfs/${id}/transitions`,
    { action: 'submit' },
    { 'if-match': made.headers['etag'] ?? '' },
  );
  numbers.set(id, expectStatus(submitted, 200, 'its submission').number);
}

async function certify(laboratory: Laboratory, { jobs, numbers }: Ledger): Promise<void> {
  const srfId = await laboratory.approvedSrf();
  const { body: srf } = await laboratory.quality.get(`/api/v1/srfs/${srfId}`);
  numbers.set(srfId, srf.number);
  const asked = await laboratory.askForCertificate(srfId);
  expectStatus(asked, 202, 'a certificate');
  jobs.set(asked.headers['location'] ?? '', srfId);
}
