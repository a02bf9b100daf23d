import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { before, describe, test } from 'node:test';
import { until } from '../../scripts/demo/expect.ts';
import type { OwnTenant } from '../isolation/own-tenants.ts';
import { allEndpoints, pathWith } from '../isolation/table.ts';
import { operator } from './operators.ts';
import { A_MINUTE, ownTenant, verdict } from './people.ts';

const REASON = 'Ticket 4711: the certificate does not print';
const PATH = '/api/v1/operator/impersonations';
let tenant: OwnTenant;
let user: string;

before(async () => {
  tenant = await ownTenant();
  const { body } = await tenant.owner.get('/api/v1/users');
  user = body.items.find(({ email }: { email: string }) => email.startsWith('second@')).id;
});

type Acting = Awaited<ReturnType<typeof begin>>;

async function begin(more: object = {}, who = operator()) {
  const { client, ...operating } = await who;
  const body = { tenant: tenant.tenant.id, user, reason: REASON, minutes: 5, ...more };
  return { client, ...operating, answer: await client.post(PATH, body) };
}

describe('an operator in the place of a user', () => {
  test('acts with the user’s rights, and every change names both', async () => {
    const { id, session, answer } = await begin();
    assert.equal(answer.status, 201, String(answer.bytes));
    assert.equal(answer.body.expiresIn, 300);
    const acting = tenant.anonymous.as(answer.body.accessToken);
    const [, payload = ''] = answer.body.accessToken.split('.');
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
    assert.deepEqual(
      [claims.sub, claims.act],
      [user, { sub: id, name: 'An operator', sid: session, ver: 1 }],
    );
    const made = await acting.post('/api/v1/customers', { name: 'A customer', address: ['1 Street'] });
    assert.equal(made.status, 201);
    const { body } = await tenant.owner.get(`/api/v1/customers/${made.body.id}/history`);
    assert.equal(body.items[0].by.user, user);
    assert.deepEqual(body.items[0].by.operator, { user: id, name: 'An operator' });
    const { body: list } = await tenant.owner.get('/api/v1/impersonations');
    assert.deepEqual([list.items[0].user, list.items[0].reason], [user, REASON]);
  });

  test('signs nothing, touches no credentials and opens no way out for data, whatever roles the user has', async () => {
    const acting = tenant.anonymous.as((await begin()).answer.body.accessToken);
    const missing = [403, 'platform.permission_missing'];
    assert.deepEqual(
      verdict(await acting.post('/api/v1/me/password', { current: 'x', password: 'y' })),
      missing,
    );
    assert.deepEqual(verdict(await acting.post('/api/v1/me/second-factor')), missing);
    assert.deepEqual(
      verdict(await acting.post('/api/v1/api-keys', { name: 'x', permissions: ['a.b:c'] })),
      missing,
    );
    assert.deepEqual(verdict(await acting.post('/api/v1/auth/logout-everywhere')), missing);
    assert.deepEqual(verdict(await acting.get('/api/v1/audit/export')), missing);
    const hook = { url: 'https://hooks.example/x', eventTypes: ['*'] };
    assert.deepEqual(verdict(await acting.post('/api/v1/webhook-endpoints', hook)), missing);
    assert.deepEqual(verdict(await acting.get(`/api/v1/webhook-endpoints/whe_x/secret`)), missing);
    const settings = { corsOrigins: ['https://elsewhere.example'] };
    const opened = await acting.patch('/api/v1/tenant-settings', settings, { 'if-match': '"1"' });
    assert.deepEqual(verdict(opened), missing);
    const { permissions } = (await acting.get('/api/v1/me')).body;
    for (const own of ['calibration.srf:approve', 'calibration.srf:review', 'calibration.certificate:issue'])
      assert.ok(!permissions.includes(own), own);
    assert.ok(permissions.includes('calibration.srf:write'));
  });

  test('is out at once when the operator or an owner says so', async () => {
    for (const by of ['operator', 'owner'] as const) {
      const { client, answer } = await begin();
      const { id, accessToken } = answer.body;
      const ended =
        by === 'operator'
          ? await client.call('DELETE', `/api/v1/operator/tenants/${tenant.tenant.id}/impersonations/${id}`)
          : await tenant.owner.call('DELETE', `/api/v1/impersonations/${id}`);
      assert.equal(ended.status, 204);
      const me = () => tenant.anonymous.as(accessToken).get('/api/v1/me');
      const closed = await until(me, ({ status }) => status === 401, A_MINUTE, 'the end of it');
      assert.deepEqual(verdict(closed), [401, 'platform.token_revoked']);
    }
  });

  test('is out within a minute of being logged out, disabled or made an auditor where operators are', async () => {
    const { client: other } = await operator();
    const change = async (id: string, body: object) => {
      const path = `/api/v1/users/${id}`;
      const ask = async () =>
        other.patch(path, body, { 'if-match': (await other.get(path)).headers['etag'] ?? '' });
      // Two owners who change at once name each other as the one who stays, and one of them has to ask again.
      await until(ask, ({ status }) => status === 200, A_MINUTE, 'the change');
    };
    const ways = [
      ({ client }: Acting) => client.post('/api/v1/auth/logout'),
      ({ id }: Acting) => change(id, { status: 'disabled' }),
      ({ id }: Acting) => change(id, { roles: ['operator-auditor'] }),
    ];
    await Promise.all(
      ways.map(async way => {
        const begun = await begin();
        const acting = tenant.anonymous.as(begun.answer.body.accessToken);
        assert.equal((await acting.get('/api/v1/customers')).status, 200);
        await way(begun);
        const customers = () => acting.get('/api/v1/customers');
        const closed = await until(customers, ({ status }) => status !== 200, A_MINUTE, 'the end of it');
        assert.deepEqual(verdict(closed), [401, 'platform.token_revoked']);
      }),
    );
  });

  test('is there once under one Idempotency-Key, with another token each time it is asked for', async () => {
    const { client } = await operator();
    const body = { tenant: tenant.tenant.id, user, reason: `${REASON} twice`, minutes: 5 };
    const headers = { 'idempotency-key': randomUUID() };
    const ask = (more: object = {}) => client.post(PATH, { ...body, ...more }, headers);
    const answers = [...(await Promise.all([ask(), ask(), ask()])), await ask()];
    assert.deepEqual([...new Set(answers.map(({ status }) => status))], [201]);
    assert.equal(new Set(answers.map(answer => answer.body.id)).size, 1);
    assert.equal(answers.at(-1)?.headers['idempotency-replayed'], 'true');
    for (const answer of answers)
      assert.equal((await tenant.anonymous.as(answer.body.accessToken).get('/api/v1/me')).status, 200);
    const { body: list } = await tenant.owner.get('/api/v1/impersonations');
    const twice = list.items.filter(({ reason }: { reason: string }) => reason === body.reason);
    assert.equal(twice.length, 1);
    for (const more of [{ minutes: 6 }, { tenant: 'ten_other' }])
      assert.deepEqual(verdict(await ask(more)), [422, 'platform.idempotency_key_reused']);
  });

  test('needs a reason, a fresh proof, an hour at most, and to be one', async () => {
    assert.deepEqual(verdict((await begin({ reason: 'because' })).answer), [400, 'platform.input_invalid']);
    assert.deepEqual(verdict((await begin({ minutes: 61 })).answer), [400, 'platform.input_invalid']);
    assert.deepEqual(verdict((await begin({ tenant: 'tnt_nobody' })).answer), [404, 'platform.not_found']);
    assert.deepEqual(verdict((await begin({ tenant: 'ten_platform' })).answer), [404, 'platform.not_found']);
    const auditor = await begin({}, operator('operator-auditor'));
    assert.deepEqual(verdict(auditor.answer), [403, 'platform.permission_missing']);
    const stale = await begin({}, operator('operator', Math.floor(Date.now() / 1000) - 601));
    assert.deepEqual(verdict(stale.answer), [401, 'platform.step_up_required']);
  });
});

