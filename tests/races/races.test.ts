import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { beforeEach, describe, test } from 'node:test';
import type { Answer } from '../../scripts/demo/client.ts';
import { until } from '../../scripts/demo/expect.ts';
import { exampleBody } from '../isolation/example-body.ts';
import { actOn } from '../isolation/issue-certificate.ts';
import { type OwnTenant, openOwnTenants } from '../isolation/own-tenants.ts';
import { bookOf, endpoints, pathWith } from '../isolation/table.ts';

const CLIENTS = 50;
const SRF_PARTS = ['customer', 'equipment', 'procedure', 'standard'];

let tenant: OwnTenant;

beforeEach(async () => {
  const [opened] = await openOwnTenants(1);
  if (opened === undefined) throw new Error('a tenant was asked for');
  tenant = opened;
});

function atOnce(send: (client: number) => Promise<Answer>): Promise<readonly Answer[]> {
  return Promise.all(Array.from({ length: CLIENTS }, (_none, client) => send(client)));
}

/** How many answers there were of each kind: `201`, `409 platform.conflict`. */
function tally(answers: readonly Answer[]): Readonly<Record<string, number>> {
  const kinds = answers.map(({ status, body }) =>
    body?.code === undefined ? `${status}` : `${status} ${body.code}`,
  );
  return Object.fromEntries([...Map.groupBy(kinds, kind => kind)].map(([kind, all]) => [kind, all.length]));
}

async function create(id: string, ids: readonly string[]): Promise<Answer> {
  const endpoint = endpoints.find(other => other.id === id);
  if (endpoint === undefined) throw new Error(`there is no ${id}`);
  return tenant.owner.post(pathWith(endpoint, ''), exampleBody(endpoint, bookOf(ids)));
}

/** What a service request needs beside itself. */
async function srfParts(): Promise<readonly string[]> {
  const ids: string[] = [];
  for (const part of SRF_PARTS) {
    const { status, body } = await create(`calibration.${part}.create`, ids);
    assert.equal(status, 201);
    ids.push(body.id);
  }
  return ids;
}

async function assertIntact(path: string, versions: number): Promise<void> {
  const { body } = await tenant.owner.get(`${path}/verify`);
  assert.deepEqual(body, { intact: true, versions, broken: null });
}

describe(`Of ${CLIENTS} clients at once`, () => {
  test('with the same idempotency key and body one makes the record, and all get its answer', async () => {
    const headers = { 'idempotency-key': randomUUID() };
    const body = { name: 'Once', address: [] };
    const answers = await atOnce(() => tenant.owner.post('/api/v1/customers', body, headers));
    assert.deepEqual(tally(answers), { 201: CLIENTS });
    assert.equal(new Set(answers.map(answer => answer.body.id)).size, 1);
    assert.equal(answers.filter(answer => answer.headers['idempotency-replayed'] === undefined).length, 1);
    await assertIntact(`/api/v1/customers/${answers[0]?.body.id}`, 1);
  });

  test('with the same idempotency key and bodies of their own one makes a record, the others are told', async () => {
    const headers = { 'idempotency-key': randomUUID() };
    const answers = await atOnce(client =>
      tenant.owner.post('/api/v1/customers', { name: `Client ${client}`, address: [] }, headers),
    );
    const { 201: made, '422 platform.idempotency_key_reused': told = 0, ...others } = tally(answers);
    assert.deepEqual([made, told, others], [1, CLIENTS - 1, {}]);
    const { body: list } = await tenant.owner.get('/api/v1/customers');
    assert.equal(list.items.length, 1);
  });

  test('that invite the same address one does, and the others are told that it is taken', async () => {
    const body = { email: `${randomUUID()}@hosts.example`, name: 'Ada Lovelace', roles: ['viewer'] };
    const answers = await atOnce(() => tenant.owner.post('/api/v1/users', body));
    const { 201: won, '409 platform.claim_taken': told, ...others } = tally(answers);
    assert.deepEqual([won, told, others], [1, CLIENTS - 1, {}]);
  });

  test('that submit service requests each gets a number of its own, and none is left out', async () => {
    const parts = await srfParts();
    const drafts = await atOnce(() => create('calibration.srf.create', parts));
    const answers = await atOnce(client =>
      tenant.owner.post(
        `/api/v1/srfs/${drafts[client]?.body.id}/transitions`,
        { action: 'submit' },
        { 'if-match': '"1"' },
      ),
    );
    assert.deepEqual(tally(answers), { 200: CLIENTS });
    const numbers = answers.map(({ body }) => Number(/\d+$/.exec(body.number)?.[0]));
    const expected = Array.from({ length: CLIENTS }, (_none, index) => index + 1);
    assert.deepEqual(
      numbers.toSorted((a, b) => a - b),
      expected,
    );
  });

  test('that take the same transition one does, the others are stale, and the chain verifies', async () => {
    const { body: srf } = await create('calibration.srf.create', await srfParts());
    const path = `/api/v1/srfs/${srf.id}`;
    const answers = await atOnce(() =>
      tenant.owner.post(`${path}/transitions`, { action: 'submit' }, { 'if-match': '"1"' }),
    );
    const { 200: won, '412 platform.version_stale': stale, ...others } = tally(answers);
    assert.deepEqual([won, stale, others], [1, CLIENTS - 1, {}]);
    await assertIntact(path, 2);
    await actOn(tenant.owner, path, { action: 'receive' });
    await assertIntact(path, 3);
  });

  test('that want keys renewed, all get the one job that does it, and so does who asks later', async () => {
    const rotate = (): Promise<Answer> => tenant.owner.post('/api/v1/key-rotations', {});
    const answers = [...(await atOnce(rotate)), await rotate()];
    assert.deepEqual(tally(answers), { 202: CLIENTS + 1 });
    assert.equal(new Set(answers.map(({ body }) => body.id)).size, 1);
    const { body } = await tenant.owner.get('/api/v1/jobs?name=platform.privacy.rotate_keys');
    assert.equal(body.items.length, 1);
  });

  test('that want records counted anew, all get a job, and who asks when it is over another one', async () => {
    const rebuild = (): Promise<Answer> => tenant.owner.post('/api/v1/record-counts/rebuild', {});
    const answers = await atOnce(rebuild);
    assert.deepEqual(tally(answers), { 202: CLIENTS });
    const ids = new Set<string>(answers.map(({ body }) => body.id));
    for (const id of ids)
      await until(
        () => tenant.owner.get(`/api/v1/jobs/${id}`),
        ({ body }) => body?.state === 'succeeded',
        90_000,
        'it is counted',
      );
    const headers = { 'idempotency-key': randomUUID() };
    const post = (): Promise<Answer> => tenant.owner.post('/api/v1/record-counts/rebuild', {}, headers);
    const [first, again] = [await post(), await post()];
    assert.equal(ids.has(first.body.id), false);
    assert.deepEqual([again.body.id, again.headers['idempotency-replayed']], [first.body.id, 'true']);
  });
});
