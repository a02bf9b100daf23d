import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { openClient } from '../../scripts/demo/client.ts';
import { until } from '../../scripts/demo/expect.ts';
import type { OwnTenant } from '../isolation/own-tenants.ts';
import { type Authenticator, enrol, secondStep } from './authenticator.ts';
import { A_MINUTE, bearing, logInTo, ownTenant, PASSPHRASE, refreshAt, verdict } from './people.ts';

const REFUSED = [401, 'platform.login_refused'];

async function withFactor() {
  const tenant = await ownTenant();
  const client = bearing(tenant, await logInTo(tenant));
  return { tenant, client, ...(await enrol(client)) };
}

describe('a second factor', () => {
  let tenant: OwnTenant;
  let authenticator: Authenticator;
  let recoveryCodes: readonly string[];

  before(async () => {
    ({ tenant, authenticator, recoveryCodes } = await withFactor());
  });

  test('makes a login two steps, the first of which opens nothing', async () => {
    const first = await logInTo(tenant);
    assert.equal(first.status, 200);
    assert.deepEqual([first.body.mfaRequired, first.body.accessToken], [true, undefined]);
    const imposter = openClient(tenant.origin, first.body.challenge);
    assert.deepEqual(verdict(await imposter.get('/api/v1/me')), [401, 'platform.token_invalid']);
    const second = await secondStep(tenant, { code: authenticator.next() }, first.body.challenge);
    assert.equal(second.status, 200);
    const { body } = await bearing(tenant, second).get('/api/v1/me/sessions');
    const current = body.items.find((session: { current: boolean }) => session.current);
    assert.deepEqual(current.methods, ['pwd', 'otp', 'mfa']);
  });

  test('opens to one of fifty that bring the same code at once, and never again', async () => {
    const own = await withFactor();
    const { challenge } = (await logInTo(own.tenant)).body;
    const code = own.authenticator.next();
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => secondStep(own.tenant, { code }, challenge)),
    );
    assert.equal(answers.filter(({ status }) => status === 200).length, 1);
    for (const answer of answers.filter(({ status }) => status !== 200))
      assert.deepEqual(verdict(answer), REFUSED);
    for (let time = 0; time < 6; time += 1)
      assert.deepEqual(verdict(await secondStep(own.tenant, { code }, challenge)), REFUSED);
    const next = { recoveryCode: own.recoveryCodes[0] };
    assert.equal(
      (await secondStep(own.tenant, next, challenge)).status,
      200,
      'a code that was right locks nobody out',
    );
  });

  test('is replaced by a recovery code, once, however it is written', async () => {
    const [code = ''] = recoveryCodes;
    assert.equal(recoveryCodes.length, 10);
    const written = code.toLowerCase().replaceAll('-', ' ');
    assert.equal((await secondStep(tenant, { recoveryCode: written })).status, 200);
    assert.deepEqual(verdict(await secondStep(tenant, { recoveryCode: code })), REFUSED);
  });

  test('lets one of fifty in that bring the same recovery code at once', async () => {
    const own = await withFactor();
    const { challenge } = (await logInTo(own.tenant)).body;
    const recoveryCode = own.recoveryCodes[3];
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => secondStep(own.tenant, { recoveryCode }, challenge)),
    );
    assert.equal(answers.filter(({ status }) => status === 200).length, 1);
  });

  test('is locked after five wrong codes', async () => {
    const own = await withFactor();
    const { challenge } = (await logInTo(own.tenant)).body;
    const codes: (string | undefined)[] = [];
    for (let time = 0; time < 6; time += 1)
      codes.push((await secondStep(own.tenant, { code: '000000' }, challenge)).body.code);
    assert.deepEqual(codes, [...Array(5).fill('platform.login_refused'), 'platform.login_locked']);
    assert.deepEqual(verdict(await logInTo(own.tenant)), [429, 'platform.login_locked']);
  });

  test('wants a challenge of this tenant that was not altered', async () => {
    const other = await ownTenant();
    const { challenge } = (await logInTo(tenant)).body;
    const invalid = [401, 'platform.challenge_invalid'];
    const code = authenticator.present();
    assert.deepEqual(verdict(await secondStep(other, { code }, challenge)), invalid);
    assert.deepEqual(verdict(await secondStep(tenant, { code }, `${challenge.slice(0, -2)}AA`)), invalid);
    assert.deepEqual(verdict(await secondStep(tenant, { code }, 'tsc_x.y')), invalid);
  });
});

