import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { until } from '../../scripts/demo/expect.ts';
import { assertProblem } from '../misuse/problem.ts';
import { type Operators, openOperators, orderOf } from './operators.ts';

type Row = { readonly status: string; readonly eraseAt: string | null; readonly statusReason: string | null };

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

  test('of a name that somebody has is refused at once, with a pointer, and leaves the other tenant alone', async () => {
    const slug = name();
    const first = await operators.order(orderOf(slug, plan));
    const second = await operators.operator.post('/api/v1/tenants', {
      ...orderOf(slug, plan),
      name: 'A second one',
    });
    assert.deepEqual([second.status, second.body.code], [409, 'platform.slug_taken']);
    assert.deepEqual(
      second.body.errors.map((error: { pointer: string; code: string }) => [error.pointer, error.code]),
      [['#/slug', 'name_taken']],
    );
    const { body: found } = await operators.operator.get(`/api/v1/tenants?slug=${slug}`);
    assert.deepEqual(
      found.items.map(({ id }: { id: string }) => id),
      [first.id],
      'nothing was ordered',
    );
    assert.equal(found.items[0].status, 'active');
    const info = await operators.at(slug).get('/api/v1/tenant-info');
    assert.equal(info.body.name, `Laboratory ${slug}`);
  });

  test('of one name by ten at once makes one tenant', async () => {
    const slug = name();
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, count) =>
        operators.operator.post('/api/v1/tenants', { ...orderOf(slug, plan), name: `Laboratory ${count}` }),
      ),
    );
    assert.ok(answers.every(({ status, body }) => status === 202 || body.code === 'platform.slug_taken'));
    const { body } = await until(
      () => operators.operator.get(`/api/v1/tenants?slug=${slug}`),
      ({ body }) =>
        body.items.every(
          ({ status, eraseAt }: Row) => status === 'active' || (status === 'deleted' && eraseAt === null),
        ),
      60_000,
      'one is made, the others are undone',
    );
    const made = body.items.filter(({ status }: Row) => status === 'active');
    assert.equal(made.length, 1, JSON.stringify(body.items));
    for (const { status, statusReason } of body.items as readonly Row[])
      assert.ok(
        status === 'active' || /step “name”: platform\.slug_taken\. Undone/.test(statusReason ?? ''),
        statusReason ?? '',
      );
    const info = await operators.at(slug).get('/api/v1/tenant-info');
    assert.equal(info.body.name, made[0].name);
  });

  test('refuses names of ours, plans that there are not, and zones that are none', async () => {
    const refuse = async (body: object, status: number, code: string) => {
      const answer = await operators.operator.post('/api/v1/tenants', body);
      assertProblem(answer, '/api/v1/tenants', { status, code }, code);
    };
    for (const slug of ['platform', 'www', 'x--y'])
      await refuse(orderOf(slug, plan), 422, 'platform.slug_reserved');
    const reserved = await operators.operator.post('/api/v1/tenants', orderOf('www', plan));
    assert.equal(reserved.body.errors[0].pointer, '#/slug');
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
    await until(
      () => operators.operator.get(`/api/v1/tenants/${answers[0]?.body.tenantId}`),
      ({ body }) => body.status === 'active',
      60_000,
      'it is made',
    );
    const repeated = await ask();
    assert.deepEqual([repeated.status, repeated.body.tenantId], [202, answers[0]?.body.tenantId]);
  });
});
