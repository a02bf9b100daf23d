import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Composition } from '../../functions/compose.ts';
import { type Client, openClient } from '../../scripts/demo/client.ts';
import { until } from '../../scripts/demo/expect.ts';
import { systemCaller } from '../../shared/kernel/index.ts';
import { openCacheFeed, openNews } from '../../shared/platform/caches/index.ts';
import { openDirectoryWatch, policyId, signInPolicyKind } from '../../shared/platform/identity/index.ts';
import { entryFeed } from '../../shared/platform/records/index.ts';
import { openDomainDirectory, openTenants } from '../../shared/platform/tenancy/index.ts';
import { type MeteredApi, startMeteredApi } from '../costs/metered-api.ts';
import { allRoles, openOwnTenants } from '../isolation/own-tenants.ts';
import { testTenant } from '../laboratory.ts';
import { openTestProduct } from '../product.ts';
import { testStack } from '../stack.ts';
import { type Operators, openOperators } from '../tenancy/operators.ts';

const PATIENCE = 60_000;
/** A clock that stands still: nothing that is kept ever grows old, so what is forgotten was told of. */
const frozen = (): Date => new Date('2026-11-25T12:00:00Z');

describe('what instances remember', () => {
  let product: Composition;

  before(() => {
    product = openTestProduct();
  });

  function openInstance() {
    const { stores, platform } = product;
    const feed = openCacheFeed(entryFeed(stores.tenants), frozen);
    const news = openNews(stores.tenants, feed, platform.newKey);
    const domains = openDomainDirectory(stores.tenants, frozen);
    return {
      feed,
      tenants: openTenants(stores.tenants, domains, 'localhost', feed, frozen),
      directory: openDirectoryWatch(stores.records, news, frozen),
    };
  }

  /** Two instances that have begun to follow what changes. */
  async function openInstances() {
    const instances = [openInstance(), openInstance()];
    for (const { feed } of instances)
      await until(
        async () => feed.covers(frozen().getTime()),
        covers => covers,
        PATIENCE,
        'the feed has begun',
      );
    return instances;
  }

  test('of a tenant is forgotten by all of them when it changes', async () => {
    const slug = `k${product.platform.newKey().slice(-16)}`;
    const tenant = testTenant(slug);
    const publish = (version: number) =>
      product.platform.tenants.publish(
        { ...tenant, name: `Version ${version}` },
        { account: version, settings: 1, domains: 0, plan: { id: '', version: 0 } },
      );
    await publish(1);
    const instances = await openInstances();
    const names = () =>
      Promise.all(instances.map(async ({ tenants }) => (await tenants.byHost(`${slug}.localhost`))?.name));
    assert.deepEqual(await names(), ['Version 1', 'Version 1']);
    await publish(2);
    await until(names, all => all.every(name => name === 'Version 2'), PATIENCE, 'both have heard');
  });

  test('of a tenant is never replaced by one that is older in anything', async () => {
    const slug = `k${product.platform.newKey().slice(-16)}`;
    const tenant = testTenant(slug);
    const { tenants } = product.platform;
    const publish = (name: string, versions: readonly [number, number, number, number], plan = 'pln_a') => {
      const [account, settings, domains, version] = versions;
      return tenants.publish(
        { ...tenant, name },
        { account, settings, domains, plan: { id: plan, version } },
      );
    };
    const name = async () => (await tenants.byId(tenant.id))?.name;
    await publish('first', [2, 2, 2, 2]);
    for (const versions of [
      [1, 2, 2, 2],
      [2, 1, 2, 2],
      [2, 2, 1, 2],
      [2, 2, 2, 1],
    ] as const)
      await publish('older', versions);
    assert.equal(await name(), 'first');
    // One has seen the settings and the other the account: neither may be lost, so the job looks again.
    for (const versions of [
      [1, 3, 2, 2],
      [3, 2, 2, 1],
    ] as const)
      await assert.rejects(publish('mixed', versions), { code: 'platform.busy' });
    assert.equal(await name(), 'first');
    await publish('another plan', [3, 2, 2, 1], 'pln_b');
    assert.equal(await name(), 'another plan');
  });

  test('of a directory is forgotten by all of them when the relay told of its change', async () => {
    const id = testTenant(`k${product.platform.newKey().slice(-16)}`).id;
    const instances = await openInstances();
    const minutes = () =>
      Promise.all(instances.map(async ({ directory }) => (await directory.of(id)).policy.accessTokenMinutes));
    const before = await minutes();
    const data = { requireMfa: false, accessTokenMinutes: 7, passwordDays: null };
    const directory = product.platform.records.for(systemCaller(id, 'k', 'test')).scope('directory');
    await directory.commit({
      action: 'platform.sign_in_policy.changed',
      create: [{ kind: signInPolicyKind, id: policyId(id), data }],
    });
    assert.deepEqual(await minutes(), before);
    await until(minutes, all => all.every(value => value === 7), PATIENCE, 'both have heard');
  });
});

describe('two instances of the api', () => {
  let operators: Operators;
  let second: MeteredApi;
  let id: string;
  let instances: readonly Client[];

  before(async () => {
    operators = await openOperators();
    second = await startMeteredApi(testStack().settings);
    const [own] = await openOwnTenants(1);
    assert.ok(own !== undefined);
    id = own.tenant.id;
    const token = await own.token(allRoles);
    const other = openClient(`http://${own.tenant.slug}.localhost:${new URL(second.url).port}`);
    instances = [own.anonymous, other].map(client => client.as(token));
  });

  after(() => second.close());

  /** What both answer, once both answer so. */
  const both = (ask: (client: Client) => Promise<number>, status: number, what: string) =>
    until(
      () => Promise.all(instances.map(ask)),
      all => all.every(answered => answered === status),
      PATIENCE,
      what,
    );
  const read = async (client: Client): Promise<number> => (await client.get('/api/v1/users')).status;

  test('feel a suspension, and its end', async () => {
    const technician = await operators.token(id, ['technician']);
    const work = async (client: Client) => (await client.as(technician).get('/api/v1/srfs')).status;
    const move = async (action: string) => {
      const path = `/api/v1/tenants/${id}`;
      const { headers } = await operators.operator.get(path);
      const ifMatch = { 'if-match': headers['etag'] ?? '' };
      const { status } = await operators.operator.post(`${path}/${action}`, { reason: 'A test.' }, ifMatch);
      assert.equal(status, 200);
    };
    await both(work, 200, 'both serve');
    await move('suspend');
    await both(work, 403, 'both refuse');
    await move('reactivate');
    await both(work, 200, 'both serve again');
  });

  test('refuse a key that was revoked at one of them', async () => {
    const [first] = instances;
    const body = { name: 'A machine', permissions: ['platform.user:read'], days: 1 };
    const made = await first?.post('/api/v1/api-keys', body);
    assert.equal(made?.status, 201, JSON.stringify(made?.body));
    const path = `/api/v1/api-keys/${made?.body.id}`;
    const issued = await first?.post(`${path}/secret`);
    assert.equal(issued?.status, 200, JSON.stringify(issued?.body));
    const machine = (client: Client) => read(client.as(issued?.body.key));
    await both(machine, 200, 'the key opens both');
    assert.equal((await first?.post(`${path}/revocation`))?.status, 200);
    await both(machine, 401, 'the key opens neither');
  });
});
