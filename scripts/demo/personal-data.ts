import type { Client } from './client.ts';
import { expect, expectStatus, until } from './expect.ts';
import type { Narrator } from './narrator.ts';

const PATIENCE = 90_000;
const CONTACT = { name: 'Ingrid Sorensen', email: 'ingrid@helvane.example' };

/** What a person can ask of a tenant: everything that is known of them, and to be forgotten. */
export async function playPersonalData(tell: Narrator, owner: Client): Promise<void> {
  const { customer, person } = await tell.step(
    'a customer with a contact, whose name is sealed at rest',
    () => makeContact(owner),
    made => made.person,
  );
  await tell.step(
    'export all that is known of the contact',
    async () => {
      const { id, file } = await ended(owner, 'export', person);
      const { status } = await owner.get(`/api/v1/privacy-requests/${id}/file`);
      expect(status === 303, 'the file has a link');
      return file.bytes;
    },
    bytes => `${bytes} bytes behind a link that is good for an hour`,
  );
  await tell.step(
    'erase the contact: their key is destroyed',
    async () => {
      await ended(owner, 'erasure', person);
      const { bytes } = await owner.get(`/api/v1/customers/${customer}`);
      expect(!bytes.includes(CONTACT.name) && !bytes.includes(CONTACT.email), 'nobody reads the name again');
      const path = `/api/v1/customers/${customer}/verify`;
      return expectStatus(await owner.get(path), 200, 'the chain').intact;
    },
    intact => `the customer stays, the chain is ${intact ? 'whole' : 'broken'}`,
  );
}

async function makeContact(owner: Client): Promise<{ readonly customer: string; readonly person: string }> {
  const wish = {
    name: 'Helvane Precision Turbines Ltd',
    address: ['Unit 7, Foundry Lane'],
    contacts: [CONTACT],
  };
  const { id, contacts } = expectStatus(await owner.post('/api/v1/customers', wish), 201, 'a customer');
  return { customer: id, person: contacts[0].id };
}

/** Asks, and waits until it is done; gives the request as it stands then. */
async function ended(owner: Client, type: 'export' | 'erasure', person: string) {
  const wish = { type, person, reason: 'Asked for by the person.' };
  const { id, jobId } = expectStatus(await owner.post('/api/v1/privacy-requests', wish), 201, type);
  const job = await until(
    () => owner.get(`/api/v1/jobs/${jobId}`),
    ({ body }) => body?.state === 'succeeded' || body?.state === 'failed',
    PATIENCE,
    `the end of the ${type}`,
  );
  expect(job.body.state === 'succeeded', `the ${type} succeeds, not ${job.body.problem?.code}`);
  return expectStatus(await owner.get(`/api/v1/privacy-requests/${id}`), 200, type);
}
