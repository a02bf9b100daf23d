import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import type { Answer } from '../../scripts/demo/client.ts';
import { until } from '../../scripts/demo/expect.ts';
import { secondsAfter, systemCaller, timestamp } from '../../shared/kernel/index.ts';
import { draftAccount, sweepTenants } from '../../shared/platform/provisioning/index.ts';
import { newRecordId } from '../../shared/platform/records/index.ts';
import { PLATFORM, PLATFORM_SLUG, tenantKind } from '../../shared/platform/tenancy/index.ts';
import { type Operators, openOperators, orderOf } from './operators.ts';

const PATIENCE = 60_000;
const operatorCaller = systemCaller(PLATFORM, PLATFORM_SLUG, 'test');

describe('a provisioning that failed', () => {
  let operators: Operators;
  let plan: string;

  before(async () => {
    operators = await openOperators();
    plan = await operators.plan();
  });

  function name(): string {
    return `r${operators.product.platform.newKey().slice(-16)}`;
  }

  /** As a provisioning leaves a tenant that failed at its last attempt, while it can be tried again. */
  async function failed(slug = name()): Promise<{ readonly id: string; readonly slug: string }> {
    const { platform } = operators.product;
    const { name: _name, ...order } = orderOf(slug, plan) as Parameters<typeof draftAccount>[3];
    const id = newRecordId(tenantKind, platform.newKey());
    const overrides = { limits: {}, quotas: {}, features: [] };
    const wanted = { ...order, name: 'A second one', overrides };
    const draft = await draftAccount(platform, operatorCaller, id, wanted, 'operator');
    const eraseAt = timestamp(secondsAfter(new Date(), 86_400));
    const data = { ...draft, status: 'pending_deletion', statusReason: 'It failed.', eraseAt };
    const create = [{ kind: tenantKind, id, data }];
    await platform.records.for(operatorCaller).scope(id).commit({ action: 'test.run.failed', create });
    return { id, slug };
  }

  async function act(id: string, action: string, body: object): Promise<Answer> {
    const { headers } = await operators.operator.get(`/api/v1/tenants/${id}`);
    const ifMatch = { 'if-match': headers['etag'] ?? '' };
    return operators.operator.post(`/api/v1/tenants/${id}/${action}`, body, ifMatch);
  }

  async function jobState({ headers }: Answer): Promise<string> {
    const job = await until(
      () => operators.operator.get(headers['location'] ?? ''),
      ({ body }) => body?.state === 'succeeded' || body?.state === 'failed',
      PATIENCE,
      'the job has ended',
    );
    return job.body.state;
  }

  test('succeeds under another name', async () => {
    const { id } = await failed();
    const slug = name();
    const answer = await act(id, 'retry-provisioning', { slug });
    assert.equal(answer.status, 202, JSON.stringify(answer.body));
    assert.equal(await jobState(answer), 'succeeded');
    const info = await until(
      () => operators.at(slug).get('/api/v1/tenant-info'),
      ({ status }) => status === 200,
      PATIENCE,
      'the tenant is served',
    );
    assert.equal(info.body.name, 'A second one');
    assert.equal((await operators.operator.get(`/api/v1/tenants/${id}`)).body.statusReason, null);
  });

  test('succeeds under the same name', async () => {
    const { id, slug } = await failed();
    assert.equal(await jobState(await act(id, 'retry-provisioning', {})), 'succeeded');
    const { body } = await operators.operator.get(`/api/v1/tenants/${id}`);
    assert.deepEqual([body.status, body.slug, body.eraseAt], ['active', slug, null]);
  });

  test('is refused a name that another one has, with a pointer, and can still be tried', async () => {
    const taken = name();
    await operators.order(orderOf(taken, plan));
    const { id } = await failed();
    const refused = await act(id, 'retry-provisioning', { slug: taken });
    assert.deepEqual([refused.status, refused.body.code], [409, 'platform.slug_taken']);
    assert.equal(refused.body.errors[0].pointer, '#/slug');
    assert.equal(await jobState(await act(id, 'retry-provisioning', {})), 'succeeded');
  });

  test('is not kept suspended instead of undone: nobody was ever served', async () => {
    const { id } = await failed();
    const refused = await act(id, 'cancel-deletion', {});
    assert.deepEqual([refused.status, refused.body.code], [409, 'platform.tenant_transition_not_open']);
  });

  test('that is undone is not tried again', async () => {
    const { id } = await failed();
    assert.equal((await act(id, 'schedule-deletion', { reason: 'Not wanted.' })).status, 200);
    await sweepTenants(operators.product.platform);
    await gone(id);
    const late = await act(id, 'retry-provisioning', {});
    assert.deepEqual([late.status, late.body.code], [409, 'platform.tenant_transition_not_open']);
  });

  test('is not tried by two at once, nor once the tenant is there', async () => {
    const { id } = await failed();
    const { headers } = await operators.operator.get(`/api/v1/tenants/${id}`);
    const ifMatch = { 'if-match': headers['etag'] ?? '' };
    const path = `/api/v1/tenants/${id}/retry-provisioning`;
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => operators.operator.post(path, { slug: name() }, ifMatch)),
    );
    const won = answers.filter(({ status }) => status === 202);
    assert.equal(won.length, 1);
    assert.ok(answers.every(({ status }) => [202, 409, 412].includes(status)));
    assert.equal(await jobState(won[0] as Answer), 'succeeded');
    const late = await act(id, 'retry-provisioning', {});
    assert.deepEqual([late.status, late.body.code], [409, 'platform.tenant_transition_not_open']);
  });

  test('is deleted without grace, and a name that it took is free again', async () => {
    const { id } = await failed();
    const slug = name();
    await takenAndCutOff(id, slug);
    const deletion = await act(id, 'schedule-deletion', { reason: 'It was a mistake.' });
    assert.equal(deletion.status, 200);
    await sweepTenants(operators.product.platform);
    await gone(id);
    assert.equal((await operators.order(orderOf(slug, plan))).job.state, 'succeeded');
  });

  test('gives back, under its new name, the one that it took before', async () => {
    const { id } = await failed();
    const slug = name();
    await takenAndCutOff(id, slug);
    assert.equal(await jobState(await act(id, 'retry-provisioning', { slug: name() })), 'succeeded');
    assert.equal((await operators.order(orderOf(slug, plan))).job.state, 'succeeded');
  });

  async function gone(id: string): Promise<void> {
    await until(
      () => operators.operator.get(`/api/v1/tenants/${id}`),
      ({ body }) => body.status === 'deleted' && body.eraseAt === null,
      PATIENCE,
      'it is gone',
    );
  }

  /** As a run leaves a tenant that was cut off after its first step. */
  async function takenAndCutOff(id: string, slug: string): Promise<void> {
    const { platform } = operators.product;
    assert.equal(await platform.tenants.takeSlug(slug, id), true);
    const scope = platform.records.for(operatorCaller).scope(id);
    const account = await scope.get(tenantKind, id);
    await scope.commit({
      action: 'test.run.cut_off',
      update: [{ record: account, data: { ...account.data, slug } }],
    });
  }
});
