import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import type { Client } from '../../scripts/demo/client.ts';
import { until } from '../../scripts/demo/expect.ts';
import { platform } from '../access/people.ts';
import type { OwnTenant } from '../isolation/own-tenants.ts';
import { type Authenticator, enrol, secondStep } from './authenticator.ts';
import { A_MINUTE, bearing, logInTo, ownTenant, verdict } from './people.ts';

const SUSPENDED = [403, 'platform.tenant_suspended'];

describe('an administrator of a suspended tenant', () => {
  let tenant: OwnTenant;
  let authenticator: Authenticator;
  let recoveryCodes: readonly string[];

  before(async () => {
    tenant = await ownTenant();
    ({ authenticator, recoveryCodes } = await enrol(bearing(tenant, await logInTo(tenant))));
    const found = await platform.tenants.byId(tenant.tenant.id);
    assert.ok(found !== undefined);
    await platform.tenants.publish(
      { ...found, status: 'suspended' },
      { account: 99, settings: 99, domains: 0, plan: { id: '', version: 0 } },
    );
    const write = () => tenant.owner.post('/api/v1/customers', { name: 'A', address: ['1 Street'] });
    const closed = await until(write, ({ status }) => status === 403, A_MINUTE, 'the suspension');
    assert.deepEqual(verdict(closed), SUSPENDED);
  });

  async function loggedIn(evidence: object): Promise<Client> {
    const answer = await secondStep(tenant, evidence);
    assert.equal(answer.status, 200, String(answer.bytes));
    return bearing(tenant, answer);
  }

  test('logs in with a second factor, reads, proves anew who they are and logs out everywhere', async () => {
    const client = await loggedIn({ code: authenticator.next() });
    assert.equal((await client.get('/api/v1/users')).status, 200);
    assert.equal((await client.post('/api/v1/auth/step-up', { code: authenticator.next() })).status, 200);
    assert.equal((await client.post('/api/v1/auth/logout-everywhere')).status, 204);
  });

  test('ends a session of theirs on another device', async () => {
    const client = await loggedIn({ recoveryCode: recoveryCodes[0] });
    const { body } = await client.get('/api/v1/me/sessions');
    const [there] = body.items.filter(({ current }: { current: boolean }) => !current);
    const path = `/api/v1/me/sessions/${there?.id ?? `ses_${'0'.repeat(26)}`}`;
    assert.notDeepEqual(verdict(await client.call('DELETE', path)), SUSPENDED);
  });

  test('asks for another password and is not refused as suspended', async () => {
    const asked = await tenant.anonymous.post('/api/v1/auth/password-reset', { email: tenant.email });
    assert.equal(asked.status, 202);
    const body = { token: 'x', password: 'violet kettles at noon' };
    const set = await tenant.anonymous.post('/api/v1/auth/password', body);
    assert.deepEqual(verdict(set), [422, 'platform.link_invalid']);
  });

  test('is led to their issuer', async () => {
    const path = `/api/v1/auth/federated/idp_${'0'.repeat(26)}/start`;
    assert.deepEqual(verdict(await tenant.anonymous.get(path)), [404, 'platform.not_found']);
    const back = await tenant.anonymous.get('/api/v1/auth/federated/callback?code=x&state=y');
    assert.deepEqual(verdict(back), [400, 'platform.federation_state_invalid']);
  });
});
