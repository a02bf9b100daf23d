import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import type { Answer, Client } from '../../scripts/demo/client.ts';
import { until } from '../../scripts/demo/expect.ts';
import { grantKind } from '../../shared/platform/access/index.ts';
import { newRecordId, type RecordKind } from '../../shared/platform/records/index.ts';
import { verdict } from '../identity/people.ts';
import { allRoles, type OwnTenant, openOwnTenants } from '../isolation/own-tenants.ts';
import { type Person, person, platform, systemOf } from './people.ts';

const READ = 'calibration.register:read';
const SECOND = 1000;

let tenant: OwnTenant;
let outsider: Person;

before(async () => {
  [tenant] = (await openOwnTenants(1)) as [OwnTenant];
  outsider = await person(tenant, [await roleOf(['platform.job:read'])]);
});

/** A role that may next to nothing. */
async function roleOf(permissions: readonly string[]): Promise<string> {
  const { body } = await tenant.owner.post('/api/v1/roles', { name: { en: 'Little' }, permissions });
  return body.id;
}

async function makeCustomer(): Promise<string> {
  const { body } = await tenant.owner.post('/api/v1/customers', { name: 'Somebody', address: ['1 Street'] });
  return body.id;
}

const inSeconds = (seconds: number): string => new Date(Date.now() + seconds * SECOND).toISOString();

function share(id: string, more: object = {}, by: Client = tenant.owner): Promise<Answer> {
  return by.post(`/api/v1/records/${id}/grants`, {
    to: { user: outsider.id },
    permissions: ['calibration.customer:read'],
    reason: 'A question of theirs.',
    expiresAt: inSeconds(3600),
    ...more,
  });
}

