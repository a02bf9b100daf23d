import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { until } from '../../scripts/demo/expect.ts';
import { assertProblem } from '../misuse/problem.ts';
import { type Operators, openOperators, orderOf } from './operators.ts';

describe('provisioning', () => {
  let operators: Operators;
  let plan: string;
  const names = new Set<string>();
  /** A host name that no other run and no other test has. */
  const name = (): string => {
    const slug = `p${operators.product.platform.newKey().slice(-16)}`;
    names.add(slug);
    return slug;
  };

  before(async () => {
    operators = await openOperators();
    plan = await operators.plan();
  });

  test('makes a tenant that is served, without a deployment', async () => {
    const slug = name();
    const { id, job } = await operators.order(orderOf(slug, plan));
    assert.equal(job.state, 'succeeded');
    assert.deepEqual(job.links, [{ rel: 'tenant', href: `/api/v1/tenants/${id}` }]);
    const info = await until(
      () => operators.at(slug).get('/api/v1/tenant-info'),
      ({ status }) => status === 200,
      30_000,
      'the new tenant is served',
    );
    assert.equal(info.body.name, `Laboratory ${slug}`);
    assert.equal(info.body.timeZone, 'Europe/London');
    const account = await operators.operator.get(`/api/v1/tenants/${id}`);
    assert.equal(account.body.status, 'active');
    assert.equal(account.body.subscription.plan, plan);
    assert.doesNotMatch(account.bytes.toString(), /First Owner|owner@/);
  });

  test('of a name that somebody has fails, says so, and leaves the other tenant alone', async () => {
    const slug = name();
    const first = await operators.order(orderOf(slug, plan));
    const second = await operators.order({ ...orderOf(slug, plan), name: 'A second one' });
    assert.equal(second.job.state, 'failed');
    assert.equal(second.job.problem.code, 'platform.slug_taken');
    const statusOf = async (id: string) =>
      (await operators.operator.get(`/api/v1/tenants/${id}`)).body.status;
    assert.equal(await statusOf(first.id), 'active');
    assert.equal(await statusOf(second.id), 'provisioning');
    const { body: register } = await operators.operator.get(`/api/v1/tenants/${second.id}`);
    assert.match(register.statusReason, /step “name”: platform\.slug_taken/);
    const info = await operators.at(slug).get('/api/v1/tenant-info');
    assert.equal(info.body.name, `Laboratory ${slug}`);
  });

  test('of one name by ten at once makes one tenant', async () => {
    const slug = name();
    const orders = await Promise.all(
      Array.from({ length: 10 }, (_, count) =>
        operators.order({ ...orderOf(slug, plan), name: `Laboratory ${count}` }),
      ),
    );
    assert.equal(orders.filter(({ job }) => job.state === 'succeeded').length, 1);
    assert.ok(
      orders.every(({ job }) => job.state === 'succeeded' || job.problem.code === 'platform.slug_taken'),
    );
  });

  test('refuses names of ours, plans that there are not, and zones that are none', async () => {
    const refuse = async (body: object, status: number, code: string) => {
      const answer = await operators.operator.post('/api/v1/tenants', body);
      assertProblem(answer, '/api/v1/tenants', { status, code }, code);
    };
    for (const slug of ['platform', 'www', 'x--y'])
      await refuse(orderOf(slug, plan), 422, 'platform.slug_reserved');
    await refuse(orderOf(name(), 'no-such-plan'), 422, 'platform.plan_unknown');
    await refuse({ ...orderOf(name(), plan), timeZone: 'Mars/Olympus' }, 400, 'platform.input_invalid');
    await refuse({ ...orderOf(name(), plan), currency: 'XXY' }, 400, 'platform.input_invalid');
    await refuse({ ...orderOf(name(), plan), locale: 'tlh' }, 400, 'platform.input_invalid');
  });

  test('and self-signup are refused for a region that is not this deployment’s, with a pointer', async () => {
    const elsewhere = await operators.operator.post('/api/v1/tenants', {
      ...orderOf(name(), plan),
      region: 'mars',
    });
    const setPolicy = async () => {
      const { headers } = await operators.operator.get('/api/v1/signup-policy');
      return operators.operator.call('PUT', '/api/v1/signup-policy', {
        body: { open: false, plan, region: 'mars' },
        headers: { 'if-match': headers['etag'] ?? '' },
      });
    };
    // The policy is the whole platform's: others may change it between a read and a write.
    const policy = await until(setPolicy, ({ status }) => status !== 412, 20_000, 'a policy that stands');
    for (const { status, body } of [elsewhere, policy]) {
      assert.deepEqual([status, body.code], [422, 'platform.region_elsewhere']);
      assert.equal(body.errors[0].pointer, '#/region');
    }
  });

  test('asked for twice under one Idempotency-Key makes one tenant', async () => {
    const slug = name();
    const headers = { 'idempotency-key': slug };
    const ask = () => operators.operator.post('/api/v1/tenants', orderOf(slug, plan), headers);
    const answers = await Promise.all(Array.from({ length: 8 }, ask));
    assert.deepEqual([...new Set(answers.map(({ status }) => status))], [202]);
    assert.equal(new Set(answers.map(({ body }) => body.tenantId)).size, 1);
  });
});
