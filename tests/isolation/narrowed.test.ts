import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import type { Answer, Client } from '../../scripts/demo/client.ts';
import { until } from '../../scripts/demo/expect.ts';
import { parseId, systemCaller } from '../../shared/kernel/index.ts';
import { type Endpoint, fullPath } from '../../shared/platform/http/index.ts';
import { PLATFORM, PLATFORM_SLUG, publishTenant, tenantKind } from '../../shared/platform/tenancy/index.ts';
import { person, platform } from '../access/people.ts';
import { operator } from '../identity/operators.ts';
import { A_MINUTE, verdict } from '../identity/people.ts';
import { exampleBody } from './example-body.ts';
import { inParallel } from './in-parallel.ts';
import { type Belongings, makeOneOfEverything, placeOf } from './make-one-of-everything.ts';
import { allRoles, type OwnTenant, openOwnTenants } from './own-tenants.ts';
import { settled } from './snapshot.ts';
import { endpoints, idNames, isList, isSecured, pathWith } from './table.ts';

const secured = endpoints.filter(isSecured);
let tenant: OwnTenant;
let hers: Belongings;

before(async () => {
  [tenant] = (await openOwnTenants(1)) as [OwnTenant];
  hers = await makeOneOfEverything(tenant);
  await settled(tenant);
});

/** Asks for an endpoint with an id that is there, as its example says. */
function knock(client: Client, endpoint: Endpoint, id?: string): Promise<Answer> {
  const fitting = id ?? hers.fits.get(placeOf(endpoint))?.[0] ?? hers.ids[0] ?? '';
  const body = endpoint.body === undefined ? undefined : exampleBody(endpoint, hers.book);
  const call = { body, headers: { 'if-match': '"1"' } };
  return client.call(endpoint.method, pathWith(endpoint, fitting), call);
}

/** Every endpoint hears the same refusal. */
async function allHear(client: Client, some: readonly Endpoint[], expected: readonly [number, string]) {
  await inParallel(some, async endpoint => {
    const [status, code] = verdict(await knock(client, endpoint));
    assert.deepEqual([endpoint.id, status, code], [endpoint.id, ...expected]);
  });
}

describe('an impersonator whose time is up', () => {
  test('is told so everywhere', async () => {
    const { body: user } = await tenant.owner.get('/api/v1/me');
    const over = await platform.identity.issue(
      {
        ...{ user: user.id, tenant: tenant.tenant.id, name: 'Somebody', roles: allRoles },
        ...{
          session: `imp_${'1'.repeat(26)}`,
          operator: { user: 'usr_x', name: 'An operator', session: 'ses_x', version: 1 },
        },
      },
      -60,
    );
    await allHear(tenant.anonymous.as(over), secured, [401, 'platform.token_expired']);
  });

  test('is out everywhere as soon as the impersonation was ended', async () => {
    const { id: user } = await person(tenant, allRoles);
    const { client } = await operator();
    const wish = {
      tenant: tenant.tenant.id,
      user,
      reason: 'Ticket 4711: a test',
      minutes: 5,
    };
    const { body } = await client.post('/api/v1/operator/impersonations', wish);
    const acting = tenant.anonymous.as(body.accessToken);
    assert.equal((await acting.get('/api/v1/me')).status, 200);
    const path = `/api/v1/operator/tenants/${tenant.tenant.id}/impersonations/${body.id}`;
    assert.equal((await client.call('DELETE', path)).status, 204);
    await until(
      () => acting.get('/api/v1/me'),
      ({ status }) => status === 401,
      A_MINUTE,
      'the end',
    );
    await allHear(acting, secured, [401, 'platform.token_revoked']);
  });
});

describe('a key with too little', () => {
  test('opens what it names and nothing else: no list, no file, no result of a job', async () => {
    const wish = { name: 'Narrow', permissions: ['platform.job:read'], days: 1 };
    const { body: key } = await tenant.owner.post('/api/v1/api-keys', wish);
    const { body: secret } = await tenant.owner.post(`/api/v1/api-keys/${key.id}/secret`);
    const machine = tenant.anonymous.as(secret.key);
    const isNamed = ({ access }: Endpoint) =>
      typeof access === 'object' && access.permission === 'platform.job:read';
    assert.equal((await machine.get('/api/v1/jobs')).status, 200);
    const others = secured.filter(endpoint => !isNamed(endpoint));
    await allHear(machine, others, [403, 'platform.permission_missing']);
    const render = '/api/v1/jobs?name=calibration.certificate.render';
    assert.deepEqual((await machine.get(render)).body.items, [], 'it may not read what they are about');
    const { body: jobs } = await tenant.owner.get(render);
    const single = await machine.get(`/api/v1/jobs/${jobs.items[0].id}`);
    assert.deepEqual(verdict(single), [403, 'platform.permission_missing']);
    const [{ href }] = jobs.items[0].links;
    assert.equal((await tenant.owner.get(href)).status, 200);
    assert.deepEqual(verdict(await machine.get(href)), [403, 'platform.permission_missing']);
  });
});

