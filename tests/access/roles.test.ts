import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { before, describe, test } from 'node:test';
import type { Answer, Client } from '../../scripts/demo/client.ts';
import { until } from '../../scripts/demo/expect.ts';
import { A_MINUTE, verdict } from '../identity/people.ts';
import { type OwnTenant, openOwnTenants } from '../isolation/own-tenants.ts';
import { openTestProduct } from '../product.ts';
import { person } from './people.ts';

const READ = 'calibration.customer:read';
const WRITE = 'calibration.customer:write';
const customer = { name: 'Somebody', address: ['1 Street'] };

describe("a role of a tenant's own", () => {
  let tenant: OwnTenant;

  before(async () => {
    [tenant] = (await openOwnTenants(1)) as [OwnTenant];
  });

  async function makeRole(permissions: readonly string[], by = tenant.owner): Promise<string> {
    const answer = await by.post('/api/v1/roles', { name: { en: 'A role', fa: 'یک نقش' }, permissions });
    assert.equal(answer.status, 201, String(answer.bytes));
    return answer.body.id;
  }

  async function change(client: Client, path: string, body: unknown, method = 'PATCH'): Promise<Answer> {
    const { headers } = await tenant.owner.get(path);
    return client.call(method, path, { body, headers: { 'if-match': headers['etag'] ?? '' } });
  }

  const holder = async (...roles: string[]) =>
    tenant.anonymous.as(await tenant.token(roles, `usr_${'8'.repeat(26)}`));

  function invite(roles: readonly string[], by = tenant.owner): Promise<Answer> {
    return by.post('/api/v1/users', { email: `${randomUUID()}@roles.example`, name: 'Somebody', roles });
  }

  test('gives exactly what it is made of, and what is everybody’s own', async () => {
    const person = await holder(await makeRole([READ]));
    assert.equal((await person.get('/api/v1/customers')).status, 200);
    assert.deepEqual(verdict(await person.post('/api/v1/customers', customer)), [
      403,
      'platform.permission_missing',
    ]);
    const { body } = await person.get('/api/v1/me');
    assert.deepEqual(
      body.permissions.filter((permission: string) => !permission.startsWith('platform.self:')),
      [READ],
    );
  });

  test('changes what its holders may, on every instance, without a new login', async () => {
    const role = await makeRole([READ]);
    const person = await holder(role);
    const other = openTestProduct().platform.directory;
    assert.deepEqual((await other.of(tenant.tenant.id)).roles.get(role), [READ]);
    assert.equal(
      (await change(tenant.owner, `/api/v1/roles/${role}`, { permissions: [READ, WRITE] })).status,
      200,
    );
    const write = () => person.post('/api/v1/customers', customer);
    await until(write, ({ status }) => status === 201, A_MINUTE, 'the wider role');
    const seen = async () => (await other.of(tenant.tenant.id)).roles.get(role)?.length;
    await until(seen, count => count === 2, A_MINUTE, 'the wider role on another instance');
    assert.equal((await change(tenant.owner, `/api/v1/roles/${role}`, { permissions: [READ] })).status, 200);
    await until(write, ({ status }) => status === 403, A_MINUTE, 'the narrower role', 500);
  });

  test('that administers or signs is for owners to make and to give, as the standard ones are', async () => {
    const administrator = await holder('administrator');
    const { body: catalogue } = await tenant.owner.get('/api/v1/role-catalogue');
    const standard = catalogue.roles.find(({ role }: { role: string }) => role === 'administrator');
    const clone = { name: { en: 'Not an administrator' }, permissions: standard.permissions };
    const made = await administrator.post('/api/v1/roles', clone);
    assert.deepEqual(verdict(made), [403, 'platform.permission_beyond']);
    const owned = await tenant.owner.post('/api/v1/roles', clone);
    assert.equal(owned.status, 201, String(owned.bytes));
    assert.deepEqual(verdict(await invite([owned.body.id], administrator)), [
      403,
      'platform.role_privileged',
    ]);
    const harmless = await makeRole([READ]);
    const risen = await change(administrator, `/api/v1/roles/${harmless}`, {
      permissions: ['platform.role:write'],
    });
    assert.deepEqual(verdict(risen), [403, 'platform.permission_beyond']);
    assert.equal((await invite([owned.body.id])).status, 201);
  });

  test('is made of nothing that the catalogue lacks, and nothing that its maker lacks', async () => {
    const body = (permissions: readonly string[]) => ({ name: { en: 'X' }, permissions });
    for (const unknown of [
      'lab.gold:melt',
      'platform.operate',
      'platform.self:read',
      'platform.oversee:all',
    ]) {
      const { status } = await tenant.owner.post('/api/v1/roles', body([unknown]));
      assert.ok(status === 422 || status === 400, `${unknown} was answered ${status}`);
    }
    const administrator = await holder('administrator');
    const beyond = await administrator.post('/api/v1/roles', body(['calibration.srf:approve']));
    assert.deepEqual(verdict(beyond), [403, 'platform.permission_beyond']);
    assert.equal((await administrator.post('/api/v1/roles', body([READ]))).status, 201);
    const technician = await holder('technician');
    assert.equal((await technician.post('/api/v1/roles', body([READ]))).status, 403);
  });

  test('that is above somebody is neither changed, nor deleted, nor given by them', async () => {
    const role = await makeRole(['calibration.srf:approve']);
    const administrator = await holder('administrator');
    const path = `/api/v1/roles/${role}`;
    const narrowed = await change(administrator, path, { permissions: [READ] });
    assert.deepEqual(verdict(narrowed), [403, 'platform.permission_beyond']);
    assert.equal((await change(administrator, path, undefined, 'DELETE')).status, 403);
    assert.deepEqual(verdict(await invite([role], administrator)), [403, 'platform.role_privileged']);
    assert.equal((await invite([await makeRole([READ])], administrator)).status, 201);
    assert.deepEqual(verdict(await invite([`rol_${'7'.repeat(26)}`])), [422, 'platform.role_unknown']);
  });

  test('that lets somebody write people lets them give what they hold themselves, and no more', async () => {
    const { body: catalogue } = await tenant.owner.get('/api/v1/role-catalogue');
    const viewers = catalogue.roles.find(({ role }: { role: string }) => role === 'viewer').permissions;
    const role = await makeRole([...new Set(['platform.user:read', 'platform.user:write', ...viewers])]);
    const clerk = await holder(role);
    for (const above of ['manager', 'technician', 'administrator', 'tenant-owner'])
      assert.deepEqual(verdict(await invite([above], clerk)), [403, 'platform.role_privileged'], above);
    const noted = () => tenant.owner.get('/api/v1/audit?action=platform.security.permission_refused');
    const isNoted = ({ reason }: { reason: string }) =>
      reason === 'platform.role_privileged for platform.user.create';
    await until(noted, ({ body }) => body.items.some(isNoted), A_MINUTE, 'the refusal in the audit');
    assert.equal((await invite(['viewer'], clerk)).status, 201);
    assert.equal((await invite([await makeRole(['platform.user:read'])], clerk)).status, 201);
    assert.deepEqual(verdict(await invite([role], clerk)), [403, 'platform.role_privileged']);
    assert.equal((await invite(['technician', 'manager'], await holder('administrator'))).status, 201);
  });

  test('nor does a key give more than it holds, whoever made it', async () => {
    const permissions = ['platform.user:read', 'platform.user:write', 'platform.user:grant_standard'];
    const { body: key } = await tenant.owner.post('/api/v1/api-keys', { name: 'K', permissions, days: 1 });
    const { body: secret } = await tenant.owner.post(`/api/v1/api-keys/${key.id}/secret`);
    const machine = tenant.anonymous.as(secret.key);
    for (const above of ['viewer', 'manager', 'tenant-owner'])
      assert.deepEqual(verdict(await invite([above], machine)), [403, 'platform.role_privileged'], above);
    assert.equal((await invite([await makeRole(['platform.user:read'])], machine)).status, 201);
  });

  test('lets nobody touch the logins of who is above them, or in other branches', async () => {
    const { body: me } = await tenant.owner.get('/api/v1/me');
    const junior = await holder(await makeRole(['platform.user:read', 'platform.user:write']));
    const { body: branch } = await tenant.owner.post('/api/v1/branches', { name: 'East' });
    const { body: viewer } = await invite(['viewer']);
    const { client: local } = await person(tenant, ['administrator'], [branch.id]);
    const both = await person(tenant, ['manager'], [branch.id]);
    for (const [client, id, ...expected] of [
      [junior, me.id, 403, 'platform.role_privileged'],
      [junior, both.id, 403, 'platform.role_privileged'],
      [local, me.id, 404, 'platform.not_found'],
      [local, viewer.id, 404, 'platform.not_found'],
    ] as const) {
      for (const method of ['GET', 'DELETE'])
        assert.deepEqual(verdict(await client.call(method, `/api/v1/users/${id}/sessions`)), expected);
      const removal = await client.call('DELETE', `/api/v1/users/${id}/second-factor`);
      assert.deepEqual(verdict(removal), expected);
    }
    const invitation = `/api/v1/users/${viewer.id}/invitation`;
    assert.equal((await junior.post(invitation)).status, 403);
    assert.equal((await local.post(invitation)).status, 404);
    const administrator = await holder('administrator');
    assert.equal((await administrator.get(`/api/v1/users/${viewer.id}/sessions`)).status, 200);
  });

  test('is not deleted as long as somebody holds it', async () => {
    const role = await makeRole([READ]);
    const { body: person } = await invite([role]);
    const refused = await change(tenant.owner, `/api/v1/roles/${role}`, undefined, 'DELETE');
    assert.deepEqual(verdict(refused), [409, 'platform.in_use']);
    assert.deepEqual(refused.body.data.users[0].first, [person.id]);
    assert.equal(
      (await change(tenant.owner, `/api/v1/users/${person.id}`, { roles: ['viewer'] })).status,
      200,
    );
    assert.equal((await change(tenant.owner, `/api/v1/roles/${role}`, undefined, 'DELETE')).status, 204);
    assert.equal((await tenant.owner.get(`/api/v1/roles/${role}`)).status, 404);
    assert.equal((await tenant.owner.get(`/api/v1/roles/${role}/history`)).status, 200);
  });

  test('is not deleted as long as something is shared with it', async () => {
    const role = await makeRole([READ]);
    const { body: shared } = await tenant.owner.post('/api/v1/customers', customer);
    const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
    const wish = { to: { role }, permissions: [READ], reason: 'A question.', expiresAt };
    const { body: grant, headers } = await tenant.owner.post(`/api/v1/records/${shared.id}/grants`, wish);
    const refused = await change(tenant.owner, `/api/v1/roles/${role}`, undefined, 'DELETE');
    assert.deepEqual(verdict(refused), [409, 'platform.in_use']);
    assert.deepEqual(refused.body.data.users, [{ kind: 'platform.grant', count: 1, first: [grant.id] }]);
    const match = { 'if-match': headers['etag'] ?? '' };
    await tenant.owner.call('DELETE', `/api/v1/grants/${grant.id}`, { headers: match });
    assert.equal((await change(tenant.owner, `/api/v1/roles/${role}`, undefined, 'DELETE')).status, 204);
  });

  test('is given to fifty at once, and never to somebody while it is deleted', async () => {
    const role = await makeRole([READ]);
    const given = await Promise.all(Array.from({ length: 50 }, () => invite([role])));
    assert.deepEqual([...new Set(given.map(({ status }) => status))], [201]);
    for (let round = 0; round < 8; round += 1) {
      const id = await makeRole([READ]);
      const [invited, deleted] = await Promise.all([
        invite([id]),
        change(tenant.owner, `/api/v1/roles/${id}`, undefined, 'DELETE'),
      ]);
      assert.ok(
        invited.status === 201 ? deleted.status !== 204 : deleted.status === 204,
        `invited ${invited.status}, deleted ${deleted.status}`,
      );
    }
  });

  test('is explained by the catalogue, beside the standard ones', async () => {
    const { body } = await tenant.owner.get('/api/v1/role-catalogue');
    const technician = body.roles.find(({ role }: { role: string }) => role === 'technician');
    assert.equal(technician.title.fa, 'تکنسین');
    assert.ok(technician.permissions.includes('calibration.srf:work'));
    assert.ok(body.permissions.includes(READ));
    assert.ok(!body.permissions.some((permission: string) => /operate|oversee|self/.test(permission)));
  });
});
