import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import type { Answer, Client } from '../../scripts/demo/client.ts';
import { until } from '../../scripts/demo/expect.ts';
import { type Operators, openOperators, orderOf } from './operators.ts';

const AT_ONCE = 30;
const PATIENCE = 60_000;

describe('the limit of a plan', () => {
  let operators: Operators;

  before(async () => {
    operators = await openOperators();
  });

  async function tenantWith(limits: object): Promise<{ readonly id: string; readonly owner: Client }> {
    const slug = `x${operators.product.platform.newKey().slice(-16)}`;
    const { id } = await operators.order(orderOf(slug, await operators.plan({ limits })));
    await until(
      () => operators.at(slug).get('/api/v1/tenant-info'),
      ({ status }) => status === 200,
      PATIENCE,
      'the tenant is served',
    );
    return { id, owner: operators.at(slug).as(await operators.token(id, ['tenant-owner'])) };
  }

  const person = (number: number) => ({
    email: `person${number}@people.example`,
    name: `Person ${number}`,
    roles: ['technician'],
  });

  const atOnce = <T>(work: (number: number) => Promise<T>): Promise<T[]> =>
    Promise.all(Array.from({ length: AT_ONCE }, (_, number) => work(number)));

  /** So many got through, and everybody else was told the limit. */
  function assertWon(answers: readonly Answer[], status: number, most: number, limit: object): void {
    const won = answers.filter(answer => answer.status === status);
    const lost = answers.filter(answer => answer.status !== status);
    assert.equal(won.length, most, JSON.stringify(answers.map(answer => answer.status)));
    for (const { status: refused, body } of lost) {
      assert.deepEqual([refused, body.code], [402, 'platform.plan_limit_reached'], JSON.stringify(body));
      assert.deepEqual(body.data, limit);
    }
  }

  const counted = async (owner: Client): Promise<number> =>
    (await owner.get('/api/v1/users?status=invited,active&limit=100')).body.items.length;

  test('on people is not passed by thirty who are invited at once', async () => {
    const { owner } = await tenantWith({ users: 3 });
    const answers = await atOnce(number => owner.post('/api/v1/users', person(number)));
    assertWon(answers, 201, 2, { limit: 'users', most: 3 });
    assert.equal(await counted(owner), 3);
  });

  test('on people that is far away stops nobody, however many come at once', async () => {
    const { owner } = await tenantWith({ users: 1000 });
    const answers = await atOnce(number => owner.post('/api/v1/users', person(number)));
    assertWon(answers, 201, AT_ONCE, {});
  });

  test('on people is not passed by thirty who may log in again at once', async () => {
    const { id, owner } = await tenantWith({ users: AT_ONCE + 1 });
    const made = await atOnce(number => owner.post('/api/v1/users', person(number)));
    const path = `/api/v1/tenants/${id}`;
    const { headers, body } = await operators.operator.get(path);
    const overrides = { ...body.overrides, limits: { users: 8 } };
    const ifMatch = { 'if-match': headers['etag'] ?? '' };
    assert.equal((await operators.operator.patch(path, { overrides }, ifMatch)).status, 200);
    await until(
      () => owner.post('/api/v1/users', person(99)),
      answer => answer.body.data?.most === 8,
      PATIENCE,
      'the new limit is felt',
    );
    const change = ({ body: user }: Answer, version: number, status: string) =>
      owner.patch(`/api/v1/users/${user.id}`, { status }, { 'if-match': `"${version}"` });
    const away = made.slice(0, 26);
    const disabled = await Promise.all(away.map(answer => change(answer, 1, 'disabled')));
    assert.ok(disabled.every(({ status }) => status === 200));
    const answers = await Promise.all(away.map(answer => change(answer, 2, 'active')));
    assertWon(answers, 200, 3, { limit: 'users', most: 8 });
    assert.equal(await counted(owner), 8);
  });

  test('on branches is not passed by thirty that are added at once', async () => {
    const { owner } = await tenantWith({ branches: 3 });
    const answers = await atOnce(number => owner.post('/api/v1/branches', { name: `Branch ${number}` }));
    assertWon(answers, 201, 3, { limit: 'branches', most: 3 });
    assert.equal((await owner.get('/api/v1/branches')).body.items.length, 3);
  });

  test('on branches that there is not stops nobody', async () => {
    const { owner } = await tenantWith({});
    const answers = await atOnce(number => owner.post('/api/v1/branches', { name: `Branch ${number}` }));
    assertWon(answers, 201, AT_ONCE, {});
  });

  test('repeats an answer that was given before, though no place is left', async () => {
    const { owner } = await tenantWith({ users: 2, branches: 1 });
    const invite = () => owner.post('/api/v1/users', person(1), { 'idempotency-key': 'one' });
    const add = () => owner.post('/api/v1/branches', { name: 'Only' }, { 'idempotency-key': 'two' });
    for (const ask of [invite, add]) {
      const first = await ask();
      assert.equal(first.status, 201, String(first.bytes));
      const again = await ask();
      assert.deepEqual([again.status, again.body.id], [201, first.body.id]);
      assert.equal(again.headers['idempotency-replayed'], 'true');
    }
    assert.equal((await owner.post('/api/v1/users', person(2))).status, 402);
    assert.equal((await owner.post('/api/v1/branches', { name: 'More' })).status, 402);
  });
});