describe('somebody who is limited to another branch', () => {
  /** What lives with service requests, none of which is of their branch. Changes are no records; the audit is asked for them. */
  const isElsewhere = (id: string): boolean =>
    id.startsWith('srf_') || (parseId(id)?.scope?.startsWith('srf_') ?? false);
  let clerk: Client;
  let foreign: readonly string[];

  before(async () => {
    const { body } = await tenant.owner.post('/api/v1/branches', { name: 'Elsewhere' });
    clerk = (
      await person(
        tenant,
        allRoles.filter(role => role !== 'tenant-owner'),
        [body.id],
      )
    ).client;
    // A grant is of no branch: it can cross them.
    foreign = hers.ids.filter(id => isElsewhere(id) && !id.startsWith('grn_') && !id.startsWith('chg_'));
    assert.deepEqual(new Set(foreign.map(id => id.slice(0, 3))), new Set(['srf', 'obs', 'crt', 'job']));
  });

  test('hears at every address that what is elsewhere is not there', async () => {
    const about = secured.filter(endpoint => idNames(endpoint).length > 0 && endpoint.wholeTenant !== true);
    const questions = about.flatMap(endpoint => {
      const ids = hers.fits.get(placeOf(endpoint))?.filter(id => foreign.includes(id)) ?? [];
      return ids.slice(0, 2).map(id => ({ endpoint, id }));
    });
    assert.ok(questions.length > 30, String(questions.length));
    await inParallel(questions, async ({ endpoint, id }) => {
      const answer = await knock(clerk, endpoint, id);
      assert.deepEqual([endpoint.id, ...verdict(answer)], [endpoint.id, 404, 'platform.not_found']);
    });
  });

  test('meets none of it in lists, searches, exports and whatever is read without an id', async () => {
    const readers = secured.filter(({ method, path }) => method === 'GET' && !path.includes(':'));
    await inParallel(readers, async endpoint => {
      const queries = isList(endpoint) ? ['?limit=100', '?q=PO%204500182736', '?q=SRF'] : [''];
      for (const query of queries) {
        const { status, bytes } = await clerk.get(`${fullPath(endpoint)}${query}`);
        const text = bytes.toString('utf8');
        const seen = foreign.filter(id => text.includes(id));
        assert.deepEqual(seen, [], `${endpoint.id}${query} was answered ${status} with what is elsewhere`);
      }
    });
  });

  test('is kept from webhooks, which would tell of everything', async () => {
    const hooks = secured.filter(({ path }) => path.startsWith('/webhook-endpoints'));
    assert.ok(hooks.length >= 5);
    await allHear(clerk, hooks, [403, 'platform.branch_limited']);
  });
});

describe('a suspended tenant', () => {
  before(async () => {
    const scope = platform.records.for(systemCaller(PLATFORM, PLATFORM_SLUG, 'test')).scope(tenant.tenant.id);
    const account = await scope.get(tenantKind, tenant.tenant.id);
    await scope.commit({
      action: 'platform.tenant.suspended',
      update: [{ record: account, data: { ...account.data, status: 'suspended' } }],
    });
    await publishTenant(platform, tenant.tenant.id);
    const write = () => tenant.owner.post('/api/v1/customers', { name: 'X', address: ['x'] });
    await until(write, ({ status }) => status === 403, A_MINUTE, 'the suspension');
  });

  test('is read on by its administrators, lists, files and exports too, and written by nobody', async () => {
    const reads = secured.filter(({ method }) => method === 'GET');
    await inParallel(reads, async endpoint => {
      const { status, body } = await knock(tenant.owner, endpoint);
      assert.notEqual(body?.code, 'platform.tenant_suspended', `${endpoint.id}: ${status}`);
      if (isList(endpoint)) assert.equal(status, 200, endpoint.id);
    });
    const writes = secured.filter(
      ({ method, whileSuspended }) => method !== 'GET' && whileSuspended !== true,
    );
    assert.ok(writes.length > 40);
    await allHear(tenant.owner, writes, [403, 'platform.tenant_suspended']);
  });

  test('is closed to everybody else, to keys too', async () => {
    const everything = secured.filter(({ whileSuspended }) => whileSuspended !== true);
    const technician = tenant.anonymous.as(await tenant.token(['technician', 'quality-manager', 'viewer']));
    await inParallel(everything, async endpoint => {
      const [status, code] = verdict(await knock(technician, endpoint));
      assert.equal(status, 403, endpoint.id);
      assert.match(String(code), /tenant_suspended|permission_missing/, endpoint.id);
    });
    assert.deepEqual(verdict(await technician.get('/api/v1/srfs')), [403, 'platform.tenant_suspended']);
  });
});
