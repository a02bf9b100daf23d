import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import fc from 'fast-check';
import type { Answer, Call } from '../../scripts/demo/client.ts';
import { type Endpoint, fullPath } from '../../shared/platform/http/index.ts';
import { inParallel } from '../isolation/in-parallel.ts';
import { type Belongings, makeOneOfEverything, placeOf } from '../isolation/make-one-of-everything.ts';
import { type OwnTenant, openOwnTenants } from '../isolation/own-tenants.ts';
import { allEndpoints, endpoints, idNames, isList, pathWith } from '../isolation/table.ts';
import { type Operators, openOperators } from '../tenancy/operators.ts';
import { fuzzing, ODD_STEPS } from './odd-texts.ts';
import { assertProblem } from './problem.ts';
import { type Published, readPublished } from './published.ts';
import { valuesOf } from './schema-values.ts';

const FUZZING = { ...fuzzing(20261125, 4), endOnFailure: true };
const takingSteps = allEndpoints.filter(({ path }) => path.includes(':'));

let tenant: OwnTenant;
let own: Belongings;
let published: Published;

before(async () => {
  published = await open();
});

/** A tenant with one of everything. */
async function open(): Promise<Published> {
  const [opened] = await openOwnTenants(1);
  if (opened === undefined) throw new Error('a tenant was asked for');
  tenant = opened;
  own = await makeOneOfEverything(tenant);
  return readPublished(tenant.owner);
}

type Request = {
  readonly path: string;
  readonly query: Readonly<Record<string, unknown>>;
  readonly body: unknown;
  readonly version: number;
};

/** Requests as the published document describes them, to what is there; one in five has a value that it does not allow. */
function requestsTo(endpoint: Endpoint): fc.Arbitrary<Request> {
  const there = own.fits.get(placeOf(endpoint)) ?? own.ids;
  const body =
    endpoint.body === undefined ? fc.constant(undefined) : valuesOf(published.bodyOf(endpoint.id), own.ids);
  const query = Object.entries(published.queryOf(endpoint.id)).map(
    ([name, schema]) => [name, valuesOf(schema, own.ids)] as const,
  );
  return fc.record({
    path: (idNames(endpoint).length === 0 ? fc.constant('') : fc.constantFrom(...there)).map(id =>
      pathWith(endpoint, id),
    ),
    query: fc.record(Object.fromEntries(query), { requiredKeys: [], noNullPrototype: true }),
    body: fc.oneof({ weight: 4, arbitrary: body }, { weight: 1, arbitrary: body.chain(bent) }),
    version: fc.integer({ min: 1, max: 3 }),
  });
}

/** One member of a body is left out, is another one's, or is something else altogether. */
function bent(body: unknown): fc.Arbitrary<unknown> {
  if (typeof body !== 'object' || body === null) return fc.jsonValue({ maxDepth: 1 });
  const names = Object.keys(body);
  if (names.length === 0) return fc.constant({ surprise: 1 });
  const change = fc.tuple(
    fc.constantFrom(...names),
    fc.constantFrom(...Object.values(body), null, '', [], {}, -1),
  );
  return change.map(([name, value]) => ({ ...body, [name]: value }));
}

function send(endpoint: Endpoint, { path, query, body, version }: Request): Promise<Answer> {
  const asked = new URLSearchParams(
    Object.entries(query).map(([name, value]) => [name, String(value)]),
  ).toString();
  const headers = endpoint.ifMatch === true ? { 'if-match': `"${version}"` } : {};
  const sent = endpoint.takes === 'form' ? asForm(body) : { body, headers };
  return tenant.owner.call(endpoint.method, asked === '' ? path : `${path}?${asked}`, sent);
}

/** A body as browsers and OAuth clients send it. What is no object has no fields. */
function asForm(body: unknown): Call {
  const fields = typeof body === 'object' && body !== null ? Object.entries(body) : [];
  const pairs = fields.map(([name, value]) => [name, String(value)]);
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  return { body: new URLSearchParams(pairs).toString(), headers };
}

