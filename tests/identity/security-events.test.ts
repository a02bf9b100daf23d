import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { type Answer, openClient } from '../../scripts/demo/client.ts';
import { until } from '../../scripts/demo/expect.ts';
import type { OwnTenant } from '../isolation/own-tenants.ts';
import { A_MINUTE, logInTo, ownTenant } from './people.ts';

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
let tenant: OwnTenant;
let other: OwnTenant;

before(async () => {
  [tenant, other] = [await ownTenant(), await ownTenant()];
});

/** The one event of this kind, once it is told. */
async function event(of: OwnTenant, name: string) {
  const told = () => of.owner.get(`/api/v1/audit?action=platform.security.${name}`);
  const { body } = await until(told, ({ body: { items } }) => items.length > 0, A_MINUTE, name);
  assert.equal(body.items.length, 1);
  return body.items[0];
}

describe('somebody who is refused as who they say they are leaves a security event', () => {
  const tries: Readonly<Record<string, { ask(): Promise<Answer>; status: number; reason: string }>> = {
    client_refused: {
      ask: () =>
        tenant.anonymous.post(
          '/oauth/token',
          `grant_type=client_credentials&client_id=cli_${'0'.repeat(26)}&client_secret=tss_Geheimnis`,
          FORM,
        ),
      status: 401,
      reason: 'platform.oauth.invalid_client for platform.oauth.token',
    },
    token_refused: {
      ask: () =>
        openClient(tenant.origin, `tsk_${'0'.repeat(26)}_${'A'.repeat(43)}`).get('/api/v1/customers'),
      status: 401,
      reason: 'platform.token_invalid for calibration.customer.list',
    },
    link_refused: {
      ask: () =>
        tenant.anonymous.post('/api/v1/auth/password', {
          token: `tsp_usr_${'0'.repeat(26)}.${'A'.repeat(43)}`,
          password: 'violet kettles at noon',
        }),
      status: 422,
      reason: 'platform.link_invalid for platform.password.set',
    },
    csrf_refused: {
      ask: async () => {
        const session = await logInTo(tenant, tenant.email, undefined, { carrier: 'cookie' });
        const cookie = /__Host-touchstone=[^;]*/.exec(session.headers['set-cookie'] ?? '')?.[0] ?? '';
        return tenant.anonymous.post('/api/v1/auth/logout', undefined, { cookie });
      },
      status: 403,
      reason: 'platform.csrf_invalid for platform.auth.logout',
    },
  };
  for (const [name, { ask, status, reason }] of Object.entries(tries))
    test(`${name}, with where it came from and nothing of what was brought`, async () => {
      assert.equal((await ask()).status, status);
      const { by, address, ...told } = await event(tenant, name);
      assert.deepEqual([by.user, told.reason], ['anonymous', reason]);
      assert.ok(address !== null);
      assert.doesNotMatch(JSON.stringify(told), /Geheimnis|AAAA|kettles/);
    });

  test('token_refused at the tenant whose host was asked with another one’s token', async () => {
    const foreign = openClient(other.origin, await tenant.token(['tenant-owner']));
    assert.equal((await foreign.get('/api/v1/customers')).status, 403);
    const { reason } = await event(other, 'token_refused');
    assert.equal(reason, 'platform.tenant_mismatch for calibration.customer.list');
    const { body } = await tenant.owner.get('/api/v1/audit?action=platform.security.permission_refused');
    assert.deepEqual(body.items, []);
  });

  test('once a minute, however often they try', async () => {
    for (let time = 0; time < 5; time += 1)
      assert.equal((await openClient(other.origin, 'x.y.z').get('/api/v1/customers')).status, 401);
    await event(other, 'token_refused');
  });
});
