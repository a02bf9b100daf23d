import { type Answer, type Client, logIn } from '../scripts/demo/client.ts';
import { expectStatus, until } from '../scripts/demo/expect.ts';
import { asSignedBy, type Transition } from '../scripts/demo/signing.ts';
import { derivedKey } from '../shared/kernel/index.ts';
import type { Tenant } from '../shared/platform/tenancy/index.ts';

const A_SECOND = 1000;

export const passphrase = 'a passphrase for tests only';

/** A tenant for one test file, named so that no other file meets it. */
export function testTenant(slug: string): Tenant {
  return {
    id: `tnt_${derivedKey(slug)}`,
    slug,
    name: `Laboratory ${slug}`,
    status: 'active',
    locale: 'en-GB',
    timeZone: 'Europe/London',
    currency: 'GBP',
    branding: { legalName: `Laboratory ${slug}`, address: ['1 Test Street', 'Leeds'], colour: '#1d3d63' },
  };
}

const roles = {
  owner: 'tenant-owner',
  technician: 'technician',
  quality: 'quality-manager',
  sales: 'sales',
} as const;
type Part = keyof typeof roles;

/** One person for each part, all with the test passphrase. */
export function testPeople(slug: string) {
  return (Object.keys(roles) as Part[]).map(part => ({
    email: `${part}@${slug}.example`,
    name: `${part} of ${slug}`,
    title: part,
    roles: [roles[part]],
  }));
}

/** A laboratory that can make approved service requests by the dozen. */
export type Laboratory = Readonly<Record<Part, Client>> & {
  readonly origin: string;
  /** What service requests refer to. */
  readonly references: References;
  /** A request with one item, observed at one point, reviewed and approved. */
  approvedSrf(): Promise<string>;
  /** Asks for the certificate of the request's only item. */
  askForCertificate(srfId: string, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  /** The job when it has ended. */
  ended(location: string, milliseconds?: number): Promise<Answer['body']>;
};

/**
 * Logs everybody in at `http://<slug>.localhost:<port>` and makes what requests refer to. What `as` makes of each client
 * is used from then on.
 */
export async function openLaboratory(
  apiUrl: string,
  slug: string,
  as: (client: Client) => Client = client => client,
): Promise<Laboratory> {
  const origin = `http://${slug}.localhost:${new URL(apiUrl).port}`;
  const person = async (part: Part): Promise<Client> =>
    as(await logIn(origin, `${part}@${slug}.example`, passphrase));
  const [owner, technician, quality, sales] = await Promise.all([
    person('owner'),
    person('technician'),
    person('quality'),
    person('sales'),
  ]);
  const clients = { owner, technician, quality, sales };
  const references = await makeReferences(clients);
  return {
    origin,
    references,
    ...clients,
    approvedSrf: () => approvedSrf(clients, references),
    askForCertificate: (srfId, headers = {}) =>
      quality.post(`/api/v1/srfs/${srfId}/items/i1/certificate`, {}, headers),
    ended: async (location, milliseconds = 90_000) => {
      const isOver = ({ body }: Answer): boolean => body?.state === 'succeeded' || body?.state === 'failed';
      const ask = () => quality.get(location);
      return (await until(ask, isOver, milliseconds, `the end of ${location}`, A_SECOND)).body;
    },
  };
}

type Clients = Readonly<Record<Part, Client>>;
export type References = Readonly<
  Record<'customerId' | 'equipmentId' | 'procedureId' | 'standardId' | 'technicianId', string>
>;

async function makeReferences({ sales, quality, technician }: Clients): Promise<References> {
  const create = async (client: Client, path: string, body: unknown): Promise<string> =>
    expectStatus(await client.post(`/api/v1/${path}`, body), 201, path).id;
  const customerId = await create(sales, 'customers', { name: 'A customer', address: ['1 Street'] });
  const equipmentId = await create(sales, 'equipment', {
    customerId,
    description: 'Digital multimeter',
    maker: 'Fluke',
    model: '87V',
    serial: '43120577',
    resolution: { value: 0.001, unit: 'V' },
    tolerance: { constant: 0, percentOfReading: 0.05, digits: 1, unit: 'V', source: 'Fluke 87V, DC volts' },
  });
  const procedureId = await create(quality, 'procedures', {
    code: 'P-1',
    title: 'Direct measurement of a calibrator output',
    version: '1',
    quantity: 'DC voltage',
    unit: 'V',
    model: 'indication',
    testPoints: [{ value: 5, unit: 'V' }],
    readings: 3,
  });
  const standardId = await create(quality, 'standards', {
    description: 'Calibrator',
    maker: 'Fluke',
    model: '5522A',
    serial: '1',
    assetNumber: 'CAL-1',
    certificateNumber: 'C-1',
    laboratory: 'A national institute',
    traceability: 'Traceable to the SI.',
    issuedAt: '2026-01-01',
    validUntil: '2099-12-31',
    uncertainty: { constant: 0.00005, unit: 'V' },
    coverageFactor: 2,
  });
  const { body } = await technician.get('/api/v1/me');
  return { customerId, equipmentId, procedureId, standardId, technicianId: body.id };
}

async function approvedSrf(clients: Clients, references: References): Promise<string> {
  const { sales, quality, technician } = clients;
  const { customerId, equipmentId, procedureId, standardId, technicianId } = references;
  const created = await sales.post('/api/v1/srfs', { customerId, items: [{ equipmentId, procedureId }] });
  const { id } = expectStatus(created, 201, 'srf');
  let etag = created.headers['etag'] ?? '';
  const act = async (client: Client, transition: Transition): Promise<void> => {
    const answer = await client.post(`/api/v1/srfs/${id}/transitions`, asSignedBy(client, transition), {
      'if-match': etag,
    });
    expectStatus(answer, 200, JSON.stringify(transition));
    etag = answer.headers['etag'] ?? '';
  };
  await act(sales, { action: 'submit' });
  await act(sales, { action: 'receive' });
  await act(sales, { action: 'accept' });
  await act(quality, { action: 'assign', assignTo: technicianId });
  await act(technician, { action: 'start' });
  const observation = {
    itemId: 'i1',
    pointId: 'p1',
    run: 'as_found',
    readings: [5.001, 5.001, 5.002],
    standardId,
    environment: { temperature: { value: 23, unit: '°C' } },
  };
  expectStatus(await technician.post(`/api/v1/srfs/${id}/observations`, observation), 201, 'observation');
  await act(technician, { action: 'complete' });
  await act(quality, { action: 'start_review' });
  await act(quality, { action: 'sign_review' });
  await act(quality, { action: 'approve' });
  return id;
}