describe('an enrolment', () => {
  test('shows a QR code, and counts only once a code has come back', async () => {
    const tenant = await ownTenant();
    const client = bearing(tenant, await logInTo(tenant));
    const shown = await client.post('/api/v1/me/second-factor');
    assert.match(shown.body.uri, /^otpauth:\/\/totp\/.*secret=[A-Z2-7]{32}&/);
    assert.match(shown.body.qrSvg, /^<svg/);
    const wrong = await client.post('/api/v1/me/second-factor/confirmation', { code: '000000' });
    assert.deepEqual(verdict(wrong), [422, 'platform.proof_refused']);
    assert.equal((await logInTo(tenant)).body.mfaRequired, undefined);
    const { recoveryCodes } = await enrol(client);
    assert.equal(new Set(recoveryCodes).size, 10);
    const state = await client.get('/api/v1/me/second-factor');
    assert.deepEqual([state.body.totp, state.body.recoveryCodes], [true, 10]);
    assert.deepEqual(verdict(await client.post('/api/v1/me/second-factor')), [409, 'platform.mfa_enrolled']);
  });

  test('is all that is open where the tenant wants everybody to have one', async () => {
    const tenant = await ownTenant();
    const session = await logInTo(tenant);
    const client = bearing(tenant, session);
    const policy = { requireMfa: true, accessTokenMinutes: 180, passwordDays: null };
    const path = '/api/v1/sign-in-policy';
    const changed = await tenant.owner.call('PUT', path, { body: policy, headers: { 'if-match': '"0"' } });
    assert.equal(changed.status, 200);
    const me = () => client.get('/api/v1/me');
    const closed = await until(me, ({ status }) => status === 403, A_MINUTE, 'the policy');
    assert.deepEqual(verdict(closed), [403, 'platform.enrolment_needed']);
    assert.equal((await logInTo(tenant)).body.enrolmentNeeded, true);
    const { recoveryCodes } = await enrol(client);
    assert.equal(recoveryCodes.length, 10);
    const renewed = await refreshAt(tenant, session.body.refreshToken);
    assert.equal((await bearing(tenant, renewed).get('/api/v1/me')).status, 200);
    const removed = await bearing(tenant, renewed).call('DELETE', '/api/v1/me/second-factor');
    assert.deepEqual(verdict(removed), [409, 'platform.mfa_required']);
  });
});

describe('a fresh proof', () => {
  test('is given by the second factor of whoever has one, and by the password of others', async () => {
    const { tenant, client, authenticator } = await withFactor();
    const prove = (body: object) => client.post('/api/v1/auth/step-up', body);
    assert.deepEqual(verdict(await prove({ password: PASSPHRASE })), [422, 'platform.second_factor_needed']);
    assert.deepEqual(verdict(await prove({ code: '000000' })), [422, 'platform.proof_refused']);
    const fresh = await prove({ code: authenticator.next() });
    assert.equal(fresh.status, 200);
    const removed = await bearing(tenant, fresh).call('DELETE', '/api/v1/me/second-factor');
    assert.equal(removed.status, 204);
    const alone = bearing(tenant, await logInTo(tenant));
    assert.equal((await alone.post('/api/v1/auth/step-up', { password: PASSPHRASE })).status, 200);
  });

  test('is none any more once the second factor is taken away: every session that had it ends', async () => {
    const { tenant, authenticator } = await withFactor();
    const session = await secondStep(tenant, { code: authenticator.next() });
    const client = bearing(tenant, session);
    assert.equal((await client.call('DELETE', '/api/v1/me/second-factor')).status, 204);
    const me = () => client.get('/api/v1/me');
    await until(me, ({ status }) => status === 401, A_MINUTE, 'the end of the session');
    assert.equal((await refreshAt(tenant, session.body.refreshToken)).status, 401);
  });

  test('of long ago opens nothing sensitive', async () => {
    const tenant = await ownTenant();
    const stale = tenant.anonymous.as(await tenant.token(['tenant-owner'], undefined, 3600, 601));
    assert.deepEqual(verdict(await stale.post('/api/v1/me/second-factor')), [
      401,
      'platform.step_up_required',
    ]);
  });
});
