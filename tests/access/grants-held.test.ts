import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import type { Answer } from '../../scripts/demo/client.ts';
import { secondsAfter, timestamp } from '../../shared/kernel/index.ts';
import { committingGrant, type GrantData, grantKind, MOST_HELD } from '../../shared/platform/access/index.ts';
import { withShared } from '../../shared/platform/http/shared-record.ts';
import {
  newRecordId,
  type PartitionKey,
  type RecordKind,
  recordsDoor,
  type Store,
} from '../../shared/platform/records/index.ts';
import { verdict } from '../identity/people.ts';
import { type OwnTenant, openOwnTenants } from '../isolation/own-tenants.ts';
import { openTestProduct } from '../product.ts';
import { type Person, person, systemOf } from './people.ts';

const { platform, stores, keyring, app } = openTestProduct();

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
async function shareAlready(count: number, who = holder): Promise<void> {
  const records = platform.records.for(systemOf(tenant));
  for (let made = 0; made < count; made += IN_ONE_COMMIT) {
    const scope = `cus_${platform.newKey()}`;
    const data: GrantData = {
      ...{ record: scope, to: { user: who.id }, permissions: [READ], reason: 'A test.' },
      ...{ expiresAt: later(), maker: owner },
    };
    const create = Array.from({ length: Math.min(IN_ONE_COMMIT, count - made) }, () => ({
      ...{ kind, id: newRecordId(kind, platform.newKey(), scope), data },
    }));
    await records.scope(scope).commit({ action: 'platform.grant.created', create });
  }
}

function share(id: string, who = holder): Promise<Answer> {
  const to = { user: who.id };
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
    assert.equal((await heldBy(holder)).size, MOST_HELD);
  });

  test('gets one more of many that are shared at once, when there is one place left', async () => {
    const who = await person(tenant, ['viewer']);
    await shareAlready(MOST_HELD - 1, who);
    const answers = await Promise.all(Array.from({ length: 30 }, () => share(customer, who)));
    const refused = answers.filter(({ status }) => status !== 201).map(verdict);
    assert.equal(refused.length, 29);
    // Who has to wait too long for those before them is told to come again.
    for (const [status, code] of refused)
      assert.ok(
        (status === 422 && code === 'platform.grants_held') || (status === 409 && code === 'platform.busy'),
        `${status} ${code}`,
      );
    assert.equal((await heldBy(who)).size, MOST_HELD);
  });

  test('is not kept from the last place by one who died over theirs', async () => {
    const who = await person(tenant, ['viewer']);
    await shareAlready(MOST_HELD - 1, who);
    const caller = systemOf(tenant);
    const scope = platform.records.for(caller).scope(customer);
    const to = { user: who.id };
    const killed = new Error('killed');
    const grant = () => ({ id: newRecordId(kind, platform.newKey(), customer), scope: customer });
    await assert.rejects(
      committingGrant(platform, caller, to, grant(), () => Promise.reject(killed)),
      killed,
    );
    const AFTER_ALL_SECONDS = 300;
    const then = { ...platform, now: () => secondsAfter(platform.now(), AFTER_ALL_SECONDS) };
    await committingGrant(then, caller, to, grant(), claims =>
      scope.commit({ action: 'test.shared', claims, events: [] }),
    );
  });
});

describe('many records that are shared with one person at once', () => {
  test('are all shared while there is room', async () => {
    const who = await person(tenant, ['viewer']);
    const answers = await Promise.all(Array.from({ length: 20 }, () => share(customer, who)));
    assert.deepEqual(answers.map(verdict), Array(20).fill([201, undefined]));
    assert.equal((await heldBy(who)).size, 20);
  });
});

describe('what was shared and ended', () => {
  /** How many grants a request about the customer reads. */
  async function readFor(who: Person): Promise<number> {
    let rows = 0;
    const store: Store = {
      ...stores.records,
      query: async <T>(key: PartitionKey, query: Parameters<Store['query']>[1]) => {
        const found = await stores.records.query<T>(key, query);
        if (Object.values(query.parameters).includes(kind.name)) rows += found.length;
        return found;
      },
    };
    const tools = { ...{ store, archive: stores.archive, keyring, now: platform.now }, kinds: app.kinds };
    const records = recordsDoor({ ...tools, newKey: platform.newKey, committed: () => undefined });
    const read = app.endpoints.find(({ id }) => id === 'calibration.customer.read') ?? assert.fail();
    const caller = { ...systemOf(tenant), user: who.id };
    const principal = { ...caller, grantee: { user: who.id, roles: [] } };
    const params = { id: customer };
    const shared = await withShared(
      { platform: { ...platform, records }, kinds: app.kinds },
      ...[read, params, principal, caller],
    );
    assert.ok(shared.permissions.has(READ));
    return rows;
  }

  test('is not read by requests about the record, and stays in its history', async () => {
    const [who, other] = [await person(tenant, []), await person(tenant, [])];
    assert.equal((await share(customer, who)).status, 201);
    assert.equal((await share(customer, other)).status, 201);
    const ended: string[] = [];
    for (let time = 0; time < 3; time += 1) {
      const { body, headers } = await share(customer, who);
      const match = { headers: { 'if-match': headers['etag'] ?? '' } };
      assert.equal((await tenant.owner.call('DELETE', `/api/v1/grants/${body.id}`, match)).status, 204);
      ended.push(body.id);
    }
    const past = (await share(customer, who)).body.id;
    const grant = await platform.records.for(systemOf(tenant)).get(grantKind, past);
    const data = { ...grant.data, expiresAt: timestamp(secondsAfter(new Date(), -1)) };
    const scope = platform.records.for(systemOf(tenant)).scope(customer);
    await scope.commit({ action: 'test.passed', update: [{ record: grant, data }] });
    assert.equal(await readFor(who), 1);
    for (const id of ended) assert.equal((await scope.verify(kind, id)).versions, 2);
    const { body } = await tenant.owner.get(`/api/v1/records/${customer}/grants`);
    assert.ok(body.items.some(({ id }: { id: string }) => id === past));
  });
});

/** The ids of all that is shared with somebody, page after page. */
async function heldBy({ client }: Person): Promise<ReadonlySet<string>> {
  const ids = new Set<string>();
  let next: string | undefined = '/api/v1/me/grants?limit=100';
  while (next !== undefined) {
    const answer: Answer = await client.get(next);
    assert.equal(answer.status, 200, String(answer.bytes));
    for (const { id } of answer.body.items) ids.add(id);
    next = /<([^>]+)>; rel="next"/.exec(answer.headers['link'] ?? '')?.[1];
  }
  return ids;
}
