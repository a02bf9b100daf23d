import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import type { Client } from '../../scripts/demo/client.ts';
import { until } from '../../scripts/demo/expect.ts';
import { apiKeyKind } from '../../shared/platform/identity/index.ts';
import { platform, systemOf } from '../access/people.ts';
import type { OwnTenant } from '../isolation/own-tenants.ts';
import { A_MINUTE, ownTenant, verdict } from './people.ts';

let tenant: OwnTenant;

before(async () => {
  tenant = await ownTenant();
});

async function declare(permissions: readonly string[], more: object = {}): Promise<string> {
  const body = { name: 'Bench 3', permissions, ...more };
  const answer = await tenant.owner.post('/api/v1/api-keys', body);
  assert.equal(answer.status, 201, String(answer.bytes));
  return answer.body.id;
}

async function issue(id: string): Promise<Client> {
  const { status, body } = await tenant.owner.post(`/api/v1/api-keys/${id}/secret`);
  assert.equal(status, 200);
  assert.match(body.key, /^tsk_[0-9a-z]{26}_[\w-]{43}$/);
  return tenant.anonymous.as(body.key);
}

describe('an API key', () => {
  test('opens what it names and nothing else, on its own tenant’s host', async () => {
    const machine = await issue(await declare(['calibration.customer:read', 'calibration.customer:write']));
    const made = await machine.post('/api/v1/customers', { name: 'A customer', address: ['1 Street'] });
    assert.equal(made.status, 201);
    assert.equal((await machine.get('/api/v1/equipment')).status, 403);
    assert.equal((await machine.get('/api/v1/me')).status, 403);
    const { body } = await tenant.owner.get(`/api/v1/customers/${made.body.id}/history`);
    assert.match(body.items[0].by.user, /^key_/);
    const other = await ownTenant();
    const stranger = other.anonymous.as(
      (await tenant.owner.post(`/api/v1/api-keys/${await declare(['platform.job:read'])}/secret`)).body.key,
    );
    assert.deepEqual(verdict(await stranger.get('/api/v1/jobs')), [401, 'platform.token_invalid']);
  });

  test('is never above who makes it, nor a person', async () => {
    const post = (client: Client, permissions: readonly string[]) =>
      client.post('/api/v1/api-keys', { name: 'x', permissions });
    const integrator = tenant.anonymous.as(await tenant.token(['integrator']));
    const beyond = [403, 'platform.permission_beyond'];
    assert.deepEqual(verdict(await post(integrator, ['calibration.srf:approve'])), beyond);
    assert.deepEqual(verdict(await post(tenant.owner, ['platform.self:read'])), beyond);
    assert.deepEqual(verdict(await post(tenant.owner, ['no.such:thing'])), beyond);
  });

  test('makes no other keys, and its secret is shown once', async () => {
    const id = await declare(['platform.api_key:write', 'platform.api_key:read']);
    const machine = await issue(id);
    const made = await machine.post('/api/v1/api-keys', { name: 'x', permissions: ['platform.job:read'] });
    assert.deepEqual(verdict(made), [401, 'platform.step_up_required']);
    const { body } = await tenant.owner.get(`/api/v1/api-keys/${id}`);
    assert.doesNotMatch(JSON.stringify(body), /tsk_|hash/);
  });

  test('is replaced by a new secret, and ends with its revocation', async () => {
    const id = await declare(['platform.job:read']);
    const first = await issue(id);
    assert.equal((await first.get('/api/v1/jobs')).status, 200);
    const second = await issue(id);
    assert.equal((await second.get('/api/v1/jobs')).status, 200);
    const gone = (client: Client) =>
      until(
        () => client.get('/api/v1/jobs'),
        ({ status }) => status === 401,
        A_MINUTE,
        'the end of the key',
      );
    await gone(first);
    assert.equal((await tenant.owner.post(`/api/v1/api-keys/${id}/revocation`)).status, 200);
    assert.deepEqual(verdict(await gone(second)), [401, 'platform.token_invalid']);
    const again = await tenant.owner.post(`/api/v1/api-keys/${id}/secret`);
    assert.deepEqual(verdict(again), [409, 'platform.api_key_revoked']);
  });

  test('tells when it was used last', async () => {
    const id = await declare(['platform.job:read']);
    assert.equal((await tenant.owner.get(`/api/v1/api-keys/${id}`)).body.lastUsedAt, null);
    const begun = new Date().toISOString();
    await (await issue(id)).get('/api/v1/jobs');
    const { lastUsedAt } = (await tenant.owner.get(`/api/v1/api-keys/${id}`)).body;
    assert.ok(lastUsedAt >= begun, lastUsedAt);
  });

  test('that nobody made is none', async () => {
    for (const text of ['tsk_', `tsk_${'0'.repeat(26)}_${'A'.repeat(43)}`, 'tsk_x'])
      assert.deepEqual(verdict(await tenant.anonymous.as(text).get('/api/v1/jobs')), [
        401,
        'platform.token_invalid',
      ]);
  });

  test('is given to who declared it and to nobody else, who would keep it when they go', async () => {
    const id = await declare(['platform.job:read']);
    const path = `/api/v1/api-keys/${id}`;
    const other = await tenant.second.post(`${path}/secret`);
    assert.deepEqual(verdict(other), [403, 'platform.secret_of_another']);
    await issue(id);
    assert.equal((await tenant.second.post(`${path}/revocation`)).status, 200);
    const program = { name: 'Bench', kind: 'confidential', permissions: ['platform.job:read'] };
    const { body: client } = await tenant.owner.post('/api/v1/oauth-clients', program);
    const stolen = await tenant.second.post(`/api/v1/oauth-clients/${client.id}/secret`);
    assert.deepEqual(verdict(stolen), [403, 'platform.secret_of_another']);
  });

  test('has its secrets in its own history', async () => {
    const id = await declare(['platform.job:read']);
    await issue(id);
    const { body } = await tenant.owner.get(`/api/v1/audit?record=${id}&order=oldest`);
    assert.deepEqual(
      body.items.map(({ action }: { action: string }) => action),
      ['platform.api_key.created', 'platform.api_key.secret_issued'],
    );
    assert.ok((await tenant.owner.get(`/api/v1/api-keys/${id}`)).body.secretIssuedAt !== undefined);
  });

  test('ends when it expires', async () => {
    const id = await declare(['platform.job:read'], { days: 1 });
    const machine = await issue(id);
    const records = platform.records.for(systemOf(tenant));
    const expireAt = async (at: number) => {
      const record = await records.get(apiKeyKind, id);
      const data = { ...record.data, expiresAt: new Date(at).toISOString() };
      await records
        .scope('directory')
        .commit({ action: 'platform.api_key.changed', update: [{ record, data }] });
    };
    await expireAt(Date.now() + 3_600_000);
    assert.equal((await machine.get('/api/v1/jobs')).status, 200);
    await expireAt(Date.now() - 1000);
    const ended = await until(
      () => machine.get('/api/v1/jobs'),
      ({ status }) => status !== 200,
      A_MINUTE,
      'the end of its days',
    );
    assert.deepEqual(verdict(ended), [401, 'platform.token_invalid']);
  });

  test('loses what its maker loses', async () => {
    const own = await ownTenant();
    const { body: users } = await own.owner.get('/api/v1/users');
    const second = users.items.find(({ email }: { email: string }) => email.startsWith('second@'));
    const key = { name: 'x', permissions: ['calibration.customer:write', 'calibration.customer:read'] };
    const { id } = (await own.second.post('/api/v1/api-keys', key)).body;
    const machine = own.anonymous.as((await own.second.post(`/api/v1/api-keys/${id}/secret`)).body.key);
    const write = () => machine.post('/api/v1/customers', { name: 'A', address: ['1 Street'] });
    assert.equal((await write()).status, 201);
    const { headers } = await own.owner.get(`/api/v1/users/${second.id}`);
    const match = { 'if-match': headers['etag'] ?? '' };
    assert.equal(
      (await own.owner.patch(`/api/v1/users/${second.id}`, { roles: ['viewer'] }, match)).status,
      200,
    );
    await until(write, ({ status }) => status === 403, A_MINUTE, 'the loss of a permission');
    assert.equal((await machine.get('/api/v1/customers')).status, 200);
  });
});