describe('a record that is shared', () => {
  test('is open to the person for what was said, and nothing else is', async () => {
    const [shared, other] = await Promise.all([makeCustomer(), makeCustomer()]);
    const path = `/api/v1/customers/${shared}`;
    assert.deepEqual(verdict(await outsider.client.get(path)), [403, 'platform.permission_missing']);
    assert.equal((await share(shared)).status, 201);
    assert.equal((await outsider.client.get(path)).status, 200);
    assert.equal((await outsider.client.get(`${path}/history`)).status, 200);
    const change = await outsider.client.patch(path, { name: 'Mine' }, { 'if-match': '"1"' });
    assert.deepEqual(verdict(change), [403, 'platform.permission_missing']);
    assert.equal((await outsider.client.get(`/api/v1/customers/${other}`)).status, 403);
    const { body } = await outsider.client.get('/api/v1/me/grants');
    assert.ok(body.items.some(({ record }: { record: string }) => record === shared));
  });

  test('is changed by whom it was shared with for that', async () => {
    const id = await makeCustomer();
    const permissions = ['calibration.customer:read', 'calibration.customer:write'];
    assert.equal((await share(id, { permissions })).status, 201);
    const path = `/api/v1/customers/${id}`;
    const { headers } = await outsider.client.get(path);
    const change = await outsider.client.patch(path, { name: 'Y' }, { 'if-match': headers['etag'] ?? '' });
    assert.equal(change.status, 200);
    const { body } = await tenant.owner.get(`${path}/history?order=newest`);
    assert.equal(body.items[0].by.user, outsider.id);
  });

  test('is open for no more than who shared it may themselves, single records and lists alike', async () => {
    const id = await makeCustomer();
    const maker = await person(tenant, ['manager']);
    const permissions = ['calibration.customer:read', 'calibration.customer:write'];
    assert.equal((await share(id, { permissions }, maker.client)).status, 201);
    const path = `/api/v1/customers/${id}`;
    const write = async () => {
      const { headers } = await tenant.owner.get(path);
      return outsider.client.patch(path, { name: 'Theirs' }, { 'if-match': headers['etag'] ?? '' });
    };
    assert.equal((await write()).status, 200);
    const demoted = async (roles: readonly string[]) => {
      const { headers } = await tenant.owner.get(`/api/v1/users/${maker.id}`);
      const match = { 'if-match': headers['etag'] ?? '' };
      assert.equal((await tenant.owner.patch(`/api/v1/users/${maker.id}`, { roles }, match)).status, 200);
    };
    await demoted(['viewer']);
    const refused = await until(write, ({ status }) => status !== 200, 60_000, 'the demotion');
    assert.deepEqual(verdict(refused), [403, 'platform.permission_missing']);
    assert.equal((await outsider.client.get(path)).status, 200);
    assert.equal((await outsider.client.get(`${path}/history`)).body.items[0].address, null);
    assert.notEqual((await tenant.owner.get(`${path}/history`)).body.items[0].address, null);
    await demoted([await roleOf(['platform.job:read'])]);
    const closed = await until(
      () => outsider.client.get(path),
      ({ status }) => status !== 200,
      60_000,
      'the end of it',
    );
    assert.deepEqual(verdict(closed), [403, 'platform.permission_missing']);
    const { body } = await outsider.client.get('/api/v1/customers');
    assert.ok(!(body.items ?? []).some((item: { id: string }) => item.id === id));
  });

  test('is closed when who shared it is disabled, single records and lists alike', async () => {
    const maker = await person(tenant, ['manager']);
    const id = await makeCustomer();
    assert.equal((await share(id, {}, maker.client)).status, 201);
    const path = `/api/v1/customers/${id}`;
    assert.equal((await outsider.client.get(path)).status, 200);
    const { headers } = await tenant.owner.get(`/api/v1/users/${maker.id}`);
    const ifMatch = { 'if-match': headers['etag'] ?? '' };
    const out = await tenant.owner.patch(`/api/v1/users/${maker.id}`, { status: 'disabled' }, ifMatch);
    assert.equal(out.status, 200, String(out.bytes));
    assert.equal((await outsider.client.get(path)).status, 403);
    const listed = await outsider.client.get('/api/v1/customers?limit=100');
    assert.ok(!String(listed.bytes).includes(id));
  });

  test('is open as long as who shared it works where it is, single records and lists alike', async () => {
    const branch = async (name: string) => (await tenant.owner.post('/api/v1/branches', { name })).body.id;
    const [here, elsewhere] = await Promise.all([branch('Here'), branch('Elsewhere')]);
    const maker = await person(tenant, ['manager'], [here]);
    const customerId = await makeCustomer();
    const wish = { customerId, items: [], branchId: here };
    const srf = (await tenant.owner.post('/api/v1/srfs', wish)).body.id;
    const reader = await person(tenant, [await roleOf(['platform.job:read'])]);
    const to = { user: reader.id };
    for (const [id, permission] of [
      [srf, 'calibration.srf:read'],
      [customerId, 'calibration.customer:read'],
    ]) {
      const shared = await share(id, { to, permissions: [permission] }, maker.client);
      assert.equal(shared.status, 201, String(shared.bytes));
    }
    const work = async (branches: readonly string[] | null) => {
      const { headers } = await tenant.owner.get(`/api/v1/users/${maker.id}`);
      const match = { 'if-match': headers['etag'] ?? '' };
      const moved = await tenant.owner.patch(`/api/v1/users/${maker.id}`, { branches }, match);
      assert.equal(moved.status, 200, String(moved.bytes));
    };
    for (const [branches, isOpen] of [
      [[here], true],
      [[elsewhere], false],
      [[elsewhere, here], true],
      [[elsewhere], false],
      [null, true],
    ] as const) {
      await work(branches);
      const read = () => reader.client.get(`/api/v1/srfs/${srf}`);
      await until(read, ({ status }) => status === (isOpen ? 200 : 403), 60_000, `it is open: ${isOpen}`);
      assert.deepEqual(
        await listed(reader, '/api/v1/srfs', found => found.includes(srf) === isOpen),
        isOpen ? [srf] : [],
      );
      assert.equal(
        (await reader.client.get(`/api/v1/customers/${customerId}`)).status,
        200,
        'is of no branch',
      );
      assert.deepEqual(await listed(reader, '/api/v1/customers', found => found.length === 1), [customerId]);
    }
  });

  test('with a role is open to all who hold it', async () => {
    const role = await roleOf(['platform.job:read']);
    const [holder, nobody] = [await person(tenant, [role]), await person(tenant, [])];
    const id = await makeCustomer();
    assert.equal((await share(id, { to: { role } })).status, 201);
    assert.equal((await holder.client.get(`/api/v1/customers/${id}`)).status, 200);
    assert.equal((await nobody.client.get(`/api/v1/customers/${id}`)).status, 403);
  });

  test('is closed again when the time is up, and at once when somebody ends it', async () => {
    const id = await makeCustomer();
    const path = `/api/v1/customers/${id}`;
    const grant = await share(id);
    assert.equal((await outsider.client.get(path)).status, 200);
    const headers = { 'if-match': grant.headers['etag'] ?? '' };
    const ended = await tenant.owner.call('DELETE', `/api/v1/grants/${grant.body.id}`, { headers });
    assert.equal(ended.status, 204);
    assert.equal((await tenant.owner.get(`/api/v1/grants/${grant.body.id}`)).status, 404);
    assert.equal((await outsider.client.get(path)).status, 403);
    const { body } = await share(id, { expiresAt: inSeconds(3600) });
    await expire(body.id);
    assert.equal((await outsider.client.get(path)).status, 403);
    const listed = await tenant.owner.get(`/api/v1/records/${id}/grants`);
    assert.deepEqual(
      listed.body.items.map((item: { id: string }) => item.id),
      [body.id],
    );
  });

  /** As if its time had passed. */
  async function expire(id: string): Promise<void> {
    const records = platform.records.for(systemOf(tenant));
    const grant = await records.get(grantKind, id);
    const data = { ...grant.data, expiresAt: inSeconds(-1) };
    await records.scope(grant.scope).commit({ action: 'test.passed', update: [{ record: grant, data }] });
  }

  test('in another branch is open to who is limited, this one and for what was said', async () => {
    const branch = async (name: string) => (await tenant.owner.post('/api/v1/branches', { name })).body.id;
    const [east, west] = await Promise.all([branch('East'), branch('West')]);
    const clerk = await person(tenant, ['quality-manager'], [east]);
    const customerId = await makeCustomer();
    const wish = { customerId, items: [], branchId: west };
    const make = async () => (await tenant.owner.post('/api/v1/srfs', wish)).body.id;
    const [shared, other] = await Promise.all([make(), make()]);
    assert.equal((await clerk.client.get(`/api/v1/srfs/${shared}`)).status, 404);
    const to = { user: clerk.id };
    assert.equal((await share(shared, { to, permissions: ['calibration.srf:read'] })).status, 201);
    assert.equal((await clerk.client.get(`/api/v1/srfs/${shared}`)).status, 200);
    assert.equal((await clerk.client.get(`/api/v1/srfs/${shared}/transitions`)).status, 200);
    assert.equal((await clerk.client.get(`/api/v1/srfs/${other}`)).status, 404);
    const denied = await clerk.client.get(`/api/v1/srfs/${shared}/observations`);
    assert.equal(denied.status, 404, 'reading its observations was not said');
    const own = (await tenant.owner.post('/api/v1/srfs', { ...wish, branchId: east })).body.id;
    const ids = await listed(clerk, '/api/v1/srfs', found => found.length === 2);
    assert.deepEqual(ids.toSorted(), [shared, own].toSorted());
  });
});

