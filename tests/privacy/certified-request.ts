import { expectStatus, until } from '../../scripts/demo/expect.ts';
import { exampleBody } from '../isolation/example-body.ts';
import { issueCertificate } from '../isolation/issue-certificate.ts';
import type { OwnTenant } from '../isolation/own-tenants.ts';
import { bookOf, endpoints, idNames, idsIn, pathWith } from '../isolation/table.ts';

const makers = endpoints.filter(
  endpoint =>
    endpoint.id.startsWith('calibration.') &&
    endpoint.method === 'POST' &&
    endpoint.creates !== undefined &&
    idNames(endpoint).length === 0,
);

/**
 * A service request of a customer with a contact, made of the examples and taken to its certificate; the request's id. `customer` is what
 * the customer has other than in the example.
 */
export async function certifiedRequest(tenant: OwnTenant, customer: object = {}): Promise<string> {
  const ids = new Set<string>();
  for (let waiting = makers; waiting.length > 0; ) {
    const ready = waiting.filter(endpoint => exampleBody(endpoint, bookOf(ids)) !== undefined);
    if (ready.length === 0) throw new Error(`nothing makes what ${waiting[0]?.id} refers to`);
    for (const endpoint of ready) {
      const example = exampleBody(endpoint, bookOf(ids)) as object; // ready, so it is whole
      const body = endpoint.id === 'calibration.customer.create' ? { ...example, ...customer } : example;
      const made = await tenant.owner.post(pathWith(endpoint, ''), body);
      for (const id of idsIn(expectStatus(made, 201, endpoint.id))) ids.add(id);
    }
    waiting = waiting.filter(endpoint => !ready.includes(endpoint));
  }
  const answers = await issueCertificate(tenant, bookOf(ids));
  const job = answers.at(-1)?.headers['location'] ?? '';
  await until(
    () => tenant.owner.get(job),
    ({ body }) => body?.state === 'succeeded' || body?.state === 'failed',
    90_000,
    'the certificate is issued',
  );
  return bookOf(ids).get('srf')?.[0] ?? '';
}
