import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { before, test } from 'node:test';
import { until } from '../../scripts/demo/expect.ts';
import { type OwnTenant, openOwnTenants } from '../isolation/own-tenants.ts';

const instrument = { description: 'Micrometer', maker: 'Mitutoyo', model: '293-240-30' };

let tenant: OwnTenant;
before(async () => {
  [tenant] = (await openOwnTenants(1)) as [OwnTenant];
});

async function customer(name: string): Promise<string> {
  const { status, body } = await tenant.owner.post('/api/v1/customers', { name, address: ['1'] });
  assert.equal(status, 201);
  return `/api/v1/customers/${body.id}`;
}

test('one key is for one request: another record, another address or another body under it is refused', async () => {
  const [first, second] = [await customer('First'), await customer('Second')];
  const headers = { 'idempotency-key': randomUUID(), 'if-match': '"1"' };
  const reason = { reason: 'Out of service.' };
  const done = await tenant.owner.post(`${first}/deactivate`, reason, headers);
  assert.equal(done.status, 200);
  for (const [path, body] of [
    [`${second}/deactivate`, reason],
    [`${second}/deactivate`, { reason: 'Another body.' }],
    [`${second}/reactivate`, reason],
    ['/api/v1/customers', { name: 'Third', address: ['1'] }],
  ] as const) {
    const { status, body: problem } = await tenant.owner.post(path, body, headers);
    assert.deepEqual([path, status, problem.code], [path, 422, 'platform.idempotency_key_reused']);
  }
  assert.equal((await tenant.owner.get(second)).body.status, 'active');
  const again = await tenant.owner.post(`${first}/deactivate`, reason, headers);
  assert.deepEqual([again.status, again.headers['idempotency-replayed']], [200, 'true']);
});

test('of many different requests at once under one key one is done, and of the others nothing', async () => {
  const key = { 'idempotency-key': randomUUID() };
  const [owner] = [await customer('Owner of instruments')];
  const customerId = owner.slice(owner.lastIndexOf('/') + 1);
  const names = Array.from({ length: 16 }, (_, index) => `Rival ${index}`);
  const answers = await Promise.all(
    names.map((name, index) =>
      index % 2 === 0
        ? tenant.owner.post('/api/v1/customers', { name, address: ['1'] }, key)
        : tenant.owner.post('/api/v1/equipment', { ...instrument, serial: name, customerId }, key),
    ),
  );
  const statuses = answers.map(({ status, body }) => (status === 201 ? 201 : `${status} ${body.code}`));
  assert.deepEqual(
    statuses.toSorted(),
    [201, ...names.slice(1).map(() => '422 platform.idempotency_key_reused')],
    statuses.join(', '),
  );
  const made = await Promise.all(
    ['customers', 'equipment'].map(async path => {
      const { body } = await tenant.owner.get(`/api/v1/${path}?limit=100`);
      return body.items.flatMap(({ name, serial }: Record<string, string>) =>
        names.filter(own => own === name || own === serial),
      );
    }),
  );
  assert.equal(made.flat().length, 1);
});

test('that a key was used before comes first, whatever else is wrong with the request', async () => {
  const path = await customer('First come');
  const headers = { 'idempotency-key': randomUUID(), 'if-match': '"1"' };
  const done = await tenant.owner.post(`${path}/deactivate`, { reason: 'Out of service.' }, headers);
  assert.equal(done.status, 200);
  const nobody = 'cus_01kapx0000000000000000000a';
  for (const [other, body] of [
    ['/api/v1/equipment', { ...instrument, serial: '1', customerId: nobody }],
    [`/api/v1/customers/${nobody}/reactivate`, { reason: 'Back.' }],
    [`${path}/reactivate`, { reason: 'Back.' }],
  ] as const) {
    const { status, body: problem } = await tenant.owner.post(other, body, headers);
    assert.deepEqual([other, status, problem.code], [other, 422, 'platform.idempotency_key_reused']);
  }
});

test('a wrong password under a key of another request is no failed signature', async () => {
  const path = await customer('To be signed');
  const headers = { 'idempotency-key': randomUUID(), 'if-match': '"1"' };
  const reason = { reason: 'Out of service.' };
  assert.equal((await tenant.owner.post(`${path}/deactivate`, reason, headers)).status, 200);
  const signature = { meaning: 'approval', password: 'not the password of anybody' };
  const events = async (): Promise<number> => {
    const { body } = await tenant.owner.get('/api/v1/audit/security-events');
    return body.items.find(({ event = '' }) => event.includes('signing_failed'))?.count ?? 0;
  };
  const before = await events();
  const second = { ...headers, 'if-match': '"2"' };
  const { status, body } = await tenant.owner.post(`${path}/signatures`, signature, second);
  assert.deepEqual([status, body.code], [422, 'platform.idempotency_key_reused']);
  assert.equal(await events(), before);
  const wrong = await tenant.owner.post(`${path}/signatures`, signature, { 'if-match': '"2"' });
  assert.equal(wrong.body.code, 'platform.signature_refused');
  const after = await until(events, count => count > before, 10_000, 'the failed signature');
  assert.equal(after, before + 1);
});