/** The ids that a list shows somebody, page after page, when it is as expected; what is new may take seconds. */
async function listed(who: Person, path: string, isThere: (ids: readonly string[]) => boolean) {
  const read = async (): Promise<readonly string[]> => {
    const ids: string[] = [];
    let next: string | undefined = path;
    while (next !== undefined) {
      const { status, body }: Answer = await who.client.get(next);
      if (status === 403) return ids;
      assert.equal(status, 200);
      ids.push(...body.items.map(({ id }: { id: string }) => id));
      next = body.next === null ? undefined : nextOf(path, body.next);
    }
    return ids;
  };
  return until(read, isThere, 30_000, `${path} is as expected`);
}

function nextOf(path: string, cursor: string): string {
  return `${path}${path.includes('?') ? '&' : '?'}cursor=${encodeURIComponent(cursor)}`;
}

describe('a list', () => {
  test('of a kind that somebody may not read shows what was shared with them, by pages, and nothing else', async () => {
    const reader = await person(tenant, [await roleOf(['platform.job:read'])]);
    assert.deepEqual(verdict(await reader.client.get('/api/v1/customers')), [
      403,
      'platform.permission_missing',
    ]);
    const ids: string[] = [];
    for (let made = 0; made < 6; made += 1) ids.push(await makeCustomer());
    const to = { user: reader.id };
    const some = ids.slice(0, 5);
    for (const id of some) assert.equal((await share(id, { to })).status, 201);
    const path = '/api/v1/customers?limit=2';
    const seen = await listed(reader, path, found => found.length === 5);
    assert.deepEqual(seen, some.toReversed(), 'newest first, each once');
    const found = await listed(reader, '/api/v1/customers?q=somebody', all => all.length === 5);
    assert.deepEqual(found.toSorted(), some.toSorted());
    assert.deepEqual(await listed(reader, '/api/v1/customers?q=nobodyatall', all => all.length === 0), []);
    assert.equal((await reader.client.get('/api/v1/srfs')).status, 403, 'of another kind nothing was shared');
    assert.equal((await reader.client.get('/api/v1/users')).status, 403);
  });

  test('does not show what was shared for something else, with somebody else, or until a time that is over', async () => {
    const reader = await person(tenant, [await roleOf(['platform.job:read'])]);
    const [seen, written, others, over] = await Promise.all([1, 2, 3, 4].map(makeCustomer));
    const to = { user: reader.id };
    await share(seen ?? '', { to });
    await share(written ?? '', { to, permissions: ['calibration.customer:write'] });
    await share(others ?? '');
    const grant = await share(over ?? '', { to });
    await listed(reader, '/api/v1/customers', ids => ids.length === 2);
    await tenant.owner.call('DELETE', `/api/v1/grants/${grant.body.id}`, {
      headers: { 'if-match': grant.headers['etag'] ?? '' },
    });
    assert.deepEqual(await listed(reader, '/api/v1/customers', ids => ids.length === 1), [seen]);
  });

  test('of another tenant shows nothing that was shared in this one', async () => {
    const [other] = (await openOwnTenants(1)) as [OwnTenant];
    const id = await makeCustomer();
    await share(id);
    await listed(outsider, '/api/v1/customers', ids => ids.includes(id));
    const token = await other.token(['viewer'], outsider.id);
    const { body } = await other.anonymous.as(token).get('/api/v1/customers');
    assert.deepEqual(body.items, []);
  });
});

