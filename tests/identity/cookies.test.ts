import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import type { Answer } from '../../scripts/demo/client.ts';
import type { OwnTenant } from '../isolation/own-tenants.ts';
import { logInTo, ownTenant, PASSPHRASE, verdict } from './people.ts';

const CSRF_INVALID = [403, 'platform.csrf_invalid'];
let tenant: OwnTenant;

before(async () => {
  tenant = await ownTenant();
});

/** Name → value of what an answer sets, as a browser would keep it. */
function jarOf(answer: Answer): Map<string, string> {
  const pairs = [
    ...(answer.headers['set-cookie'] ?? '').matchAll(/(?:^|,)((?:__Host|__Secure)[\w-]+)=([^;,]*)/g),
  ];
  return new Map(pairs.map(([, name = '', value = '']) => [name, value]));
}

function cookieHeader(jar: ReadonlyMap<string, string>): string {
  return [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
}

async function browser() {
  const answer = await logInTo(tenant, tenant.email, undefined, { carrier: 'cookie' });
  return { answer, cookie: cookieHeader(jarOf(answer)), csrf: answer.body.csrfToken };
}

describe('a browser with cookies', () => {
  test('gets no token that a script could read', async () => {
    const { answer } = await browser();
    assert.equal(answer.status, 200);
    assert.deepEqual([answer.body.accessToken, answer.body.refreshToken], [undefined, undefined]);
    const set = (answer.headers['set-cookie'] ?? '').split(/,(?=__)/);
    assert.equal(set.length, 3);
    for (const line of set) assert.match(line, /; secure/i);
    for (const line of set) assert.match(line, /samesite=strict/i);
    const [access = '', refresh = '', csrf = ''] = set;
    assert.match(access, /^__Host-touchstone=.*path=\/;.*httponly/i);
    assert.match(refresh, /^__Secure-touchstone-refresh=.*path=\/api\/v1\/auth;.*httponly/i);
    assert.doesNotMatch(csrf, /httponly/i);
    for (const line of set) assert.doesNotMatch(line, /domain=/i);
  });

  test('reads without a CSRF token and writes with one only', async () => {
    const { cookie, csrf } = await browser();
    assert.equal((await tenant.anonymous.get('/api/v1/me', { cookie })).status, 200);
    const path = '/api/v1/auth/logout';
    assert.deepEqual(verdict(await tenant.anonymous.post(path, undefined, { cookie })), CSRF_INVALID);
    const ok = await tenant.anonymous.post(path, undefined, { cookie, 'x-csrf-token': csrf });
    assert.equal(ok.status, 204);
    assert.match(ok.headers['set-cookie'] ?? '', /__Host-touchstone=;.*max-age=0/i);
  });

  test('cannot use the CSRF token of another session, nor one of its own making', async () => {
    const [one, other] = [await browser(), await browser()];
    const path = '/api/v1/auth/logout';
    const swapped = one.cookie.replace(one.csrf, other.csrf);
    for (const [cookie, csrf] of [
      [one.cookie, other.csrf],
      [swapped, other.csrf],
      [one.cookie.replace(one.csrf, 'a.b'), 'a.b'],
      [one.cookie.replace(one.csrf, ''), ''],
    ] as const) {
      const answer = await tenant.anonymous.post(path, undefined, { cookie, 'x-csrf-token': csrf });
      assert.deepEqual(verdict(answer), CSRF_INVALID, csrf);
    }
  });

  test('sends the CSRF token as cookie and as header: the header alone is another site’s', async () => {
    const { cookie, csrf } = await browser();
    const without = cookie.replace(/; __Host-touchstone-csrf=.*$/, '');
    assert.notEqual(without, cookie);
    for (const carried of [without, `${without}; __Host-touchstone-csrf=x`]) {
      const headers = { cookie: carried, 'x-csrf-token': csrf };
      assert.deepEqual(
        verdict(await tenant.anonymous.post('/api/v1/auth/logout', undefined, headers)),
        CSRF_INVALID,
      );
    }
  });

  test('is who its own cookie says, whatever the value of another cookie looks like', async () => {
    const mine = await browser();
    const second = await logInTo(tenant, tenant.email.replace('owner@', 'second@'), undefined, {
      carrier: 'cookie',
    });
    const theirs = jarOf(second).get('__Host-touchstone') ?? '';
    const cookie = `evil=1,__Host-touchstone=${theirs}; ${mine.cookie}`;
    const { body } = await tenant.anonymous.get('/api/v1/me', { cookie });
    assert.equal(body.id, mine.answer.body.user.id);
    assert.notEqual(body.id, second.body.user.id);
  });

  test('proves anew who is there, and gets no token that a script could read', async () => {
    const { cookie, csrf } = await browser();
    const headers = { cookie, 'x-csrf-token': csrf };
    const fresh = await tenant.anonymous.post('/api/v1/auth/step-up', { password: PASSPHRASE }, headers);
    assert.deepEqual([fresh.status, fresh.body.accessToken], [200, undefined]);
    assert.match(fresh.headers['set-cookie'] ?? '', /^__Host-touchstone=[^;]+;.*httponly/i);
  });

  test('refreshes by its cookie, with the CSRF token', async () => {
    const { cookie, csrf } = await browser();
    const path = '/api/v1/auth/refresh';
    assert.deepEqual(verdict(await tenant.anonymous.post(path, {}, { cookie })), CSRF_INVALID);
    const renewed = await tenant.anonymous.post(path, {}, { cookie, 'x-csrf-token': csrf });
    assert.equal(renewed.status, 200);
    const next = cookieHeader(jarOf(renewed));
    assert.notEqual(next, cookie);
    assert.equal((await tenant.anonymous.get('/api/v1/me', { cookie: next })).status, 200);
  });
});
