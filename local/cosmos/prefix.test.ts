import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Container } from '@azure/cosmos';
import { tenantContainer, testServer } from './test-server.ts';

type Row = { id: string; tenant: string; scope: string };

async function tenants(t: Parameters<typeof testServer>[0]): Promise<Container> {
  const server = await testServer(t);
  const things = await server.container(tenantContainer());
  for (let tenant = 0; tenant < 30; tenant++) {
    for (const scope of ['s1', 's2']) await things.items.create({ id: 'a', tenant: `t${tenant}`, scope });
  }
  return things;
}

function tenantsOf(rows: readonly Row[]): Set<string> {
  return new Set(rows.map(row => row.tenant));
}

test('a prefix of the key given as an option does not keep other tenants out', async t => {
  const things = await tenants(t);
  const planned = await things.items
    .query<Row>('SELECT * FROM c', { partitionKey: ['t1'], forceQueryPlan: true })
    .fetchAll();
  assert.equal(tenantsOf(planned.resources).size, 30);
  const fallback = await things.items
    .query<Row>('SELECT * FROM c ORDER BY c.id', { partitionKey: ['t1'] })
    .fetchAll();
  assert.equal(tenantsOf(fallback.resources).size, 30);
  // Here the header travels, and selects a physical partition, in which other tenants live too.
  const direct = await things.items.query<Row>('SELECT * FROM c', { partitionKey: ['t1'] }).fetchAll();
  assert.ok(tenantsOf(direct.resources).size > 1 && tenantsOf(direct.resources).size < 30);
});

test('not even a full key given as an option filters when a query plan is forced', async t => {
  const things = await tenants(t);
  const planned = await things.items
    .query<Row>('SELECT * FROM c', { partitionKey: ['t1', 's1'], forceQueryPlan: true })
    .fetchAll();
  assert.equal(planned.resources.length, 60);
});

test('a full key selects its logical partition', async t => {
  const things = await tenants(t);
  const { resources } = await things.items
    .query<Row>('SELECT * FROM c', { partitionKey: ['t1', 's2'] })
    .fetchAll();
  assert.deepEqual(
    resources.map(row => [row.tenant, row.scope]),
    [['t1', 's2']],
  );
});

test('a filter on the leading levels reaches one physical partition, and only its own rows come', async t => {
  const things = await tenants(t);
  const query = {
    query: 'SELECT * FROM c WHERE c.tenant = @tenant ORDER BY c.id',
    parameters: [{ name: '@tenant', value: 't1' }],
  };
  const { resources } = await things.items.query<Row>(query).fetchAll();
  assert.deepEqual(resources.map(row => row.scope).sort(), ['s1', 's2']);
  assert.deepEqual([...tenantsOf(resources)], ['t1']);
  const plan = async (text: string): Promise<readonly { min: string; max: string }[]> => {
    const answer = await things.getQueryPlan(text);
    // The plan's shape is the SDK's own, which it does not export.
    return (answer.result as unknown as { queryRanges: readonly { min: string; max: string }[] }).queryRanges;
  };
  const [prefix] = await plan("SELECT * FROM c WHERE c.tenant = 't1'");
  assert.equal(prefix?.max, `${prefix?.min}FF`);
  const [point] = await plan("SELECT * FROM c WHERE c.scope = 's1' AND c.tenant = 't1' AND c.id > 'a'");
  assert.equal(point?.min, point?.max);
  assert.ok(point?.min.startsWith(prefix?.min ?? 'none'));
  assert.deepEqual(await plan("SELECT * FROM c WHERE c.scope = 's1'"), [
    { min: '', max: 'FF', isMinInclusive: true, isMaxInclusive: false },
  ]);
  assert.equal((await plan("SELECT * FROM c WHERE c.tenant IN ('t1', 't2')")).length, 2);
});