describe('what is shared of another branch', () => {
  test('counts for what the grant says, and not for what the person may where they work', async () => {
    const branch = async (name: string) => (await tenant.owner.post('/api/v1/branches', { name })).body.id;
    const [east, west] = await Promise.all([branch('East'), branch('West')]);
    const clerk = await person(tenant, ['quality-manager', 'manager'], [east]);
    const customerId = await makeCustomer();
    const make = async (branchId: string) =>
      (await tenant.owner.post('/api/v1/srfs', { customerId, items: [], branchId })).body.id;
    const [theirs, foreign] = await Promise.all([make(east), make(west)]);
    const permissions = ['calibration.srf:read', 'calibration.srf:act'];
    for (const id of [theirs, foreign])
      assert.equal((await share(id, { to: { user: clerk.id }, permissions })).status, 201);
    const cancel = async (id: string) => {
      const path = `/api/v1/srfs/${id}`;
      const { headers } = await clerk.client.get(path);
      const body = { action: 'cancel', reason: 'No longer needed' };
      return clerk.client.post(`${path}/transitions`, body, { 'if-match': headers['etag'] ?? '' });
    };
    const refused = await cancel(foreign);
    assert.equal(refused.status, 403, String(refused.bytes));
    assert.equal((await tenant.owner.get(`/api/v1/srfs/${foreign}`)).body.state, 'draft');
    assert.equal((await cancel(theirs)).status, 200);
  });
});

