import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { allRoles, type OwnTenant } from '../isolation/own-tenants.ts';
import { logInTo, ownTenant, verdict } from './people.ts';

const PATH = '/api/v1/sign-in-policy';
let tenant: OwnTenant;

before(async () => {
  tenant = await ownTenant();
});

describe('the sign-in policy of a tenant', () => {
  test('shortens the life of access tokens', async () => {
    const { body, headers } = await tenant.owner.get(PATH);
    assert.deepEqual(body, { requireMfa: false, accessTokenMinutes: 180, passwordDays: null });
    const answer = await tenant.owner.call('PUT', PATH, {
      body: { ...body, accessTokenMinutes: 20 },
      headers: { 'if-match': headers['etag'] ?? '' },
    });
    assert.equal(answer.status, 200);
    assert.equal((await logInTo(tenant)).body.expiresIn, 20 * 60);
  });

  test('is changed by owners who have just proved who they are', async () => {
    const { body, headers } = await tenant.owner.get(PATH);
    const change = { body, headers: { 'if-match': headers['etag'] ?? '' } };
    const administrator = tenant.anonymous.as(await tenant.token(['administrator']));
    assert.deepEqual(verdict(await administrator.call('PUT', PATH, change)), [
      403,
      'platform.permission_missing',
    ]);
    const stale = tenant.anonymous.as(await tenant.token(allRoles, undefined, 3600, 11 * 60));
    const refused = await stale.call('PUT', PATH, change);
    assert.deepEqual(verdict(refused), [401, 'platform.step_up_required']);
    assert.equal(
      refused.headers['www-authenticate'],
      'Bearer error="insufficient_user_authentication", max_age="600"',
    );
  });

  test('takes no life beyond three hours', async () => {
    const { body } = await tenant.owner.get(PATH);
    const answer = await tenant.owner.call('PUT', PATH, {
      body: { ...body, accessTokenMinutes: 181 },
      headers: { 'if-match': '"1"' },
    });
    assert.deepEqual(verdict(answer), [400, 'platform.input_invalid']);
  });
});