/** The answer is one that the endpoint declares, or a problem; never a failure. */
function judge(endpoint: Endpoint, request: Request, answer: Answer): void {
  const told = `${endpoint.method} ${JSON.stringify(request)}`;
  const isPage = answer.headers['content-type']?.startsWith('text/html') === true;
  // RFC 6749, section 5.2: OAuth has a form of its own.
  const isOAuth = endpoint.takes === 'form' && answer.headers['content-type'] === 'application/json';
  if (isOAuth && answer.status >= 400) assert.match(answer.body?.error ?? '', /^[a-z_]+$/, told);
  if (answer.status >= 400 && !isPage && !isOAuth) {
    const status = [400, 401, 402, 403, 404, 405, 409, 410, 412, 422, 428, 429];
    assertProblem(answer, request.path, { status }, told);
    return;
  }
  assert.ok(answer.status < 500, `${told}: ${answer.status}`);
  if (isPage || (isOAuth && answer.status >= 400)) return;
  const declared = Object.keys(endpoint.replies).map(Number);
  assert.ok([...declared, 304].includes(answer.status), `${told}: ${answer.status}`);
}

/** Whoever acts may have shut themselves out: a policy, a deactivation. Then another tenant goes on. */
async function renewWhenShutOut(): Promise<void> {
  const { status } = await tenant.owner.get('/api/v1/customers');
  if (status !== 200) await open();
}

/** Jobs that were asked for on the way may still run, or wait as a rotation of keys does: what is there is whole meanwhile, too. */
async function assertWhole(): Promise<void> {
  await renewWhenShutOut();
  const verifying = endpoints.filter(({ method, path }) => method === 'GET' && path.endsWith('/:id/verify'));
  const readable = endpoints.filter(isList);
  await inParallel(readable, async endpoint => {
    const { status, bytes } = await tenant.owner.get(pathWith(endpoint, ''));
    assert.equal(status, 200, `${endpoint.id}: ${bytes}`);
  });
  await inParallel(verifying, async endpoint => {
    for (const id of own.fits.get(placeOf(endpoint)) ?? []) {
      const { status, body } = await tenant.owner.get(pathWith(endpoint, id));
      assert.deepEqual([status, body.intact], [200, true], `${endpoint.id} ${id}`);
    }
  });
}

describe('Requests that are made from the published document', () => {
  for (const endpoint of endpoints) {
    test(`are served or refused by ${endpoint.method} ${fullPath(endpoint)}, never a failure`, async () => {
      await renewWhenShutOut();
      await fc.assert(
        fc.asyncProperty(requestsTo(endpoint), async request => {
          judge(endpoint, request, await send(endpoint, request));
        }),
        FUZZING,
      );
    });
  }

  test('are answered where a step of a path is odd as an id, by tenants and operators, never with a failure', async () => {
    await renewWhenShutOut();
    const operators: Operators = await openOperators();
    await inParallel(takingSteps, async endpoint => {
      const client = endpoints.includes(endpoint) ? tenant.owner : operators.operator;
      for (const step of ODD_STEPS) {
        const path = fullPath(endpoint).replaceAll(/:\w+/g, encodeURIComponent(step));
        const headers = endpoint.ifMatch === true ? { 'if-match': '"1"' } : {};
        const body = endpoint.example?.body;
        const sent = endpoint.takes === 'form' ? asForm(body) : { body, headers };
        const { status } = await client.call(endpoint.method, path, sent);
        assert.ok(status < 500, `${endpoint.method} ${path}: ${status}`);
      }
    });
    for (const step of ODD_STEPS)
      for (const wish of [
        { tenant: step, user: 'usr_x' },
        { tenant: tenant.tenant.id, user: step },
      ]) {
        const body = { ...wish, reason: 'Ticket 4711, looking', minutes: 5 };
        const { status } = await operators.operator.post('/api/v1/operator/impersonations', body);
        assert.ok([404, 422].includes(status), `${JSON.stringify(wish)}: ${status}`);
      }
  });

  test('leave every list readable and every chain whole', assertWhole);
});