describe('the operators’ own host', () => {
  test('has logins and people, and nothing of tenants', async () => {
    const { client } = await operator();
    assert.equal((await client.get('/api/v1/me')).status, 200);
    assert.equal((await client.get('/api/v1/users')).status, 200);
    for (const path of ['/api/v1/customers', '/api/v1/api-keys', '/api/v1/webhook-endpoints'])
      assert.deepEqual(verdict(await client.get(path)), [404, 'platform.route_unknown'], path);
  });

  test('is the only one where operators’ endpoints are', async () => {
    const own = allEndpoints.filter(({ access }) => access === 'operator');
    assert.ok(own.length > 0);
    for (const endpoint of own) {
      const path = pathWith(endpoint, 'x');
      const answer = await tenant.owner.call(endpoint.method, path, { body: endpoint.example?.body });
      assert.deepEqual(verdict(answer), [404, 'platform.route_unknown'], path);
    }
  });

  test('takes no token of a tenant, and a tenant none of an operator', async () => {
    const { client } = await operator();
    const mismatch = [403, 'platform.tenant_mismatch'];
    const guest = client.as(await tenant.token(['tenant-owner']));
    assert.deepEqual(verdict(await guest.get('/api/v1/users')), mismatch);
    const { client: other } = await operator();
    const path = `${tenant.origin}/api/v1/users`;
    assert.deepEqual(verdict(await other.get(path)), mismatch);
  });

  test('has operators in its directory alone, and tenants have none', async () => {
    const { client } = await operator();
    const person = (role: string) => ({
      email: `${crypto.randomUUID()}@ops.example`,
      name: 'New',
      roles: [role],
    });
    assert.equal((await client.post('/api/v1/users', person('operator-auditor'))).status, 201);
    const unfit = [422, 'platform.role_unfit'];
    assert.deepEqual(verdict(await client.post('/api/v1/users', person('tenant-owner'))), unfit);
    assert.deepEqual(verdict(await tenant.owner.post('/api/v1/users', person('operator'))), unfit);
  });
});
