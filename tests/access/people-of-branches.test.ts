import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { before, describe, test } from 'node:test';
import type { Answer, Client } from '../../scripts/demo/client.ts';
import { verdict } from '../identity/people.ts';
import { type OwnTenant, openOwnTenants } from '../isolation/own-tenants.ts';
import { person } from './people.ts';

let tenant: OwnTenant;
let east: string;
let west: string;

before(async () => {
  [tenant] = (await openOwnTenants(1)) as [OwnTenant];
  [east, west] = (await Promise.all(['East', 'West'].map(makeBranch))) as [string, string];
});

async function makeBranch(name: string): Promise<string> {
  return (await tenant.owner.post('/api/v1/branches', { name })).body.id;
}

const idsOf = ({ body }: Answer): readonly string[] => body.items.map(({ id }: { id: string }) => id);

describe('somebody who is limited to a branch', () => {
  test('meets people who work nowhere else and themselves: lists, searches, reads, changes, history', async () => {
    const [inEast, inWest, inBoth, everywhere] = await Promise.all(
      [[east], [west], [west, east], undefined].map(branches => person(tenant, ['technician'], branches)),
    );
    assert.ok(
      inEast !== undefined && inWest !== undefined && inBoth !== undefined && everywhere !== undefined,
    );
    const head = await person(tenant, ['administrator'], [east]);
    for (const query of ['', '?q=Somebody', '?status=active', '?sort=createdAt']) {
      const join = query === '' ? '?' : '&';
      const found = idsOf(await head.client.get(`/api/v1/users${query}${join}limit=100`));
      assert.ok(found.includes(inEast.id) && found.includes(head.id), query);
      for (const { id } of [inWest, inBoth, everywhere]) assert.ok(!found.includes(id), query);
    }
    const exact = await head.client.get(`/api/v1/users?email=${everywhere.email}`);
    assert.deepEqual(idsOf(exact), []);
    for (const { id } of [inWest, inBoth, everywhere]) {
      const path = `/api/v1/users/${id}`;
      for (const part of ['', '/history', '/history/1', '/diff', '/verify', '/sessions'])
        assert.deepEqual(verdict(await head.client.get(path + part)), [404, 'platform.not_found'], part);
      const change = await head.client.patch(path, { name: 'Mine' }, { 'if-match': '"1"' });
      assert.deepEqual(verdict(change), [404, 'platform.not_found']);
      const { body } = await head.client.get(`/api/v1/audit?record=${id}`);
      assert.deepEqual(body.items, []);
    }
    const path = `/api/v1/users/${inEast.id}`;
    const change = await head.client.patch(path, { name: 'Renamed' }, { 'if-match': '"1"' });
    assert.equal(change.status, 200, String(change.bytes));
    assert.equal((await head.client.get(`${path}/history`)).body.items.length, 2);
    const wide = await person(tenant, ['administrator'], [east, west]);
    const seen = idsOf(await wide.client.get('/api/v1/users?limit=100'));
    assert.ok([inEast, inWest, inBoth].every(({ id }) => seen.includes(id)) && !seen.includes(everywhere.id));
    assert.ok(idsOf(await tenant.owner.get('/api/v1/users?limit=100')).includes(everywhere.id));
  });

  test('reads in the audit of logins and refusals of people whom they meet, and of nobody else', async () => {
    const head = await person(tenant, ['administrator'], [east]);
    const [near, far] = await Promise.all([east, west].map(branch => person(tenant, ['viewer'], [branch])));
    assert.ok(near !== undefined && far !== undefined);
    for (const { client } of [near, far]) {
      assert.equal((await client.post('/api/v1/customers', { name: 'X', address: [] })).status, 403);
      assert.equal((await client.post('/api/v1/auth/logout-everywhere')).status, 204);
    }
    const actors = async (by: Client): Promise<readonly string[]> => {
      const { body } = await by.get('/api/v1/audit?action=platform.security.*&limit=100');
      return body.items.map(({ by: who }: { by: { user: string } }) => who.user);
    };
    const [seen, all] = [await actors(head.client), await actors(tenant.owner)];
    assert.ok(seen.includes(near.id) && !seen.includes(far.id) && all.includes(far.id));
    const total = async (by: Client): Promise<number> => {
      const { body } = await by.get('/api/v1/audit/security-events');
      return body.items.reduce((sum: number, { count }: { count: number }) => sum + count, 0);
    };
    assert.ok((await total(head.client)) < (await total(tenant.owner)));
  });

  test('is told nothing of mails to people, but of those that they asked for', async () => {
    const body = { email: `${randomUUID()}@people.example`, name: 'X', roles: ['viewer'] };
    const head = await person(tenant, ['administrator'], [east]);
    await tenant.owner.post('/api/v1/users', body);
    const jobsSeen = async (by: Client) => idsOf(await by.get('/api/v1/jobs?name=platform.mail.invitation'));
    const [job] = await jobsSeen(tenant.owner);
    assert.ok(job !== undefined);
    assert.deepEqual(await jobsSeen(head.client), []);
    const refused = await head.client.get(`/api/v1/jobs/${job}`);
    assert.deepEqual(verdict(refused), [403, 'platform.branch_limited']);
    const wish = { ...body, email: `${randomUUID()}@people.example`, branches: [east] };
    assert.equal((await head.client.post('/api/v1/users', wish)).status, 201);
    const own = (await jobsSeen(tenant.owner)).find(id => id !== job);
    assert.equal((await head.client.get(`/api/v1/jobs/${own}`)).status, 200);
  });

  test('shares a record with whomever they name, also of other branches', async () => {
    const { id } = await person(tenant, ['technician'], [west]);
    const grant = {
      to: { user: id },
      permissions: ['calibration.customer:read'],
      reason: 'A question.',
      expiresAt: new Date(Date.now() + 3_600_000).toISOString(),
    };
    const manager = await person(tenant, ['manager'], [east]);
    const { body: customer } = await tenant.owner.post('/api/v1/customers', { name: 'X', address: [] });
    const shared = await manager.client.post(`/api/v1/records/${customer.id}/grants`, grant);
    assert.equal(shared.status, 201, String(shared.bytes));
  });

  test('finds in the audit that they made a key, and of nobody else that they did', async () => {
    const { client } = await person(tenant, ['administrator'], [east]);
    const keyBody = { name: 'Bench', permissions: ['calibration.srf:read'], days: 1 };
    const [own, wide] = await Promise.all(
      [client, tenant.owner].map(by => by.post('/api/v1/api-keys', keyBody)),
    );
    const recordsOf = async (by: Client): Promise<readonly string[]> => {
      const { body } = await by.get('/api/v1/audit?action=platform.api_key.created&limit=100');
      return body.items.flatMap(({ records }: { records: { id: string }[] }) => records.map(({ id }) => id));
    };
    assert.deepEqual(await recordsOf(client), [own?.body.id]);
    assert.ok((await recordsOf(tenant.owner)).includes(wide?.body.id));
  });
});
