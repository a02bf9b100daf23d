import type { Answer } from '../../scripts/demo/client.ts';
import type { Endpoint } from '../../shared/platform/http/index.ts';
import { exampleBody } from './example-body.ts';
import { inParallel } from './in-parallel.ts';
import { issueCertificate } from './issue-certificate.ts';
import type { OwnTenant } from './own-tenants.ts';
import { bookOf, endpoints, type IdBook, idNames, idsIn, isList, isSecured, pathWith } from './table.ts';

/** What a tenant has: every id that any answer named, and the ids that each endpoint's path takes. */
export type Belongings = {
  readonly ids: readonly string[];
  readonly book: IdBook;
  /** By the endpoint's path up to its id (`/srfs/:id`): the ids that are there. */
  readonly fits: ReadonlyMap<string, readonly string[]>;
};

/** Two of everything, so that every list has a second page. */
const COPIES = 2;
/** So many ids of a kind that are not there say that none of it is. */
const FIRST = 3;

/**
 * Makes records through the API, in dependency order: whatever an endpoint's example refers to is there before it is
 * called. What a workflow ends in is made last.
 */
export async function makeOneOfEverything(tenant: OwnTenant): Promise<Belongings> {
  const ids = new Set<string>();
  const learn = (answer: Answer): void => {
    for (const id of idsIn([answer.body, answer.headers['location']])) ids.add(id);
  };
  let waiting = endpoints.filter(isMaker).flatMap(endpoint => Array<Endpoint>(COPIES).fill(endpoint));
  while (waiting.length > 0) {
    const stuck: Endpoint[] = [];
    for (const endpoint of waiting) {
      const body = exampleBody(endpoint, bookOf(ids));
      if (body === undefined) stuck.push(endpoint);
      else learn(await made(tenant, endpoint, body));
    }
    if (stuck.length === waiting.length)
      throw new Error(
        `no tenant can make what these examples refer to: ${stuck.map(({ id }) => id).join(', ')}`,
      );
    waiting = stuck;
  }
  for (const answer of await issueCertificate(tenant, bookOf(ids))) learn(answer);
  learn(await shareCustomer(tenant, bookOf(ids)));
  for (const endpoint of endpoints.filter(isList)) learn(await tenant.owner.get(pathWith(endpoint, '')));
  for (const endpoint of endpoints.filter(({ path }) => path.endsWith('/:id/history')))
    await inParallel([...ids], async id => learn(await tenant.owner.get(pathWith(endpoint, id))));
  return { ids: [...ids], book: bookOf(ids), fits: await fitsOf(tenant, [...ids]) };
}

/** Makes a record that needs nothing but its example and what that refers to. */
function isMaker(endpoint: Endpoint): boolean {
  return endpoint.method === 'POST' && endpoint.creates !== undefined && idNames(endpoint).length === 0;
}

async function made(tenant: OwnTenant, endpoint: Endpoint, body: unknown): Promise<Answer> {
  const answer = await tenant.owner.post(pathWith(endpoint, ''), body);
  if (answer.status !== 201)
    throw new Error(`${endpoint.id} answered its own example with ${answer.status}: ${answer.bytes}`);
  return answer;
}

/** The endpoint's path up to its id; those that share it take the same ids. */
export function placeOf(endpoint: Endpoint): string {
  return endpoint.path.replace(/(:\w+).*$/, '$1');
}

/** Which ids are there, found by asking for each at each place that has one of the first of its kind. */
async function fitsOf(
  tenant: OwnTenant,
  ids: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const fits = new Map<string, string[]>();
  const kinds = [...bookOf(ids).values()];
  const questions = readers().flatMap(endpoint => kinds.map(ofKind => ({ endpoint, ofKind })));
  await inParallel(questions, async ({ endpoint, ofKind }) => {
    const place = placeOf(endpoint);
    let found = 0;
    for (const [index, id] of ofKind.entries()) {
      if (index >= FIRST && found === 0) return;
      const { status } = await tenant.owner.get(pathWith(endpoint, id));
      if (status !== 200) continue;
      found += 1;
      fits.set(place, [...(fits.get(place) ?? []), id]);
    }
  });
  return fits;
}

/** Shares a customer with somebody, so that there is a grant. */
async function shareCustomer({ owner }: OwnTenant, book: IdBook): Promise<Answer> {
  const { body: person } = await owner.get('/api/v1/me');
  const grant = { to: { user: person.id }, permissions: ['calibration.customer:read'], reason: 'A test.' };
  const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
  const answer = await owner.post(`/api/v1/records/${book.get('cus')?.[0]}/grants`, { ...grant, expiresAt });
  if (answer.status !== 201) throw new Error(`sharing was answered ${answer.status}: ${answer.bytes}`);
  return answer;
}

/** For each place the endpoint that reads what is there; where none does, one that reads something of it. */
function readers(): readonly Endpoint[] {
  const reading = endpoints.filter(
    endpoint => endpoint.method === 'GET' && isSecured(endpoint) && idNames(endpoint).length === 1,
  );
  const byPlace = Map.groupBy(reading, placeOf);
  return [...byPlace].flatMap(([place, some]) => some.find(({ path }) => path === place) ?? some.slice(0, 1));
}
