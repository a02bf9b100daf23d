import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import type { Answer } from '../../scripts/demo/client.ts';
import { committingGrant, endShares } from '../../shared/platform/access/index.ts';
import { verdict } from '../identity/people.ts';
import { type OwnTenant, openOwnTenants } from '../isolation/own-tenants.ts';
import { platform, systemOf } from './people.ts';

const READ = 'calibration.customer:read';
const AN_HOUR = 3_600_000;

let tenant: OwnTenant;
let customer: string;

before(async () => {
  [tenant] = (await openOwnTenants(1)) as [OwnTenant];
  customer = (await tenant.owner.post('/api/v1/customers', { name: 'Somebody', address: [] })).body.id;
});

async function makeRole(): Promise<string> {
  const role = { name: { en: 'A role' }, permissions: [READ] };
  return (await tenant.owner.post('/api/v1/roles', role)).body.id;
}

function share(role: string): Promise<Answer> {
  const expiresAt = new Date(Date.now() + AN_HOUR).toISOString();
  const wish = { to: { role }, permissions: [READ], reason: 'A question.', expiresAt };
  return tenant.owner.post(`/api/v1/records/${customer}/grants`, wish);
}

function remove(role: string): Promise<Answer> {
  return tenant.owner.call('DELETE', `/api/v1/roles/${role}`, { headers: { 'if-match': '"1"' } });
}

async function sharedWith(role: string): Promise<number> {
  const { body } = await tenant.owner.get(`/api/v1/records/${customer}/grants`);
  return body.items.filter(({ to }: { to: { role?: string } }) => to.role === role).length;
}

describe('a role that something is shared with while it is deleted', () => {
  test('is either kept, or nothing is shared with it: one of the two wins', async () => {
    for (let round = 0; round < 12; round += 1) {
      const role = await makeRole();
      const [shared, deleted] = await Promise.all([share(role), remove(role)]);
      const outcome = [...verdict(shared), ...verdict(deleted)];
      const expected =
        shared.status === 201
          ? [201, undefined, 409, 'platform.in_use']
          : [422, 'platform.grantee_unknown', 204, undefined];
      assert.deepEqual(outcome, expected);
      assert.equal(await sharedWith(role), shared.status === 201 ? 1 : 0);
    }
  });

  test('goes when it is deleted between the announcement and the commit, which then cannot be made', async () => {
    const role = await makeRole();
    const caller = systemOf(tenant);
    const scope = platform.records.for(caller).scope(customer);
    const grant = { id: `grn_${customer.replace('cus_', '')}`, scope: customer };
    let commits = 0;
    const sharing = committingGrant(platform, caller, { role }, grant, async claims => {
      commits += 1;
      assert.equal((await remove(role)).status, 204);
      return scope.commit({ action: 'test.shared', claims });
    });
    await assert.rejects(sharing, { code: 'platform.grantee_unknown' });
    assert.equal(commits, 1);
  });

  test('stays when the commit was made, though no list shows the grant yet', async () => {
    const role = await makeRole();
    const { status, body: grant } = await share(role);
    assert.equal(status, 201);
    const { grants } = await endShares(platform, systemOf(tenant), role);
    assert.deepEqual(grants, [grant.id], 'told by the claim, without a query');
    const refused = await remove(role);
    assert.deepEqual(verdict(refused), [409, 'platform.in_use']);
    assert.equal(refused.body.data.users[0].count, 1);
  });

  test('is shared again after a deletion that was refused', async () => {
    const role = await makeRole();
    await share(role);
    await remove(role);
    assert.equal((await share(role)).status, 201);
    assert.equal(await sharedWith(role), 2);
  });
});
