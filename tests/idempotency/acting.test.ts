import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { beforeEach, describe, test } from 'node:test';
import type { Answer } from '../../scripts/demo/client.ts';
import { operator } from '../identity/operators.ts';
import { logInTo } from '../identity/people.ts';
import { exampleBody } from '../isolation/example-body.ts';
import { actOn, observeEveryPoint } from '../isolation/issue-certificate.ts';
import { type OwnTenant, openOwnTenants, PASSPHRASE } from '../isolation/own-tenants.ts';
import { allEndpoints, bookOf, endpoints, type IdBook, pathWith } from '../isolation/table.ts';

const AT_ONCE = 20;
const SRF_PARTS = ['customer', 'equipment', 'procedure', 'standard', 'srf'];

let tenant: OwnTenant;
let book: IdBook;
let srfPath: string;

beforeEach(async () => {
  const [opened] = await openOwnTenants(1);
  if (opened === undefined) throw new Error('a tenant was asked for');
  tenant = opened;
  const ids: string[] = [];
  for (const part of SRF_PARTS) {
    const endpoint = endpoints.find(({ id }) => id === `calibration.${part}.create`);
    if (endpoint === undefined) throw new Error(`there is no way to make a ${part}`);
    const { status, body } = await tenant.owner.post(
      pathWith(endpoint, ''),
      exampleBody(endpoint, bookOf(ids)),
    );
    assert.equal(status, 201);
    ids.push(body.id);
  }
  book = bookOf(ids);
  srfPath = `/api/v1/srfs/${ids.at(-1)}`;
});

type Request = { readonly path: string; readonly body: unknown; readonly etag?: string | undefined };

/** The same request once, twice and many times at once: every answer, the first one first. */
async function repeat({ path, body, etag }: Request): Promise<readonly Answer[]> {
  const headers = { 'idempotency-key': randomUUID(), ...(etag === undefined ? {} : { 'if-match': etag }) };
  const post = (): Promise<Answer> => tenant.owner.post(path, body, headers);
  const together = await Promise.all(Array.from({ length: AT_ONCE }, post));
  const made = together.findIndex(({ headers: { 'idempotency-replayed': replayed } }) => replayed !== 'true');
  return [...together.splice(made, 1), ...together, await post()];
}

function assertSame(answers: readonly Answer[], status: number): void {
  const [first, ...rest] = answers;
  assert.equal(first?.status, status, String(first?.bytes));
  assert.equal(first.headers['idempotency-replayed'], undefined);
  for (const answer of rest) {
    assert.deepEqual([answer.status, answer.body], [first.status, first.body]);
    assert.equal(answer.headers['idempotency-replayed'], 'true');
  }
}

async function historyLength(): Promise<number> {
  const { body } = await tenant.owner.get(`${srfPath}/history?limit=100`);
  return body.items.length;
}

async function start(): Promise<void> {
  const { body: person } = await tenant.owner.get('/api/v1/me');
  for (const action of ['submit', 'receive', 'accept']) await actOn(tenant.owner, srfPath, { action });
  await actOn(tenant.owner, srfPath, { action: 'assign', assignTo: person.id });
  await actOn(tenant.owner, srfPath, { action: 'start' });
}

async function approve(): Promise<void> {
  await start();
  await observeEveryPoint(tenant.owner, srfPath, book);
  await actOn(tenant.owner, srfPath, { action: 'complete' });
  for (const action of ['start_review', 'sign_review', 'approve'])
    await actOn(tenant.second, srfPath, { action });
}

describe('What is done under an Idempotency-Key is done once', () => {
  test('a transition of a service request', async () => {
    const { headers } = await tenant.owner.get(srfPath);
    const earlier = await historyLength();
    const path = `${srfPath}/transitions`;
    const answers = await repeat({ path, body: { action: 'submit' }, etag: headers['etag'] });
    assertSame(answers, 200);
    assert.equal(await historyLength(), earlier + 1);
  });

  test('an observation', async () => {
    await start();
    const endpoint = endpoints.find(({ id }) => id === 'calibration.observation.create');
    const body = endpoint === undefined ? undefined : exampleBody(endpoint, book);
    const earlier = await historyLength();
    assertSame(await repeat({ path: `${srfPath}/observations`, body }), 201);
    const { body: list } = await tenant.owner.get(`${srfPath}/observations`);
    assert.equal(list.items.length, 1);
    assert.equal(await historyLength(), earlier + 1);
  });

  test('asking for a certificate', async () => {
    await approve();
    const answers = await repeat({ path: `${srfPath}/items/i1/certificate`, body: {} });
    assertSame(answers, 202);
    const { body: certificates } = await tenant.owner.get(`${srfPath}/certificates`);
    const { body: jobs } = await tenant.owner.get('/api/v1/jobs');
    assert.deepEqual([certificates.items.length, jobs.items.length], [1, 1]);
  });

  test('another password of one’s own, though the old one is no longer good', async () => {
    const change = { current: PASSPHRASE, password: 'violet kettles at noon' };
    const headers = { 'idempotency-key': randomUUID() };
    const { body: session } = await logInTo(tenant);
    const client = tenant.anonymous.as(session.accessToken);
    const answers = [];
    for (let times = 0; times < 8; times += 1)
      answers.push(await client.post('/api/v1/me/password', change, headers));
    assertSame(answers, 204);
    const { body: failures } = await tenant.owner.get('/api/v1/audit?action=platform.security.login_failed');
    assert.deepEqual(failures.items, []);
    const another = { ...change, password: 'kettles of violet noons' };
    const reused = await client.post('/api/v1/me/password', another, headers);
    assert.deepEqual([reused.status, reused.body.code], [422, 'platform.idempotency_key_reused']);
    const otherProof = { ...change, current: 'not the one of then' };
    assert.equal((await client.post('/api/v1/me/password', otherProof, headers)).status, 204);
    assert.equal((await logInTo(tenant, tenant.email, change.password)).status, 200);
    const other = await client.post('/api/v1/me/password', change, { 'idempotency-key': randomUUID() });
    assert.deepEqual([other.status, other.body.code], [422, 'platform.proof_refused']);
  });
});

describe('What an operator does under an Idempotency-Key is done once', () => {
  test('a plan', async () => {
    const { client } = await operator();
    const code = `twice-${randomUUID().slice(0, 8)}`;
    const endpoint = allEndpoints.find(({ id }) => id === 'platform.plan.create') ?? assert.fail();
    const body = { ...(exampleBody(endpoint, bookOf([])) as object), code };
    const headers = { 'idempotency-key': randomUUID() };
    const post = () => client.post('/api/v1/plans', body, headers);
    const together = await Promise.all(Array.from({ length: AT_ONCE }, post));
    const made = together.findIndex(answer => answer.headers['idempotency-replayed'] !== 'true');
    assertSame([...together.splice(made, 1), ...together, await post()], 201);
    const { status, body: again } = await client.post('/api/v1/plans', body);
    assert.deepEqual([status, again.code], [409, 'platform.already_exists']);
  });
});
