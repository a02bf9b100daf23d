import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { type Client, openClient } from '../../scripts/demo/client.ts';
import { until } from '../../scripts/demo/expect.ts';
import { systemCaller, timestamp } from '../../shared/kernel/index.ts';
import { checkDueDomains } from '../../shared/platform/domains/index.ts';
import { type CustomDomain, domainKind } from '../../shared/platform/tenancy/index.ts';
import { setZone, type Zone } from '../dns/name-server.ts';
import { mailTo } from '../identity/mailbox.ts';
import { openTestProduct } from '../product.ts';
import { testStack, testZone } from '../stack.ts';
import { type Operators, openOperators, orderOf } from './operators.ts';

const PATIENCE = 60_000;

type Own = { readonly id: string; readonly slug: string; readonly owner: Client };

describe('a custom domain', () => {
  let operators: Operators;
  let plan: string;
  const api = (host: string): Client => {
    const client = openClient(testStack().urls['api'] ?? '');
    return { ...client, get: (path, headers = {}) => client.get(path, { ...headers, host }) };
  };

  before(async () => {
    operators = await openOperators();
    plan = await operators.plan({ features: ['calibration', 'custom_domains'] });
  });

  const newKey = (): string => operators.product.platform.newKey().slice(-16);
  const newName = (): string => `calibration.n${newKey()}.example`;

  async function makeTenant(withPlan = plan): Promise<Own> {
    const slug = `c${newKey()}`;
    const { id } = await operators.order(orderOf(slug, withPlan));
    const owner = operators.at(slug).as(await operators.token(id, ['tenant-owner']));
    return { id, slug, owner };
  }

  async function add({ owner }: Own, hostname: string) {
    const answer = await owner.post('/api/v1/domains', { hostname });
    assert.equal(answer.status, 201, JSON.stringify(answer.body));
    return answer.body;
  }

  /** Asks for a check and tells the domain after it. */
  async function check({ owner }: Own, id: string) {
    const { headers } = await owner.post(`/api/v1/domains/${id}/check`);
    const job = await until(
      () => owner.get(headers['location'] ?? ''),
      ({ body }) => body?.state === 'succeeded' || body?.state === 'failed',
      PATIENCE,
      'the check has ended',
    );
    assert.equal(job.body.state, 'succeeded', JSON.stringify(job.body));
    return (await owner.get(`/api/v1/domains/${id}`)).body;
  }

  function prove(hostname: string, { records }: { records: readonly { name: string; value: string }[] }) {
    const [proof] = records;
    setZone(testZone(), proof?.name ?? '', { TXT: ['v=spf1 -all', proof?.value ?? ''] });
    lead(hostname, { A: ['127.0.0.1'] });
  }

  function lead(hostname: string, zone: Zone): void {
    setZone(testZone(), hostname, zone);
  }

  async function serve(own: Own, hostname: string) {
    const domain = await add(own, hostname);
    prove(hostname, domain);
    const active = await check(own, domain.id);
    assert.equal(active.status, 'active', JSON.stringify(active));
    return active;
  }

  const served = (hostname: string, slug: string) =>
    until(
      () => api(hostname).get('/api/v1/tenant-info'),
      ({ body }) => body?.slug === slug,
      PATIENCE,
      `${hostname} shows ${slug}`,
    );
  const isNobodys = (hostname: string) =>
    until(
      () => api(hostname).get('/api/v1/tenant-info'),
      ({ status }) => status === 404,
      PATIENCE,
      `${hostname} is nobody’s`,
    );

  async function remove({ owner }: Own, id: string) {
    const { headers } = await owner.get(`/api/v1/domains/${id}`);
    return owner.call('DELETE', `/api/v1/domains/${id}`, { headers: { 'if-match': headers['etag'] ?? '' } });
  }

  /** As if something had been so for longer. */
  async function backdate({ id, slug }: Own, domainId: string, parts: Partial<CustomDomain>): Promise<void> {
    const scope = operators.product.platform.records.for(systemCaller(id, slug, 'test')).scope('domains');
    const record = await scope.get(domainKind, domainId);
    await scope.commit({
      action: 'test.time.passed',
      update: [{ record, data: { ...record.data, ...parts } }],
    });
  }

  test('is served once its zone proves it and leads here, and not a moment before', async () => {
    const own = await makeTenant();
    const hostname = newName();
    const added = await add(own, hostname.toUpperCase());
    assert.equal(added.status, 'pending');
    assert.equal(added.hostname, hostname);
    assert.deepEqual(
      added.records.map(({ type, name }: { type: string; name: string }) => [type, name]),
      [
        ['TXT', `_touchstone.${hostname}`],
        ['CNAME', hostname],
      ],
    );
    assert.equal((await check(own, added.id)).problem, 'proof_missing');
    assert.equal((await api(hostname).get('/api/v1/tenant-info')).body.code, 'platform.tenant_unknown');
    prove(hostname, added);
    lead(hostname, {});
    const verified = await check(own, added.id);
    assert.deepEqual([verified.status, verified.problem], ['verified', 'not_served']);
    assert.equal((await api(hostname).get('/api/v1/tenant-info')).status, 404);
    lead(hostname, { A: ['127.0.0.1'] });
    const active = await check(own, added.id);
    assert.deepEqual([active.status, active.problem], ['active', null]);
    const info = await served(hostname, own.slug);
    assert.equal(info.body.name, `Laboratory ${own.slug}`);
  });

  test('serves its own tenant’s tokens and refuses those of others', async () => {
    const [own, other] = await Promise.all([makeTenant(), makeTenant()]);
    const hostname = newName();
    await serve(own, hostname);
    await served(hostname, own.slug);
    const as = async (id: string) => ({
      authorization: `Bearer ${await operators.token(id, ['tenant-owner'])}`,
    });
    assert.equal((await api(hostname).get('/api/v1/domains', await as(own.id))).status, 200);
    const foreign = await api(hostname).get('/api/v1/domains', await as(other.id));
    assert.equal(foreign.body.code, 'platform.tenant_mismatch');
  });

  test('of one tenant is nothing that another one can see, or take with a proof of its own', async () => {
    const [own, other] = await Promise.all([makeTenant(), makeTenant()]);
    const [taken, free] = [newName(), newName()];
    const { id } = await serve(own, taken);
    const answers = await Promise.all([taken, free].map(name => add(other, name)));
    const plain = ({
      id: _id,
      hostname: _name,
      records: _records,
      addedAt: _at,
      ...rest
    }: { id: string } & Record<string, unknown>) => rest;
    assert.deepEqual(plain(answers[0]), plain(answers[1]));
    for (const domain of answers) assert.deepEqual((await check(other, domain.id)).problem, 'proof_missing');
    assert.equal((await other.owner.get(`/api/v1/domains/${id}`)).status, 404);
    // Whoever holds the zone by now is told, and still does not get what is in use.
    prove(taken, answers[0]);
    const conflicted = await check(other, answers[0].id);
    assert.deepEqual([conflicted.status, conflicted.problem], ['pending', 'conflicted']);
    await served(taken, own.slug);
  });

  test('proved by two at once is one’s', async () => {
    const tenants = await Promise.all(Array.from({ length: 4 }, () => makeTenant()));
    const hostname = newName();
    const domains = await Promise.all(tenants.map(tenant => add(tenant, hostname)));
    const proofs = domains.map(({ records }) => records[0].value);
    setZone(testZone(), `_touchstone.${hostname}`, { TXT: proofs });
    lead(hostname, { A: ['127.0.0.1'] });
    const after = await Promise.all(tenants.map((tenant, index) => check(tenant, domains[index].id)));
    assert.deepEqual(after.map(({ status }) => status).toSorted(), [
      'active',
      'pending',
      'pending',
      'pending',
    ]);
    const winner = tenants[after.findIndex(({ status }) => status === 'active')];
    await served(hostname, winner?.slug ?? '');
  });

  test('that was removed is served no more, is held back from others, and is free for who had it', async () => {
    const [own, other] = await Promise.all([makeTenant(), makeTenant()]);
    const hostname = newName();
    const { id } = await serve(own, hostname);
    await served(hostname, own.slug);
    const removed = await remove(own, id);
    assert.deepEqual([removed.status, removed.body.status], [200, 'removed']);
    await isNobodys(hostname);
    const wanted = await add(other, hostname);
    prove(hostname, wanted);
    assert.equal((await check(other, wanted.id)).problem, 'conflicted');
    const again = await serve(own, hostname);
    assert.notEqual(again.id, id);
    await served(hostname, own.slug);
  });

  test('that proves itself no longer is told at once, and served until its grace is over', async () => {
    const own = await makeTenant();
    const hostname = newName();
    const { id } = await serve(own, hostname);
    setZone(testZone(), `_touchstone.${hostname}`, { TXT: [] });
    const missing = await check(own, id);
    assert.deepEqual([missing.status, missing.problem], ['active', 'proof_missing']);
    assert.notEqual(missing.missingSince, null);
    await served(hostname, own.slug);
    await backdate(own, id, { missingSince: timestamp(new Date(0)) });
    const failed = await check(own, id);
    assert.deepEqual([failed.status, failed.problem], ['failed', 'proof_missing']);
    await isNobodys(hostname);
  });

  test('is looked at by the clock, whoever asks; an outage of its name servers is no reason to drop it', async () => {
    const own = await makeTenant();
    const hostname = newName();
    const added = await add(own, hostname);
    prove(hostname, added);
    const product = openTestProduct();
    const failures: unknown[] = [];
    const round = () =>
      checkDueDomains({
        ...product.platform,
        store: product.stores.records,
        failed: (_domain, error) => failures.push(error),
      });
    assert.ok((await round()) >= 1);
    const { body } = await own.owner.get(`/api/v1/domains/${added.id}`);
    assert.equal(body.status, 'active', JSON.stringify(body));
    setZone(testZone(), `_touchstone.${hostname}`, { fails: true });
    const silent = await check(own, added.id);
    assert.deepEqual([silent.status, silent.problem], ['active', 'dns_unreachable']);
    assert.deepEqual(failures, []);
  });

  test('can be the primary one, one at a time, and only when active', async () => {
    const own = await makeTenant();
    const names = [newName(), newName()];
    const [first, second] = [await serve(own, names[0] ?? ''), await serve(own, names[1] ?? '')];
    const pending = await add(own, newName());
    const choose = async (id: string) => {
      const { headers } = await own.owner.get(`/api/v1/domains/${id}`);
      return own.owner.post(`/api/v1/domains/${id}/make-primary`, undefined, {
        'if-match': headers['etag'] ?? '',
      });
    };
    assert.equal((await choose(pending.id)).body.code, 'platform.domain_not_active');
    for (const { id } of [first, second]) assert.equal((await choose(id)).status, 200);
    const { body } = await own.owner.get('/api/v1/domains?fields=id,primary');
    const primary = body.items.filter((item: { primary: boolean }) => item.primary);
    assert.deepEqual(
      primary.map(({ id }: { id: string }) => id),
      [second.id],
    );
    // Letters lead there from then on.
    const found = () => operators.product.platform.tenants.byHost(names[1] ?? '');
    const { primaryHost } = await until(
      async () => ((await found()) ?? {}) as { primaryHost?: string },
      tenant => tenant.primaryHost === names[1],
      60_000,
      'requests find the primary domain',
    );
    assert.equal(primaryHost, names[1]);
  });

  test('that is the primary one is where letters lead, as long as the plan has domains', async () => {
    const own = await makeTenant();
    const hostname = newName();
    const { id } = await serve(own, hostname);
    const { headers } = await own.owner.get(`/api/v1/domains/${id}`);
    const match = { 'if-match': headers['etag'] ?? '' };
    assert.equal((await own.owner.post(`/api/v1/domains/${id}/make-primary`, undefined, match)).status, 200);
    /** Where the link of a new person's letter leads. */
    const leadsTo = async (): Promise<string> => {
      const email = `${newKey()}@${own.slug}.example`;
      const person = { email, name: 'Somebody New', roles: ['viewer'] };
      const invited = await own.owner.post('/api/v1/users', person);
      assert.equal(invited.status, 201, String(invited.bytes));
      const [, host = ''] = /https?:\/\/([^/:\s]+)[^\s]*token=/.exec((await mailTo(email, /./)).text) ?? [];
      return host;
    };
    await until(leadsTo, host => host === hostname, 2 * PATIENCE, 'letters lead to the domain');
    const poor = await operators.plan({ features: ['calibration'] });
    const path = `/api/v1/tenants/${own.id}`;
    const account = await operators.operator.get(path);
    const ifMatch = { 'if-match': account.headers['etag'] ?? '' };
    assert.equal((await operators.operator.patch(path, { plan: poor }, ifMatch)).status, 200);
    const home = `${own.slug}.localhost`;
    await until(leadsTo, host => host === home, 2 * PATIENCE, 'letters lead to the platform’s own name');
    // What was printed with it is still answered there.
    await served(hostname, own.slug);
  });

  test('is refused when it is the platform’s, no name, there already, or not in the plan', async () => {
    const own = await makeTenant();
    const hostname = newName();
    await add(own, hostname);
    const poor = await makeTenant(await operators.plan({ features: ['calibration'] }));
    const codeOf = async (tenant: Own, name: string) =>
      (await tenant.owner.post('/api/v1/domains', { hostname: name })).body.code;
    assert.equal(await codeOf(own, 'other.localhost'), 'platform.domain_reserved');
    assert.equal(await codeOf(own, 'co.uk'), 'platform.domain_reserved');
    assert.equal(await codeOf(own, '127.0.0.1'), 'platform.domain_invalid');
    assert.equal(await codeOf(own, 'a_b.example'), 'platform.domain_invalid');
    assert.equal(await codeOf(own, `${hostname}.`), 'platform.domain_already_added');
    assert.equal(await codeOf(poor, newName()), 'platform.feature_not_in_plan');
  });
});
