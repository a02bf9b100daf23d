import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { test } from 'node:test';
import type { Container } from '@azure/cosmos';
import { refusal, tenantContainer, testServer } from './test-server.ts';

const inScope = { partitionKey: ['t1', 's1'] };
const endless = "SELECT VALUE RegexMatch(c.letters, '^(a+)+$') FROM c";

async function filled(t: TestContext, queryMs?: number): Promise<Container> {
  const server = await testServer(t, { queryMs });
  const things = await server.container(tenantContainer());
  const arr = Array.from({ length: 400 }, (_, at) => at);
  await things.items.create({ id: 'a', tenant: 't1', scope: 's1', letters: `${'a'.repeat(40)}!`, arr });
  await things.items.create({ id: 'b', tenant: 't1', scope: 's2', letters: 'aaa', arr: [1, 2] });
  return things;
}

test('a regular expression that never ends is 408, and others are served meanwhile', async t => {
  const things = await filled(t, 500);
  const order: string[] = [];
  const refused = refusal(things.items.query(endless, inScope).fetchAll()).finally(() =>
    order.push('endless'),
  );
  await new Promise(resolve => setImmediate(resolve));
  await things.item('b', ['t1', 's2']).read();
  order.push('read');
  assert.equal((await refused)?.code, 408);
  assert.deepEqual(order, ['read', 'endless']);
  // The thread that was ended is made anew.
  const { resources } = await things.items.query(endless, { partitionKey: ['t1', 's2'] }).fetchAll();
  assert.deepEqual(resources, [true]);
});

test('a join of many elements comes in parts, and some pages may be empty', async t => {
  const things = await filled(t, 500);
  const text = 'SELECT VALUE 1 FROM c JOIN x IN c.arr JOIN y IN c.arr JOIN z IN c.arr WHERE x = -1';
  const iterator = things.items.query<number>(text, inScope);
  const page = await iterator.fetchNext();
  assert.deepEqual([page.resources, page.hasMoreResults], [[], true]);
  // How far a page comes depends on the machine; where it does not come beyond the one before, the answer is 408.
  const further = things.items.query<number>(text, { ...inScope, continuationToken: page.continuationToken });
  const outcome = await further.fetchNext().then(
    ({ resources }) => resources.length,
    ({ code }) => code,
  );
  assert.ok([0, 408].includes(outcome), String(outcome));
});

test('what takes long comes on several pages, and nothing is missing', async t => {
  const things = await filled(t, 200);
  // Some milliseconds for each element.
  const slow = "NOT RegexMatch(REPLICATE('a', 1500), 'a*b')";
  const iterator = things.items.query<number>(`SELECT VALUE x FROM c JOIN x IN c.arr WHERE ${slow}`, {
    ...inScope,
    maxItemCount: 1000,
  });
  const pages: number[][] = [];
  while (iterator.hasMoreResults()) pages.push((await iterator.fetchNext()).resources);
  assert.deepEqual(
    pages.flat(),
    Array.from({ length: 400 }, (_, at) => at),
  );
  assert.ok(pages.length > 1);
});

test('what cannot go on on a further page is 408', async t => {
  const things = await filled(t, 500);
  const joins = 'JOIN x IN c.arr JOIN y IN c.arr JOIN z IN c.arr JOIN w IN c.arr';
  const queries = [
    `SELECT VALUE COUNT(1) FROM c ${joins}`,
    `SELECT VALUE EXISTS(SELECT VALUE 1 FROM x IN c.arr JOIN y IN c.arr JOIN z IN c.arr JOIN w IN c.arr WHERE x = -1) FROM c`,
  ];
  for (const text of queries)
    assert.equal((await refusal(things.items.query(text, inScope).fetchAll()))?.code, 408, text);
  assert.equal((await things.item('b', ['t1', 's2']).read()).statusCode, 200);
});

test('queries whose clients left make room for others', async t => {
  const things = await filled(t);
  const leavers = Array.from({ length: 6 }, () => {
    const leaving = new AbortController();
    const result = things.items.query(endless, { ...inScope, abortSignal: leaving.signal }).fetchAll();
    return {
      leaving,
      result: result.then(
        () => 'answered',
        () => 'left',
      ),
    };
  });
  // Each thread has one of them when a read that was sent after them is answered.
  await things.item('b', ['t1', 's2']).read();
  for (const { leaving } of leavers) leaving.abort();
  const { resources } = await things.items.query(endless, { partitionKey: ['t1', 's2'] }).fetchAll();
  assert.deepEqual(resources, [true]);
  assert.deepEqual(new Set(await Promise.all(leavers.map(({ result }) => result))), new Set(['left']));
});

test('a value that doubles at each level ends its query and not the server', async t => {
  const things = await filled(t, 500);
  const eight = (name: string): string => Array.from({ length: 8 }, () => name).join();
  const levels = Array.from(
    { length: 10 },
    (_, at) => `(SELECT VALUE ARRAY_CONCAT(${eight(`x${at}`)})) x${at + 1}`,
  );
  const text = `SELECT VALUE ARRAY_LENGTH(x10) FROM c JOIN (SELECT VALUE c.arr) x0 JOIN ${levels.slice(0, 9).join(' JOIN ')}`;
  const refused = await refusal(things.items.query(text.replace('x10', 'x9'), inScope).fetchAll());
  assert.ok([408, 500].includes(refused?.code ?? 200), String(refused?.message));
  assert.equal((await things.item('b', ['t1', 's2']).read()).statusCode, 200);
});

test('the condition of a patch cannot hold up the server either', async t => {
  const things = await filled(t, 500);
  const condition = "FROM c WHERE RegexMatch(c.letters, '^(a+)+$')";
  const operations = [{ op: 'set', path: '/n', value: 1 }] as const;
  const patch = { condition, operations: [...operations] };
  assert.equal((await refusal(things.item('a', ['t1', 's1']).patch(patch)))?.code, 408);
  assert.equal((await things.item('b', ['t1', 's2']).patch(patch)).resource?.n, 1);
});
