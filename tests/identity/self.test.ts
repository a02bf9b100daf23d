import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import type { OwnTenant } from '../isolation/own-tenants.ts';
import { bearing, logInTo, ownTenant, refreshAt } from './people.ts';

let tenant: OwnTenant;

before(async () => {
  tenant = await ownTenant();
});

describe('the settings of a person', () => {
  test('are their own, and their language decides where a request names none', async () => {
    const session = await logInTo(tenant);
    const client = bearing(tenant, session);
    const before = await client.get('/api/v1/me');
    assert.deepEqual([before.body.locale, before.body.theme, before.body.timeZone], [null, null, null]);
    const wish = { locale: 'fa', theme: 'dark', timeZone: 'Asia/Tehran' };
    const changed = await client.patch('/api/v1/me', wish, { 'if-match': before.headers['etag'] ?? '' });
    assert.equal(changed.status, 200, String(changed.bytes));
    assert.deepEqual(changed.body, wish);
    const renewed = bearing(tenant, await refreshAt(tenant, session.body.refreshToken));
    const problem = (headers = {}) => renewed.get('/api/v1/users/nobody', headers);
    assert.equal((await problem()).headers['content-language'], 'fa');
    assert.equal((await problem({ 'accept-language': 'en' })).headers['content-language'], 'en');
    assert.equal((await problem({ 'accept-language': 'de' })).headers['content-language'], 'fa');
    const back = await renewed.patch(
      '/api/v1/me',
      { locale: null },
      { 'if-match': changed.headers['etag'] ?? '' },
    );
    assert.deepEqual(back.body, { ...wish, locale: null });
  });

  test('are what there is: languages, themes and zones that we know, of the version that was read', async () => {
    const client = bearing(tenant, await logInTo(tenant, tenant.email.replace('owner@', 'second@')));
    const { headers } = await client.get('/api/v1/me');
    const ifMatch = { 'if-match': headers['etag'] ?? '' };
    for (const wish of [
      { locale: 'tlh' },
      { theme: 'pink' },
      { timeZone: 'Mars/Olympus' },
      { roles: ['viewer'] },
    ])
      assert.equal((await client.patch('/api/v1/me', wish, ifMatch)).status, 400, JSON.stringify(wish));
    assert.equal((await client.patch('/api/v1/me', { theme: 'dark' })).status, 428);
    assert.equal((await client.patch('/api/v1/me', { theme: 'dark' }, { 'if-match': '"99"' })).status, 412);
  });
});
