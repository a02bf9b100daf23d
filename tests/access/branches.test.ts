import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import type { Answer, Client } from '../../scripts/demo/client.ts';
import { type Caller, tenantId } from '../../shared/kernel/index.ts';
import { askForJob } from '../../shared/platform/jobs/index.ts';
import { verdict } from '../identity/people.ts';
import { exampleBody } from '../isolation/example-body.ts';
import { inParallel } from '../isolation/in-parallel.ts';
import { type OwnTenant, openOwnTenants } from '../isolation/own-tenants.ts';
import { bookOf, endpoints, pathWith } from '../isolation/table.ts';
import { person, platform, systemOf } from './people.ts';

type Srf = { readonly id: string; readonly etag: string };

const ALL = ['quality-manager', 'manager', 'technician', 'sales', 'administrator', 'integrator'];

let tenant: OwnTenant;
let east: string;
let west: string;
let wish: object;
/** One of each branch, and one of none. */
let hers: Srf;
let his: Srf;
let nobodys: Srf;
let clerk: Client;

before(async () => {
  [tenant] = (await openOwnTenants(1)) as [OwnTenant];
  [east, west] = (await Promise.all(['East', 'West'].map(makeBranch))) as [string, string];
  wish = await srfWish();
  [hers, his, nobodys] = await Promise.all([
    makeSrf(tenant.owner, { branchId: east }),
    makeSrf(tenant.owner, { branchId: west }),
    makeSrf(tenant.owner, {}),
  ]);
  clerk = (await person(tenant, ALL, [east])).client;
});

async function makeBranch(name: string): Promise<string> {
  const answer = await tenant.owner.post('/api/v1/branches', { name });
  assert.equal(answer.status, 201, String(answer.bytes));
  return answer.body.id;
}

/** What a service request refers to, made from the table's own examples. */
async function srfWish(): Promise<object> {
  const ids: string[] = [];
  for (const kind of ['customer', 'equipment', 'procedure', 'srf']) {
    const endpoint = endpoints.find(({ id }) => id === `calibration.${kind}.create`);
    assert.ok(endpoint !== undefined);
    const body = exampleBody(endpoint, bookOf(ids)) as object;
    if (kind === 'srf') return body;
    ids.push((await tenant.owner.post(pathWith(endpoint, ''), body)).body.id);
  }
  throw new Error('nothing was made');
}

async function makeSrf(client: Client, more: object): Promise<Srf> {
  const answer = await client.post('/api/v1/srfs', { ...wish, ...more });
  assert.equal(answer.status, 201, String(answer.bytes));
  return { id: answer.body.id, etag: answer.headers['etag'] ?? '' };
}

const idsOf = ({ body }: Answer): readonly string[] => body.items.map(({ id }: { id: string }) => id);

