import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { before, test } from 'node:test';
import { type OwnTenant, openOwnTenants } from '../isolation/own-tenants.ts';

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
