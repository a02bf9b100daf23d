import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import type { Answer } from '../../scripts/demo/client.ts';
import { until } from '../../scripts/demo/expect.ts';
import type { OwnTenant } from '../isolation/own-tenants.ts';
import { A_MINUTE, bearing, logInTo, ownTenant, refreshAt, verdict } from './people.ts';

const REVOKED = [401, 'platform.token_revoked'];
let tenant: OwnTenant;

before(async () => {
  tenant = await ownTenant();
});

/** The answer to `/me` once it is what everybody must see within a minute. */
function untilRevoked(answer: Answer): Promise<Answer> {
  const client = bearing(tenant, answer);
  return until(
    () => client.get('/api/v1/me'),
    ({ status }) => status === 401,
    A_MINUTE,
    'the revocation',
  );
}

describe('a refresh token', () => {
  test('is good for one access token and one successor', async () => {
    const first = await logInTo(tenant);
    assert.match(first.body.refreshToken, /^tsr_/);
    assert.equal(first.body.refreshExpiresIn, 14 * 24 * 3600);
    const second = await refreshAt(tenant, first.body.refreshToken);
    assert.equal(second.status, 200);
    assert.equal((await bearing(tenant, second).get('/api/v1/me')).status, 200);
    const third = await refreshAt(tenant, second.body.refreshToken);
    assert.equal(third.status, 200);
  });

  test('that was used before ends its family, the newest token included', async () => {
    const first = await logInTo(tenant);
    const second = await refreshAt(tenant, first.body.refreshToken);
    const again = await refreshAt(tenant, first.body.refreshToken);
    assert.deepEqual(verdict(again), [401, 'platform.refresh_reused']);
    assert.deepEqual(verdict(await refreshAt(tenant, second.body.refreshToken)), [
      401,
      'platform.refresh_invalid',
    ]);
    assert.deepEqual(verdict(await untilRevoked(second)), REVOKED);
  });

  test('that fifty bring at once is given one successor, and the others end the family', async () => {
    const { body } = await logInTo(tenant);
    const answers = await Promise.all(Array.from({ length: 50 }, () => refreshAt(tenant, body.refreshToken)));
    const won = answers.filter(({ status }) => status === 200);
    assert.equal(won.length, 1);
    for (const answer of answers.filter(({ status }) => status !== 200))
      assert.match(verdict(answer).join(' '), /^401 platform\.refresh_(reused|invalid)$/);
    assert.deepEqual(verdict(await refreshAt(tenant, won[0]?.body.refreshToken)), [
      401,
      'platform.refresh_invalid',
    ]);
  });

  test('that was guessed or belongs to another tenant ends nothing', async () => {
    const other = await ownTenant();
    const { body } = await logInTo(tenant);
    const [user, session, , secret, mark] = body.refreshToken.split('.');
    const guesses = [
      `${user}.${session}.1.${'A'.repeat(43)}.${'A'.repeat(22)}`,
      `${user}.${session}.0.${secret}.${mark}`,
      'tsr_nonsense',
      'x',
    ];
    for (const guess of guesses)
      assert.deepEqual(verdict(await refreshAt(tenant, guess)), [401, 'platform.refresh_invalid'], guess);
    assert.deepEqual(verdict(await refreshAt(other, body.refreshToken)), [401, 'platform.refresh_invalid']);
    assert.equal((await refreshAt(tenant, body.refreshToken)).status, 200);
  });
});

