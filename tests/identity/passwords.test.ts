import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import type { Answer } from '../../scripts/demo/client.ts';
import { until } from '../../scripts/demo/expect.ts';
import { askForReset } from '../../shared/platform/accounts/index.ts';
import type { OwnTenant } from '../isolation/own-tenants.ts';
import { callerOf, openTestProduct } from '../product.ts';
import { countMails, mailTo, tokenIn } from './mailbox.ts';
import { A_MINUTE, bearing, logInTo, ownTenant, PASSPHRASE, refreshAt, verdict } from './people.ts';

const OTHER = 'violet kettles at noon';
const REFUSED = [401, 'platform.login_refused'];
let tenant: OwnTenant;

before(async () => {
  tenant = await ownTenant();
});

function askReset(of: OwnTenant, email = of.email): Promise<Answer> {
  return of.anonymous.post('/api/v1/auth/password-reset', { email });
}

function setPassword(of: OwnTenant, token: string, password: string): Promise<Answer> {
  return of.anonymous.post('/api/v1/auth/password', { token, password });
}

describe('a reset of the password', () => {
  test('ends every session, logs nobody in, and is good for one use', async () => {
    const session = await logInTo(tenant);
    assert.equal((await askReset(tenant)).status, 202);
    const token = tokenIn(await mailTo(tenant.email, /^Reset your password/));
    assert.equal((await setPassword(tenant, token, OTHER)).status, 204);
    assert.deepEqual(verdict(await setPassword(tenant, token, OTHER)), [422, 'platform.link_invalid']);
    assert.deepEqual(verdict(await logInTo(tenant)), REFUSED);
    assert.equal((await logInTo(tenant, tenant.email, OTHER)).status, 200);
    assert.equal((await refreshAt(tenant, session.body.refreshToken)).status, 401);
    const me = () => bearing(tenant, session).get('/api/v1/me');
    await until(me, ({ status }) => status === 401, A_MINUTE, 'the end of the session');
    await mailTo(tenant.email, /was changed$/);
  });

  test('answers the same for an address that nobody has, and mails nothing', async () => {
    const own = await ownTenant();
    const nobody = `nobody-${own.tenant.slug}@nowhere.example`;
    const [known, unknown] = [await askReset(own), await askReset(own, nobody)];
    assert.deepEqual([known.status, known.body, known.bytes.length], [202, undefined, 0]);
    assert.deepEqual([unknown.status, unknown.body, unknown.bytes.length], [202, undefined, 0]);
    await mailTo(own.email, /^Reset your password/);
    assert.equal(await countMails(nobody, /./), 0);
  });

  test('is answered after the same time, whether the address is somebody’s or not', async () => {
    const own = await ownTenant();
    const { platform } = openTestProduct();
    for (const email of [own.email, `nobody-${own.tenant.slug}@nowhere.example`]) {
      const [waiting, over] = [Promise.withResolvers<number>(), Promise.withResolvers<void>()];
      const heard: string[] = [];
      const answer = askForReset(platform, callerOf(own.tenant.id), email, milliseconds => {
        waiting.resolve(milliseconds);
        return over.promise.then(() => void heard.push('the time is over'));
      }).then(() => heard.push('the answer'));
      assert.equal(await waiting.promise, 250);
      over.resolve();
      await answer;
      assert.deepEqual(heard, ['the time is over', 'the answer']);
    }
  });

  test('is mailed three times an hour at most', async () => {
    const own = await ownTenant();
    for (let time = 0; time < 5; time += 1) assert.equal((await askReset(own)).status, 202);
    await mailTo(own.email, /^Reset your password/, 3);
    // A mail after the last of these would be the fourth.
    assert.equal((await own.anonymous.post('/api/v1/auth/password-reset', { email: own.email })).status, 202);
    assert.equal(await countMails(own.email, /^Reset your password/), 3);
  });

  test('ends a lock, of which a mail told', async () => {
    const own = await ownTenant();
    for (let time = 0; time < 5; time += 1) await logInTo(own, own.email, 'not the passphrase');
    assert.deepEqual(verdict(await logInTo(own)), [429, 'platform.login_locked']);
    await mailTo(own.email, /^Failed logins/);
    await askReset(own);
    const token = tokenIn(await mailTo(own.email, /^Reset your password/));
    assert.equal((await setPassword(own, token, OTHER)).status, 204);
    assert.equal((await logInTo(own, own.email, OTHER)).status, 200);
  });

  test('is not opened by a token of another tenant, nor by one that looks like one', async () => {
    const own = await ownTenant();
    await askReset(own);
    const token = tokenIn(await mailTo(own.email, /^Reset your password/));
    assert.deepEqual(verdict(await setPassword(tenant, token, OTHER)), [422, 'platform.link_invalid']);
    for (const guess of [
      `${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`,
      token.replace('tsp', 'tsi'),
      'x',
    ])
      assert.deepEqual(verdict(await setPassword(own, guess, OTHER)), [422, 'platform.link_invalid'], guess);
    assert.equal((await setPassword(own, token, OTHER)).status, 204);
  });
});

describe('a change of one’s own password', () => {
  test('wants the present one, and ends the other sessions', async () => {
    const own = await ownTenant();
    const [here, there] = [await logInTo(own), await logInTo(own)];
    const client = bearing(own, here);
    const change = (current: string, password: string) =>
      client.post('/api/v1/me/password', { current, password });
    assert.deepEqual(verdict(await change('not the passphrase', OTHER)), [422, 'platform.proof_refused']);
    assert.deepEqual(verdict(await change(PASSPHRASE, 'too short')), [422, 'platform.password_short']);
    assert.equal((await change(PASSPHRASE, OTHER)).status, 204);
    assert.equal((await client.get('/api/v1/me')).status, 200);
    assert.equal((await refreshAt(own, here.body.refreshToken)).status, 200);
    assert.equal((await refreshAt(own, there.body.refreshToken)).status, 401);
    assert.deepEqual(verdict(await logInTo(own)), REFUSED);
    assert.equal((await logInTo(own, own.email, OTHER)).status, 200);
  });
});
