import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { test } from 'node:test';
import type { Container } from '@azure/cosmos';
import { refusal, testServer } from './test-server.ts';

async function keyed(t: TestContext): Promise<Container> {
  const { container } = await testServer(t);
  const things = await container({ id: 'things', partitionKey: { paths: ['/pk'], version: 2 } });
  for (const [at, pk] of ['a', 'b', 'c', 1, 2, null, true, false, {}, undefined].entries())
    await things.items.create({ id: `d${at}`, pk });
  return things;
}

type Range = { readonly min: string; readonly max: string };

async function ranges(things: Container, query: string): Promise<readonly Range[]> {
  const plan = await things.getQueryPlan(query);
  // The plan's shape is the SDK's own, which it does not export.
  return (plan.result as unknown as { queryRanges: readonly Range[] }).queryRanges;
}

test('a plan names the keys that the filter leaves, whatever the words of the filter', async t => {
  const things = await keyed(t);
  const pointOf = async (value: string): Promise<string> =>
    (await ranges(things, `SELECT * FROM c WHERE c.pk = ${value}`))[0]?.min ?? '';
  const cases: Readonly<Record<string, readonly string[]>> = {
    "c.pk = 'a' OR c.pk = 'b'": ["'a'", "'b'"],
    "(c.pk = 'a' OR 'b' = c.pk) AND c.id > 'd'": ["'a'", "'b'"],
    "c.pk IN ('a', 1) AND c.pk != 2": ["'a'", '1'],
    "c.pk IN ('a', 'b') AND c.pk IN ('b', 'c')": ["'b'"],
    "ARRAY_CONTAINS(['a', 2], c.pk)": ["'a'", '2'],
    'IS_NULL(c.pk)': ['null'],
    'IS_BOOL(c.pk)': ['true', 'false'],
    'c.pk': ['true'],
    'NOT c.pk': ['false'],
    'c.pk = [1]': ['{}'],
    "c.pk IN ('a', {})": ["'a'", '{}'],
  };
  for (const [filter, keys] of Object.entries(cases)) {
    const found = await ranges(things, `SELECT * FROM c WHERE ${filter}`);
    const wanted = await Promise.all(keys.map(pointOf));
    assert.deepEqual(
      found.map(range => [range.min, range.max]),
      [...wanted].sort().map(point => [point, point]),
      filter,
    );
  }
  const open = ["c.pk = 'a' OR c.id = 'd1'", 'c.pk > 1', "NOT (c.pk = 'a')", 'LENGTH(c.pk) = 1', 'true'];
  for (const filter of open)
    assert.equal((await ranges(things, `SELECT * FROM c WHERE ${filter}`))[0]?.max, 'FF', filter);
});

test('a filter that names several keys gives their documents, also when a plan is forced', async t => {
  const things = await keyed(t);
  const cases: Readonly<Record<string, readonly string[]>> = {
    "c.pk = 'a' OR c.pk = 1": ['d0', 'd3'],
    "ARRAY_CONTAINS(['b', true, {}], c.pk)": ['d1', 'd6', 'd8'],
    'IS_BOOL(c.pk) OR IS_NULL(c.pk)': ['d5', 'd6', 'd7'],
    "c.pk = 'a' AND c.pk = 'b'": [],
    false: [],
  };
  for (const [filter, ids] of Object.entries(cases))
    for (const options of [{}, { forceQueryPlan: true }]) {
      const query = `SELECT VALUE c.id FROM c WHERE ${filter}`;
      const { resources } = await things.items.query<string>(query, options).fetchAll();
      assert.deepEqual(resources.sort(), ids, filter);
      const ordered = await things.items.query<string>(`${query} ORDER BY c.id`, options).fetchAll();
      assert.deepEqual(ordered.resources, ids, filter);
    }
});

test('a query without FROM has one row, also when a plan is forced', async t => {
  const things = await keyed(t);
  assert.deepEqual(await ranges(things, 'SELECT VALUE 5'), [
    { min: '', max: '', isMinInclusive: true, isMaxInclusive: true },
  ]);
  for (const query of ['SELECT VALUE 5', 'SELECT TOP 2 VALUE 5', 'SELECT DISTINCT VALUE 5'])
    for (const options of [{}, { forceQueryPlan: true }]) {
      assert.deepEqual((await things.items.query(query, options).fetchAll()).resources, [5], query);
    }
});

test('a query without leave to cross partitions runs when its filter names one key', async t => {
  const { container, altered } = await testServer(t);
  const made = await container({ id: 'things', partitionKey: { paths: ['/pk'], version: 2 } });
  for (const pk of ['a', 'b']) await made.items.create({ id: pk, pk });
  const client = altered(({ headers, body }) => {
    const { 'x-ms-documentdb-query-enablecrosspartition': _, ...rest } = headers;
    return { headers: rest, body };
  });
  const things = client.database(made.database.id).container('things');
  const read = (filter: string) =>
    things.items.query<string>(`SELECT VALUE c.id FROM c WHERE ${filter}`).fetchAll();
  assert.deepEqual((await read("c.pk = 'a'")).resources, ['a']);
  const refused = await refusal(read("c.pk IN ('a', 'b')"));
  assert.deepEqual(
    [refused?.code, /Cross partition query is required but disabled/.test(refused?.message ?? '')],
    [400, true],
  );
});

test('a query may say that it is one in either of two headers', async t => {
  const { container, altered } = await testServer(t);
  const made = await container({ id: 'things', partitionKey: { paths: ['/pk'], version: 2 } });
  await made.items.create({ id: 'a', pk: 'a' });
  const client = altered(({ headers, body }) => {
    const { 'x-ms-documentdb-isquery': asked, ...rest } = headers;
    return { headers: { ...rest, ...(asked === undefined ? {} : { 'x-ms-documentdb-query': asked }) }, body };
  });
  const database = client.database(made.database.id);
  const things = database.container('things');
  assert.deepEqual((await things.items.query('SELECT VALUE c.id FROM c').fetchAll()).resources, ['a']);
  const named = await database.containers
    .query({ query: "SELECT VALUE c.id FROM c WHERE c.id = 'things'" })
    .fetchAll();
  assert.deepEqual(named.resources, ['things']);
});