describe('a session', () => {
  test('is listed with its device and ends with logout, for tokens that are still valid too', async () => {
    const answer = await logInTo(tenant);
    const client = bearing(tenant, answer);
    const { body } = await client.get('/api/v1/me/sessions');
    const current = body.items.filter((session: { current: boolean }) => session.current);
    assert.equal(current.length, 1);
    assert.deepEqual(current[0].methods, ['pwd']);
    assert.equal((await client.post('/api/v1/auth/logout')).status, 204);
    assert.deepEqual(verdict(await untilRevoked(answer)), REVOKED);
    assert.deepEqual(verdict(await refreshAt(tenant, answer.body.refreshToken)), [
      401,
      'platform.refresh_invalid',
    ]);
  });

  test('can be ended from another one, and leaves the other open', async () => {
    const [one, other] = [await logInTo(tenant), await logInTo(tenant)];
    const client = bearing(tenant, one);
    const { body } = await bearing(tenant, other).get('/api/v1/me/sessions');
    const { id } = body.items.find((session: { current: boolean }) => session.current);
    assert.equal((await client.call('DELETE', `/api/v1/me/sessions/${id}`)).status, 204);
    assert.deepEqual(verdict(await untilRevoked(other)), REVOKED);
    assert.equal((await client.get('/api/v1/me')).status, 200);
    assert.equal((await client.call('DELETE', `/api/v1/me/sessions/${id}`)).status, 404);
  });

  test('ends with all others by logging out everywhere', async () => {
    const answers = [await logInTo(tenant), await logInTo(tenant)];
    const client = bearing(tenant, answers[0] as Answer);
    assert.equal((await client.post('/api/v1/auth/logout-everywhere')).status, 204);
    for (const answer of answers) {
      assert.deepEqual(verdict(await untilRevoked(answer)), REVOKED);
      assert.equal((await refreshAt(tenant, answer.body.refreshToken)).status, 401);
    }
  });

  test('of another person is ended by an administrator only', async () => {
    const answer = await logInTo(tenant);
    const path = `/api/v1/users/${answer.body.user.id}/sessions`;
    const viewer = tenant.anonymous.as(await tenant.token(['viewer']));
    assert.equal((await viewer.call('DELETE', path)).status, 403);
    assert.ok((await tenant.owner.get(path)).body.items.length > 0);
    assert.equal((await tenant.owner.call('DELETE', path)).status, 204);
    assert.deepEqual((await tenant.owner.get(path)).body.items, []);
    assert.deepEqual(verdict(await untilRevoked(answer)), REVOKED);
  });
});

describe('failures to log in', () => {
  const wrong = 'not the passphrase';
  const codes = (answers: readonly Answer[]) => answers.map(({ body }) => body.code);

  async function fail(email: string, times: number): Promise<readonly Answer[]> {
    const answers: Answer[] = [];
    for (let time = 0; time < times; time += 1) answers.push(await logInTo(tenant, email, wrong));
    return answers;
  }

  test('lock an account after the fifth, for the right password too', async () => {
    const own = await ownTenant();
    const answers = [];
    for (let time = 0; time < 6; time += 1) answers.push(await logInTo(own, own.email, wrong));
    assert.deepEqual(codes(answers), [...Array(5).fill('platform.login_refused'), 'platform.login_locked']);
    const right = await logInTo(own);
    assert.deepEqual(verdict(right), [429, 'platform.login_locked']);
    assert.ok(Number(right.headers['retry-after']) <= 60);
  });

  test('look the same for an address that nobody has', async () => {
    const answers = await fail('nobody@nowhere.example', 6);
    assert.deepEqual(codes(answers), [...Array(5).fill('platform.login_refused'), 'platform.login_locked']);
  });

  test('are counted however many come at once: of fifty guesses five are looked at', async () => {
    const own = await ownTenant();
    const answers = await Promise.all(Array.from({ length: 50 }, () => logInTo(own, own.email, wrong)));
    assert.equal(codes(answers).filter(code => code === 'platform.login_refused').length, 5);
    assert.deepEqual(verdict(await logInTo(own)), [429, 'platform.login_locked']);
  });

  test('are forgotten by a success', async () => {
    const own = await ownTenant();
    for (let round = 0; round < 2; round += 1) {
      for (let time = 0; time < 4; time += 1)
        assert.equal((await logInTo(own, own.email, wrong)).status, 401);
      assert.equal((await logInTo(own)).status, 200);
    }
  });
});