describe('somebody who is limited to a branch', () => {
  test('finds in lists, by filters and by search what is of it, and nothing else', async () => {
    for (const query of ['', '?q=PO%204500182736', '?state=draft', '?sort=number&limit=1']) {
      const found = idsOf(await clerk.get(`/api/v1/srfs${query}`));
      assert.deepEqual(found, [hers.id], query);
    }
    assert.equal(idsOf(await tenant.owner.get('/api/v1/srfs')).length, 3);
    assert.deepEqual(idsOf(await clerk.get('/api/v1/branches')), [east]);
  });

  test('is told of what is of another one, or of none, that it is not there, whatever they ask', async () => {
    const about = endpoints.filter(({ path }) => path.startsWith('/srfs/:id'));
    assert.ok(about.length > 8);
    await inParallel(about, async endpoint => {
      for (const { id, etag } of [his, nobodys]) {
        const body = endpoint.body === undefined ? undefined : endpoint.example?.body;
        const call = { body, headers: { 'if-match': etag } };
        const answer = await clerk.call(endpoint.method, pathWith(endpoint, id), call);
        assert.deepEqual([endpoint.id, answer.status], [endpoint.id, 404], String(answer.bytes));
      }
    });
  });

  test('makes what is of their branch without saying so, and nothing elsewhere', async () => {
    const { id } = await makeSrf(clerk, {});
    assert.equal((await clerk.get(`/api/v1/srfs/${id}`)).body.branchId, east);
    const elsewhere = await clerk.post('/api/v1/srfs', { ...wish, branchId: west });
    assert.deepEqual(verdict(elsewhere), [422, 'calibration.reference_unknown']);
    const moved = await clerk.patch(`/api/v1/srfs/${hers.id}`, { branchId: west }, { 'if-match': hers.etag });
    assert.deepEqual(verdict(moved), [422, 'calibration.reference_unknown']);
    const both = (await person(tenant, ALL, [east, west])).client;
    assert.deepEqual(verdict(await both.post('/api/v1/srfs', wish)), [422, 'platform.branch_missing']);
    await makeSrf(both, { branchId: west });
  });

  test('writes nothing of another branch, also where code forgets to ask', async () => {
    const caller: Caller = {
      ...systemOf(tenant),
      tenant: tenantId(tenant.tenant.id),
      branches: new Set([east]),
    };
    const [open, limited] = [systemOf(tenant), caller].map(by => platform.records.for(by).scope(his.id));
    const { srfKind } = await import('../../shared/modules/calibration/srf.ts');
    const record = await open?.get(srfKind, his.id);
    assert.ok(record !== undefined && limited !== undefined);
    const taken = { ...record.data, branchId: east };
    await assert.rejects(limited.commit({ action: 'test.taken', update: [{ record, data: taken }] }), {
      code: 'platform.branch_beyond',
    });
    await assert.rejects(limited.commit({ action: 'test.removed', remove: [record] }), {
      code: 'platform.branch_beyond',
    });
  });

  test('watches the jobs about what is of their branch, also those asked for beside it', async () => {
    const ask = async (srf: string): Promise<string> => {
      const caller = systemOf(tenant);
      const request = { name: 'calibration.certificate.render', queue: 'render', subject: srf, scope: srf };
      const { id, create } = askForJob(caller, platform.newKey(), platform.now(), request);
      await platform.records
        .for(caller)
        .scope(srf)
        .commit({ action: 'test.asked', create: [create], events: [] });
      return id;
    };
    const [own, foreign] = await Promise.all([ask(hers.id), ask(his.id)]);
    assert.equal((await clerk.get(`/api/v1/jobs/${own}`)).status, 200);
    assert.equal((await clerk.get(`/api/v1/jobs/${foreign}`)).status, 404);
    const listed = idsOf(await clerk.get('/api/v1/jobs?name=calibration.certificate.render'));
    assert.deepEqual(listed, [own]);
  });

  test('sees no jobs about the tenant as a whole, but those that they asked for', async () => {
    const wish = { type: 'export', reason: 'Taking it along' };
    const { body: request } = await tenant.owner.post('/api/v1/privacy-requests', wish);
    const path = `/api/v1/jobs/${request.jobId}`;
    assert.equal((await tenant.owner.get(path)).status, 200);
    assert.deepEqual(verdict(await clerk.get(path)), [403, 'platform.branch_limited']);
    const seen = idsOf(await clerk.get('/api/v1/jobs?limit=100'));
    assert.equal(seen.includes(request.jobId), false);
    assert.ok(idsOf(await tenant.owner.get('/api/v1/jobs?limit=100')).includes(request.jobId));
    const named = await clerk.get('/api/v1/jobs?name=platform.privacy.export');
    assert.deepEqual(idsOf(named), []);
  });

  test('reads in the audit, and exports from it, what is of their branch and of all', async () => {
    const of = async (client: Client, record: string) =>
      (await client.get(`/api/v1/audit?record=${record}`)).body.items.length;
    assert.ok((await of(clerk, hers.id)) > 0);
    assert.equal(await of(clerk, his.id), 0);
    assert.ok((await of(tenant.owner, his.id)) > 0);
    const shared = await tenant.owner.post(`/api/v1/records/${his.id}/grants`, {
      ...{
        to: { role: 'viewer' },
        permissions: ['calibration.srf:read'],
        reason: 'A dispute in the other branch.',
      },
      expiresAt: new Date(Date.now() + 3_600_000).toISOString(),
    });
    assert.equal(shared.status, 201, String(shared.bytes));
    const grants = await clerk.get('/api/v1/audit?action=platform.grant.created');
    assert.ok(!String(grants.bytes).includes('A dispute'));
    const csv = (await clerk.get('/api/v1/audit/export')).bytes.toString();
    assert.ok(csv.includes(hers.id) && !csv.includes(his.id) && !csv.includes(nobodys.id));
    assert.ok(!csv.includes('A dispute'));
    await tenant.owner.call('DELETE', `/api/v1/grants/${shared.body.id}`, { headers: { 'if-match': '"1"' } });
  });

  test('is kept from what concerns the tenant as a whole, lists and single records alike', async () => {
    const whole = endpoints.filter(({ wholeTenant }) => wholeTenant === true);
    const lists = [
      'domains',
      'identity-providers',
      'impersonations',
      'privacy-requests',
      'webhook-endpoints',
    ];
    for (const name of lists)
      assert.ok(
        whole.some(({ path }) => path === `/${name}`),
        name,
      );
    await inParallel(whole, async endpoint => {
      const { status, body } = await clerk.call(endpoint.method, pathWith(endpoint, hers.id));
      const expected = body?.code === 'platform.permission_missing' ? body.code : 'platform.branch_limited';
      assert.deepEqual([endpoint.id, status, body.code], [endpoint.id, 403, expected]);
    });
    const { status, body } = await clerk.get('/api/v1/record-counts');
    assert.deepEqual([status, body.code], [403, 'platform.branch_limited']);
  });

  test('has keys that are limited as they are, and gets no secret of a wider one', async () => {
    const keyBody = { name: 'Bench', permissions: ['calibration.srf:read'], days: 1 };
    const own = await clerk.post('/api/v1/api-keys', keyBody);
    const { body: secret } = await clerk.post(`/api/v1/api-keys/${own.body.id}/secret`);
    const machine = tenant.anonymous.as(secret.key);
    const seen = idsOf(await machine.get('/api/v1/srfs'));
    assert.ok(seen.includes(hers.id) && !seen.includes(his.id));
    const wide = await tenant.owner.post('/api/v1/api-keys', keyBody);
    const stolen = await clerk.post(`/api/v1/api-keys/${wide.body.id}/secret`);
    assert.deepEqual(verdict(stolen), [404, 'platform.not_found']);
    const path = `/api/v1/api-keys/${wide.body.id}`;
    assert.equal((await clerk.post(`${path}/revocation`)).status, 404);
    assert.equal((await clerk.get(path)).status, 404);
    assert.deepEqual(idsOf(await clerk.get('/api/v1/api-keys')), [own.body.id]);
    assert.equal(idsOf(await tenant.owner.get('/api/v1/api-keys')).length, 2);
    assert.equal((await clerk.post(`/api/v1/api-keys/${own.body.id}/revocation`)).status, 200);
  });

  test('sees, ends and gets the secrets of programs that they declared, and of no others', async () => {
    const wish = { name: 'P', kind: 'confidential', permissions: ['calibration.srf:read'] };
    const [own, wide] = await Promise.all(
      [clerk, tenant.owner].map(client => client.post('/api/v1/oauth-clients', wish)),
    );
    const path = `/api/v1/oauth-clients/${wide?.body.id}`;
    for (const asked of [clerk.get(path), clerk.post(`${path}/revocation`), clerk.post(`${path}/secret`)])
      assert.deepEqual(verdict(await asked), [404, 'platform.not_found']);
    assert.deepEqual(idsOf(await clerk.get('/api/v1/oauth-clients')), [own?.body.id]);
  });

  test('makes nobody who is not limited so, and is not changed by themselves', async () => {
    const body = { email: 'x@people.example', name: 'X', roles: ['viewer'] };
    assert.deepEqual(verdict(await clerk.post('/api/v1/users', body)), [403, 'platform.branches_beyond']);
    const made = await clerk.post('/api/v1/users', { ...body, branches: [east] });
    assert.equal(made.status, 201);
    assert.deepEqual(made.body.branches, [east]);
    const unknown = { ...body, email: 'y@people.example', branches: [`brn_${'7'.repeat(26)}`] };
    const refused = await tenant.owner.post('/api/v1/users', unknown);
    assert.deepEqual(verdict(refused), [422, 'platform.branch_unknown']);
  });
});
