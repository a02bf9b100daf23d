import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { test } from 'node:test';
import type { Container, OperationInput } from '@azure/cosmos';
import { ChangeFeedStartFrom } from '@azure/cosmos';
import { refusal, tenantContainer, testServer } from './test-server.ts';

const key = ['t1', 's1'];
const inScope = { partitionKey: key };
const count = 6000;

/** One large logical partition and one small one. */
async function largeContainer(t: TestContext): Promise<Container> {
  const server = await testServer(t);
  const things = await server.container(tenantContainer());
  for (let from = 0; from < count; from += 100) {
    const operations = Array.from({ length: 100 }, (_, at): OperationInput => {
      const n = from + at;
      const resourceBody = { id: `d${n}`, tenant: 't1', scope: 's1', n, kind: n % 3, list: [n, n + 1] };
      return { operationType: 'Create', resourceBody };
    });
    assert.equal((await things.items.batch(operations, key)).code, 200);
  }
  await things.items.create({ id: 'small', tenant: 't1', scope: 's2' });
  return things;
}

test('a scan of a large container lets point reads, writes and small queries pass', async t => {
  const things = await largeContainer(t);
  const order: string[] = [];
  const scan = things.items
    .query('SELECT VALUE COUNT(1) FROM c JOIN x IN c.list WHERE x % 7 = 3', inScope)
    .fetchAll()
    .then(result => {
      order.push('scan');
      return result;
    });
  // The scan's request is under way before the others are sent.
  await new Promise(resolve => setImmediate(resolve));
  await things.item('small', ['t1', 's2']).read();
  await things.items.upsert({ id: 'other', tenant: 't1', scope: 's2' });
  const few = await things.items.query('SELECT VALUE c.id FROM c', { partitionKey: ['t1', 's2'] }).fetchAll();
  order.push('small');
  const { resources } = await scan;
  assert.deepEqual(order, ['small', 'scan']);
  assert.deepEqual(few.resources.sort(), ['other', 'small']);
  const expected = Array.from({ length: count }, (_, n) => [n, n + 1].filter(x => x % 7 === 3).length);
  assert.deepEqual(resources, [expected.reduce((sum, one) => sum + one, 0)]);
});

test('what threads answer is what the main thread would: order, pages, groups, faults, feeds', async t => {
  const things = await largeContainer(t);
  const iterator = things.items.query<number>('SELECT VALUE c.n FROM c WHERE c.kind = 1 ORDER BY c.n DESC', {
    ...inScope,
    maxItemCount: 700,
  });
  const pages: number[][] = [];
  while (iterator.hasMoreResults()) pages.push((await iterator.fetchNext()).resources);
  const expected = Array.from({ length: count }, (_, n) => n).filter(n => n % 3 === 1);
  assert.deepEqual(pages.flat(), expected.reverse());
  assert.equal(pages[0]?.length, 700);
  const groups = await things.items.query('SELECT c.kind, COUNT(1) AS n FROM c GROUP BY c.kind').fetchAll();
  const sizes = groups.resources.map(group => [group.kind ?? 'none', group.n]);
  assert.deepEqual(
    new Map(sizes as [unknown, number][]),
    new Map([
      [0, 2000],
      [1, 2000],
      [2, 2000],
      ['none', 1],
    ] as [unknown, number][]),
  );
  const several = things.items.query('SELECT VALUE (SELECT VALUE x FROM x IN c.list) FROM c', inScope);
  const refused = await refusal(several.fetchAll());
  assert.equal(refused?.code, 400);
  assert.match(refused?.message ?? '', /cardinality of a scalar subquery/);
  const feed = things.items.getChangeFeedIterator<{ n: number }>({
    changeFeedStartFrom: ChangeFeedStartFrom.Beginning(key),
    maxItemCount: 1000,
  });
  const seen: number[] = [];
  for (let page = await feed.readNext(); page.statusCode === 200; page = await feed.readNext())
    seen.push(...(page.result ?? []).map(one => one.n));
  assert.deepEqual(
    seen,
    Array.from({ length: count }, (_, n) => n),
  );
});

test('a scan whose container is dropped ends with its rows or with 404', async t => {
  const things = await largeContainer(t);
  const text = 'SELECT VALUE COUNT(1) FROM c JOIN x IN c.list WHERE x % 7 = 3';
  // More than there are threads, so that some begin after the drop.
  const scans = Array.from({ length: 8 }, () => refusal(things.items.query(text, inScope).fetchAll()));
  await new Promise(resolve => setImmediate(resolve));
  await things.delete();
  const codes = (await Promise.all(scans)).map(refused => refused?.code ?? 200);
  assert.deepEqual(
    codes.filter(code => code !== 200 && code !== 404),
    [],
  );
  assert.ok(codes.includes(404));
});