describe('sharing', () => {
  test('gives nobody more than who shares it may, nor what is about something else, nor for ever', async () => {
    const id = await makeCustomer();
    const manager = await person(tenant, ['manager']);
    const approving = await share(id, { permissions: ['calibration.srf:approve'] }, manager.client);
    assert.deepEqual(verdict(approving), [403, 'platform.permission_beyond']);
    // A quality manager approves; that others do is for owners to say, who have just proved who they are.
    const signing = { permissions: ['calibration.srf:approve'] };
    const quality = await person(tenant, ['quality-manager']);
    assert.deepEqual(verdict(await share(id, signing, quality.client)), [403, 'platform.permission_beyond']);
    assert.equal((await share(id, { permissions: [READ] }, quality.client)).status, 201);
    const stale = tenant.anonymous.as(await tenant.token(allRoles, undefined, 3600, 11 * 60));
    assert.deepEqual(verdict(await share(id, signing, stale)), [401, 'platform.step_up_required']);
    assert.equal((await share(id, { permissions: [READ] }, stale)).status, 201);
    assert.equal((await share(id, signing)).status, 201);
    const foreign = await share(id, { permissions: ['platform.user:write'] });
    assert.deepEqual(verdict(foreign), [422, 'platform.grant_unfit']);
    for (const expiresAt of [inSeconds(-1), inSeconds(400 * 86_400)])
      assert.deepEqual(verdict(await share(id, { expiresAt })), [400, 'platform.input_invalid']);
    const viewer = await person(tenant, ['viewer']);
    assert.equal((await share(id, { permissions: [READ] }, viewer.client)).status, 403);
  });

  test('of one record has an end, which what is over and what was ended does not count for', async () => {
    const id = await makeCustomer();
    const scope = platform.records.for(systemOf(tenant)).scope(id);
    const grants = Array.from({ length: 100 }, (_, number) => ({
      kind: grantKind as RecordKind,
      id: newRecordId(grantKind, platform.newKey(), id),
      data: {
        record: id,
        to: { user: `usr_${number}` },
        permissions: ['calibration.customer:read'],
        reason: 'One of many.',
        expiresAt: inSeconds(3600),
        maker: outsider.id,
      },
    }));
    for (let start = 0; start < grants.length; start += 50)
      await scope.commit({ action: 'test.shared', create: grants.slice(start, start + 50) });
    assert.deepEqual(verdict(await share(id)), [422, 'platform.grant_limit']);
    const [first] = grants;
    const ended = await tenant.owner.call('DELETE', `/api/v1/grants/${first?.id}`, {
      headers: { 'if-match': '"1"' },
    });
    assert.equal(ended.status, 204);
    assert.equal((await share(id)).status, 201);
    assert.deepEqual(verdict(await share(id)), [422, 'platform.grant_limit']);
    const over = (await scope.all(grantKind)).slice(0, 25);
    await scope.commit({
      action: 'test.passed',
      update: over.map(record => ({ record, data: { ...record.data, expiresAt: inSeconds(-1) } })),
    });
    assert.equal((await share(id)).status, 201);
    const { body } = await tenant.owner.get(`/api/v1/records/${id}/grants`);
    assert.equal(body.items.length, 81, 'twenty whose time was up made room');
    assert.equal(
      (
        await platform.records
          .for(systemOf(tenant))
          .scope(id)
          .verify(grantKind, over[0]?.id ?? '')
      ).intact,
      true,
    );
  });

  test('is with people and roles that are there, and of records that are', async () => {
    const id = await makeCustomer();
    for (const to of [
      { user: `usr_${'7'.repeat(26)}` },
      { role: `rol_${'7'.repeat(26)}` },
      { role: 'operator' },
    ])
      assert.deepEqual(
        verdict(await share(id, { to })),
        [422, 'platform.grantee_unknown'],
        JSON.stringify(to),
      );
    for (const nothing of [`cus_${'7'.repeat(26)}`, outsider.id, 'nothing'])
      assert.deepEqual(verdict(await share(nothing)), [404, 'platform.not_found'], nothing);
  });

  test('does nothing for keys, which are machines', async () => {
    const id = await makeCustomer();
    await share(id);
    const key = { name: 'K', permissions: ['platform.job:read'], days: 1 };
    const { body } = await tenant.owner.post('/api/v1/api-keys', key);
    const { body: secret } = await tenant.owner.post(`/api/v1/api-keys/${body.id}/secret`);
    assert.equal((await tenant.anonymous.as(secret.key).get(`/api/v1/customers/${id}`)).status, 403);
  });

  test('does nothing for an operator in the person’s place', async () => {
    const id = await makeCustomer();
    await share(id);
    const claims = { user: outsider.id, tenant: tenant.tenant.id, name: 'Somebody', roles: ['viewer'] };
    const operator = { user: `usr_${'6'.repeat(26)}`, name: 'An operator', session: 'ses_x', version: 1 };
    const token = await platform.identity.issue(
      { ...claims, session: `imp_${'2'.repeat(26)}`, operator },
      60,
    );
    const permissions = ['calibration.customer:write'];
    assert.equal((await share(id, { permissions })).status, 201);
    const change = await tenant.anonymous
      .as(token)
      .patch(`/api/v1/customers/${id}`, { name: 'X' }, { 'if-match': '"1"' });
    assert.deepEqual(verdict(change), [403, 'platform.permission_missing']);
  });
});
