import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { before, describe, test } from 'node:test';
import type { Client } from '../../scripts/demo/client.ts';
import { operator } from '../identity/operators.ts';
import { verdict } from '../identity/people.ts';
import { exampleBody } from '../isolation/example-body.ts';
import { inParallel } from '../isolation/in-parallel.ts';
import { allRoles, type OwnTenant, openOwnTenants } from '../isolation/own-tenants.ts';
import { allEndpoints, bookOf, pathWith } from '../isolation/table.ts';

const STALE = [401, 'platform.step_up_required'];
const ELEVEN_MINUTES = 660;

/** Everything that takes a fresh proof of who asks; what makes somebody privileged depends on the request and stands below. */
const SENSITIVE = [
  'platform.api_key.create',
  'platform.api_key.issue_secret',
  'platform.audit.export',
  'platform.domain.add',
  'platform.domain.make_primary',
  'platform.domain.remove',
  'platform.email.ask_change',
  'platform.identity_provider.change',
  'platform.identity_provider.create',
  'platform.identity_provider.give_secret',
  'platform.impersonation.begin',
  'platform.mfa.enrol',
  'platform.mfa.remove',
  'platform.mfa.renew_codes',
  'platform.oauth_client.create',
  'platform.oauth_client.issue_secret',
  'platform.privacy.file',
  'platform.privacy.request',
  'platform.privacy.rotate_keys',
  'platform.role.change',
  'platform.role.create',
  'platform.sign_in_policy.change',
  'platform.tenant.schedule_deletion',
  'platform.user.remove_second_factor',
  'platform.webhook.change',
  'platform.webhook.create',
  'platform.webhook.secret',
  'platform.webhook_endpoint.rollback',
];

let tenant: OwnTenant;
let stale: Client;

before(async () => {
  [tenant] = (await openOwnTenants(1)) as [OwnTenant];
  stale = tenant.anonymous.as(await tenant.token(allRoles, undefined, 3600, ELEVEN_MINUTES));
});

const newcomer = (roles: readonly string[]) => ({ email: `${randomUUID()}@x.example`, name: 'X', roles });

describe('what is sensitive', () => {
  test('takes a proof of who asks that is ten minutes old at most', async () => {
    const all = allEndpoints.filter(({ stepUp }) => stepUp === true || stepUp === 'people');
    assert.deepEqual(all.map(({ id }) => id).toSorted(), SENSITIVE);
    const { client: operating } = await operator('operator', Math.floor(Date.now() / 1000) - ELEVEN_MINUTES);
    await inParallel(all, async endpoint => {
      const client = endpoint.access === 'operator' ? operating : stale;
      const body = endpoint.body === undefined ? undefined : exampleBody(endpoint, bookOf([]));
      const headers = { 'if-match': '"1"' };
      const answer = await client.call(endpoint.method, pathWith(endpoint, 'x'), { body, headers });
      assert.deepEqual([endpoint.id, ...verdict(answer)], [endpoint.id, ...STALE]);
    });
  });

  test('is to make somebody an owner, an administrator or one who signs, and nobody else', async () => {
    const { body: person } = await stale.post('/api/v1/users', newcomer(['viewer']));
    const path = `/api/v1/users/${person.id}`;
    for (const role of ['tenant-owner', 'administrator', 'quality-manager']) {
      assert.deepEqual(verdict(await stale.post('/api/v1/users', newcomer(['viewer', role]))), STALE, role);
      const raised = await stale.patch(path, { roles: [role] }, { 'if-match': '"1"' });
      assert.deepEqual(verdict(raised), STALE, role);
    }
    const changed = await stale.patch(path, { roles: ['sales'] }, { 'if-match': '"1"' });
    assert.equal(changed.status, 200);
    assert.equal((await tenant.owner.post('/api/v1/users', newcomer(['administrator']))).status, 201);
  });

  test('is to give a role that administers or signs in all but name, and to bar or demote who has one', async () => {
    const permissions = ['platform.role:write', 'calibration.customer:read'];
    const { body: role } = await tenant.owner.post('/api/v1/roles', { name: { en: 'Deputy' }, permissions });
    assert.deepEqual(verdict(await stale.post('/api/v1/users', newcomer([role.id]))), STALE);
    for (const held of [[role.id], ['tenant-owner'], ['administrator']]) {
      const { body: person, status } = await tenant.owner.post('/api/v1/users', newcomer(held));
      assert.equal(status, 201);
      const path = `/api/v1/users/${person.id}`;
      for (const change of [{ status: 'disabled' }, { roles: ['viewer'] }])
        assert.deepEqual(verdict(await stale.patch(path, change, { 'if-match': '"1"' })), STALE, held[0]);
      assert.equal((await stale.patch(path, { name: 'Y' }, { 'if-match': '"1"' })).status, 200);
    }
  });

  test('is to take back what is sensitive to change', () => {
    const rollbacks = allEndpoints.filter(({ id }) => id.endsWith('.rollback'));
    assert.ok(rollbacks.length > 1);
    for (const { id, path, stepUp } of rollbacks) {
      const own = path.replace(/\/rollback$/, '');
      const change = allEndpoints.find(one => one.path === own && ['PATCH', 'PUT'].includes(one.method));
      assert.equal(stepUp, change?.stepUp, id);
    }
  });

  test('is to let pages of another origin in, and no other setting', async () => {
    const path = '/api/v1/tenant-settings';
    const { headers } = await tenant.owner.get(path);
    const match = { 'if-match': headers['etag'] ?? '' };
    const origins = { corsOrigins: ['https://evil.example'] };
    assert.deepEqual(verdict(await stale.patch(path, origins, match)), STALE);
    assert.equal((await stale.patch(path, { locale: 'en-GB' }, match)).status, 200);
  });

  test('is a webhook for people; a machine that was made for it registers one', async () => {
    const permissions = ['platform.webhook:write', 'platform.webhook:read'];
    const { body: key } = await tenant.owner.post('/api/v1/api-keys', { name: 'K', permissions, days: 1 });
    const { body: secret } = await tenant.owner.post(`/api/v1/api-keys/${key.id}/secret`);
    const body = { url: 'http://127.0.0.1:9/hook', eventTypes: ['calibration.certificate.*'] };
    const made = await tenant.anonymous.as(secret.key).post('/api/v1/webhook-endpoints', body);
    assert.equal(made.status, 201, String(made.bytes));
  });
});
