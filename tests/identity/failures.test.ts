import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { before, describe, test } from 'node:test';
import { until } from '../../scripts/demo/expect.ts';
import { makeCode } from '../../shared/platform/accounts/index.ts';
import { platform, systemOf } from '../access/people.ts';
import type { OwnTenant } from '../isolation/own-tenants.ts';
import { enrol, secondStep } from './authenticator.ts';
import { mailTo } from './mailbox.ts';
import { A_MINUTE, bearing, logInTo, ownTenant, refreshAt } from './people.ts';

const WRONG = 'not the passphrase';
const CALLBACK = 'https://bench.example/callback';

/** The security events of a tenant that are none of these, oldest first: what happened, and to whom. */
async function eventsOf(tenant: OwnTenant, count: number): Promise<readonly string[]> {
  const path = '/api/v1/audit?order=oldest&limit=100';
  const told = await until(
    async () => {
      const { body } = await tenant.owner.get(path);
      return body.items
        .map(({ action }: { action: string }) => action)
        .filter((action: string) => action.startsWith('platform.security.') && !QUIET.includes(action));
    },
    actions => actions.length >= count,
    A_MINUTE,
    `${count} events`,
  );
  return told.map((action: string) => action.slice('platform.security.'.length));
}
const QUIET = ['password_set', 'login_succeeded', 'login_challenged', 'mfa_enrolling', 'mfa_enrolled'].map(
  event => `platform.security.${event}`,
);

describe('a failure leaves a security event', () => {
  let tenant: OwnTenant;

  test('a wrong password, for whom it was tried; the fifth says that it locks, and is told by mail', async () => {
    tenant = await ownTenant();
    for (let time = 0; time < 5; time += 1) await logInTo(tenant, tenant.email, WRONG);
    assert.deepEqual(await eventsOf(tenant, 5), [...Array(4).fill('login_failed'), 'login_locked']);
    await mailTo(tenant.email, /^Failed logins at/);
  });

  test('a wrong password for an address of nobody', async () => {
    tenant = await ownTenant();
    await logInTo(tenant, 'nobody@nowhere.example', WRONG);
    assert.deepEqual(await eventsOf(tenant, 1), ['login_failed']);
  });

  test('a wrong code, at the door and in an open session, and a code that was used', async () => {
    tenant = await ownTenant();
    const client = bearing(tenant, await logInTo(tenant));
    const { authenticator } = await enrol(client);
    assert.equal((await secondStep(tenant, { code: '000000' })).status, 401);
    assert.equal((await client.post('/api/v1/auth/step-up', { code: '000000' })).status, 422);
    const code = authenticator.next();
    assert.equal((await secondStep(tenant, { code })).status, 200);
    assert.equal((await secondStep(tenant, { code })).status, 401);
    assert.deepEqual(await eventsOf(tenant, 3), Array(3).fill('login_failed'));
  });

  test('a refresh token that comes twice', async () => {
    tenant = await ownTenant();
    const { body } = await logInTo(tenant);
    assert.equal((await refreshAt(tenant, body.refreshToken)).status, 200);
    assert.equal((await refreshAt(tenant, body.refreshToken)).status, 401);
    assert.deepEqual(await eventsOf(tenant, 1), ['refresh_reused']);
  });

  test('an authorization code that comes twice', async () => {
    tenant = await ownTenant();
    const permissions = ['calibration.customer:read'];
    const wish = { name: 'Bench', kind: 'public', permissions, redirectUris: [CALLBACK] };
    const { body: client } = await tenant.owner.post('/api/v1/oauth-clients', wish);
    const { body: me } = await tenant.owner.get('/api/v1/me');
    const verifier = randomBytes(32).toString('base64url');
    const challenge = createHash('sha256').update(verifier).digest('base64url');
    const code = await makeCode(platform, systemOf(tenant), client.id, {
      ...{ user: me.id, redirectUri: CALLBACK, permissions, methods: ['pwd'], challenge },
      authTime: Math.floor(Date.now() / 1000),
    });
    const form = new URLSearchParams({
      ...{ grant_type: 'authorization_code', client_id: client.id, redirect_uri: CALLBACK },
      ...{ code, code_verifier: verifier },
    }).toString();
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const exchange = () => tenant.anonymous.post('/oauth/token', form, headers);
    assert.equal((await exchange()).status, 200);
    assert.equal((await exchange()).status, 400);
    assert.deepEqual(await eventsOf(tenant, 1), ['code_reused']);
  });
});

describe('a second factor that is taken away', () => {
  let tenant: OwnTenant;

  before(async () => {
    tenant = await ownTenant();
  });

  test('from somebody who lost it opens nothing any more: neither its codes nor its recovery codes nor their sessions', async () => {
    const session = await logInTo(tenant);
    const client = bearing(tenant, session);
    const { authenticator, recoveryCodes } = await enrol(client);
    const { challenge } = (await logInTo(tenant)).body;
    const { body: me } = await client.get('/api/v1/me');
    const removed = await tenant.second.call('DELETE', `/api/v1/users/${me.id}/second-factor`);
    assert.equal(removed.status, 204, String(removed.bytes));
    for (const evidence of [{ code: authenticator.next() }, { recoveryCode: recoveryCodes[0] }])
      assert.equal((await secondStep(tenant, evidence, challenge)).status, 401);
    assert.equal((await refreshAt(tenant, session.body.refreshToken)).status, 401);
    const alone = await logInTo(tenant);
    assert.deepEqual([alone.status, alone.body.mfaRequired], [200, undefined]);
    const state = await bearing(tenant, alone).get('/api/v1/me/second-factor');
    assert.deepEqual(state.body, { totp: false, since: null, recoveryCodes: 0 });
    await mailTo(tenant.email, /^Your second factor/, 2);
    const { body } = await tenant.owner.get('/api/v1/audit?action=platform.security.mfa_removed');
    assert.equal(body.items.length, 1);
    const again = await tenant.second.call('DELETE', `/api/v1/users/${me.id}/second-factor`);
    assert.deepEqual([again.status, again.body.code], [409, 'platform.mfa_missing']);
  });
});
