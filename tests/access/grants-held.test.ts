import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import type { Answer } from '../../scripts/demo/client.ts';
import { type GrantData, grantKind, MOST_HELD } from '../../shared/platform/access/index.ts';
import { newRecordId, type RecordKind } from '../../shared/platform/records/index.ts';
import { verdict } from '../identity/people.ts';
import { type OwnTenant, openOwnTenants } from '../isolation/own-tenants.ts';
import { type Person, person, platform, systemOf } from './people.ts';

const READ = 'calibration.customer:read';
const AN_HOUR = 3_600_000;
/** A commit has a place for so many. */
const IN_ONE_COMMIT = 50;

let tenant: OwnTenant;
let holder: Person;
let customer: string;
let owner: string;

const later = (): string => new Date(Date.now() + AN_HOUR).toISOString();
const kind = grantKind as RecordKind;

before(async () => {
  [tenant] = (await openOwnTenants(1)) as [OwnTenant];
  const { body: role } = await tenant.owner.post('/api/v1/roles', {
    name: { en: 'Little' },
    permissions: ['platform.job:read'],
  });
  holder = await person(tenant, [role.id]);
  const made = await tenant.owner.post('/api/v1/customers', { name: 'Somebody', address: ['1 Street'] });
  customer = made.body.id;
  owner = (await tenant.owner.get('/api/v1/me')).body.id;
  await shareAlready(MOST_HELD - 1);
});

/** As many grants, of records that nobody looks for, as if they had been made one by one. */
async function shareAlready(count: number): Promise<void> {
  const records = platform.records.for(systemOf(tenant));
  for (let made = 0; made < count; made += IN_ONE_COMMIT) {
    const scope = `cus_${platform.newKey()}`;
    const data: GrantData = {
      ...{ record: scope, to: { user: holder.id }, permissions: [READ], reason: 'A test.' },
      ...{ expiresAt: later(), maker: owner },
    };
    const create = Array.from({ length: Math.min(IN_ONE_COMMIT, count - made) }, () => ({
      ...{ kind, id: newRecordId(kind, platform.newKey(), scope), data },
    }));
    await records.scope(scope).commit({ action: 'platform.grant.created', create });
  }
}

function share(id: string): Promise<Answer> {
  const to = { user: holder.id };
  const wish = { to, permissions: [READ], reason: 'A question.', expiresAt: later() };
  return tenant.owner.post(`/api/v1/records/${id}/grants`, wish);
}

describe('somebody with whom very much is shared', () => {
  test('finds all of it in lists, and nothing more is shared with them until something ends', async () => {
    const last = await share(customer);
    assert.equal(last.status, 201, String(last.bytes));
    const { body: other } = await tenant.owner.post('/api/v1/customers', { name: 'Else', address: [] });
    const refused = await share(other.id);
    assert.deepEqual(verdict(refused), [422, 'platform.grants_held']);
    assert.deepEqual(refused.body.data, { holder: holder.id, most: MOST_HELD });
    // The oldest and the newest of them are in every list.
    const { body } = await holder.client.get('/api/v1/customers');
    assert.deepEqual(
      body.items.map(({ id }: { id: string }) => id),
      [customer],
    );
    const ended = await tenant.owner.call('DELETE', `/api/v1/grants/${last.body.id}`, {
      headers: { 'if-match': last.headers['etag'] ?? '' },
    });
    assert.equal(ended.status, 204);
    assert.equal((await share(other.id)).status, 201);
  });

  test('reads in pages what that is', async () => {
    const ids = new Set<string>();
    let next: string | undefined = '/api/v1/me/grants?limit=100';
    while (next !== undefined) {
      const answer: Answer = await holder.client.get(next);
      assert.equal(answer.status, 200, String(answer.bytes));
      for (const { id } of answer.body.items) ids.add(id);
      next = /<([^>]+)>; rel="next"/.exec(answer.headers['link'] ?? '')?.[1];
    }
    assert.equal(ids.size, MOST_HELD);
  });
});
