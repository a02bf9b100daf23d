import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import type { Answer, Client } from '../../scripts/demo/client.ts';
import { until } from '../../scripts/demo/expect.ts';
import type { OwnTenant } from '../isolation/own-tenants.ts';
import { A_MINUTE, bearing, logInTo, ownTenant, refreshAt, verdict } from './people.ts';

let tenant: OwnTenant;
let people: { readonly second: string };

before(async () => {
  tenant = await ownTenant();
  people = await idsOf(tenant);
});

async function idsOf(of: OwnTenant) {
  const { body } = await of.owner.get('/api/v1/users');
  const idOf = (who: string): string =>
    body.items.find((user: { email: string }) => user.email.startsWith(who)).id;
  return { owner: idOf('owner@'), second: idOf('second@') };
}

async function change(client: Client, id: string, body: object): Promise<Answer> {
  const { headers } = await client.get(`/api/v1/users/${id}`);
  return client.patch(`/api/v1/users/${id}`, body, { 'if-match': headers['etag'] ?? '' });
}

describe('a change of roles', () => {
  test('is felt within a minute by tokens that are still valid, and a refresh brings the new ones', async () => {
    const session = await logInTo(tenant, tenant.email.replace('owner@', 'second@'));
    assert.equal((await change(tenant.owner, people.second, { roles: ['viewer'] })).status, 200);
    const users = () => bearing(tenant, session).get('/api/v1/users');
    const refused = await until(users, ({ status }) => status !== 200, A_MINUTE, 'the change');
    assert.deepEqual(verdict(refused), [401, 'platform.token_revoked']);
    const renewed = await refreshAt(tenant, session.body.refreshToken);
    assert.equal((await bearing(tenant, renewed).get('/api/v1/me')).status, 200);
    assert.equal((await bearing(tenant, renewed).get('/api/v1/users')).status, 403);
  });

  test('above the one who asks is refused, and of oneself', async () => {
    const own = await ownTenant();
    const { owner, second } = await idsOf(own);
    const administrator = own.anonymous.as(await own.token(['administrator'], second));
    const risen = await change(administrator, second, { roles: ['tenant-owner'] });
    assert.deepEqual(verdict(risen), [409, 'platform.user_own']);
    const other = own.anonymous.as(await own.token(['administrator'], `usr_${'7'.repeat(26)}`));
    const granted = await change(other, second, { roles: ['quality-manager'] });
    assert.deepEqual(verdict(granted), [403, 'platform.role_privileged']);
    const lowered = await change(other, owner, { roles: ['viewer'] });
    assert.deepEqual(verdict(lowered), [403, 'platform.role_privileged']);
    const disarmed = await other.call('DELETE', `/api/v1/users/${owner}/second-factor`);
    assert.deepEqual(verdict(disarmed), [403, 'platform.role_privileged']);
  });
});

describe('an address', () => {
  test('is one person’s, and the refusal says nothing of it', async () => {
    const wish = { email: `${crypto.randomUUID()}@twice.example`, name: 'Somebody', roles: ['viewer'] };
    assert.equal((await tenant.owner.post('/api/v1/users', wish)).status, 201);
    const again = await tenant.owner.post('/api/v1/users', { ...wish, email: wish.email.toUpperCase() });
    assert.deepEqual(verdict(again), [409, 'platform.claim_taken']);
    assert.deepEqual(again.body.data, { claim: 'email' });
  });
});

describe('somebody who is disabled', () => {
  test('is out within a minute and stays out', async () => {
    const own = await ownTenant();
    const { second } = await idsOf(own);
    const email = own.email.replace('owner@', 'second@');
    const session = await logInTo(own, email);
    assert.equal((await change(own.owner, second, { status: 'disabled' })).status, 200);
    const me = () => bearing(own, session).get('/api/v1/me');
    await until(me, ({ status }) => status === 401, A_MINUTE, 'the end of the session');
    assert.equal((await refreshAt(own, session.body.refreshToken)).status, 401);
    assert.deepEqual(verdict(await logInTo(own, email)), [401, 'platform.login_refused']);
    assert.equal((await change(own.owner, second, { status: 'active' })).status, 200);
    assert.equal((await logInTo(own, email)).status, 200);
  });

  test('is never the last owner, also when two owners end each other at once', async () => {
    const own = await ownTenant();
    const { owner, second } = await idsOf(own);
    const [first, other] = await Promise.all([
      change(own.owner, second, { status: 'disabled' }),
      change(own.second, owner, { status: 'disabled' }),
    ]);
    const statuses = [first.status, other.status];
    assert.ok(statuses.includes(200) && !statuses.every(status => status === 200), statuses.join(' '));
    const [survivor, client] = first.status === 200 ? [owner, own.owner] : [second, own.second];
    const { body } = await client.get('/api/v1/users');
    assert.equal(body.items.find(({ id }: { id: string }) => id === survivor).status, 'active');
    const third = own.anonymous.as(await own.token(['tenant-owner'], `usr_${'7'.repeat(26)}`));
    const last = await change(third, survivor, { roles: ['viewer'] });
    assert.deepEqual(verdict(last), [409, 'platform.owner_last']);
  });
});
