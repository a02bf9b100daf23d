import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Container } from '@azure/cosmos';
import { refusal, tenantContainer, testServer } from './test-server.ts';

async function filled(t: Parameters<typeof testServer>[0]): Promise<Container> {
  const server = await testServer(t);
  const things = await server.container(tenantContainer());
  for (let n = 0; n < 12; n++) {
    const tenant = `t${n % 4}`;
    await things.items.create({
      id: `d${n}`,
      tenant,
      scope: 's1',
      n,
      kind: n % 2 === 0 ? 'even' : 'odd',
      tags: [`x${n % 3}`, 'all'],
    });
  }
  await things.items.create({ id: 'odd', tenant: 't1', scope: 's2', kind: null, n: '7' });
  await things.items.create({ id: 'bare', tenant: 't1', scope: 's2' });
  return things;
}

const inScope = { partitionKey: ['t1', 's2'] };

test('values, types and undefined behave as the language says', async t => {
  const things = await filled(t);
  const one = async (expression: string): Promise<unknown> =>
    (await things.items.query(`SELECT VALUE ${expression} FROM c WHERE c.id = 'odd'`, inScope).fetchAll())
      .resources[0];
  const cases: Record<string, unknown> = {
    '{a: 1 = 1, b: 1 = "1", c: c.none = 1, d: null = null}': { a: true, b: false, d: true },
    '{a: 1 < "a", b: NOT c.none, c: false AND c.none, d: true OR c.none}': { c: false, d: true },
    '{a: c.none ?? "x", b: c.kind ?? "x", c: c.none ? 1 : 2}': { a: 'x', b: null, c: 2 },
    '[IS_DEFINED(c.kind), IS_NULL(c.kind), IS_DEFINED(c.none), IS_STRING(c.n), IS_NUMBER(c.n)]': [
      true,
      true,
      false,
      true,
      false,
    ],
    '[1 + 2 * 3, -2 + 1, 7 % 4, "a" || "b", 6 / 4]': [7, -1, 3, 'ab', 1.5],
    '[UPPER("aé"), SUBSTRING("hello", 1, 3), CONTAINS("Hello", "ELL", true), STARTSWITH("ab", "b"), LENGTH("abc")]':
      ['AÉ', 'ell', true, false, 3],
    '[ARRAY_CONTAINS([1, {a: 1, b: 2}], {a: 1}, true), ARRAY_LENGTH([1, 2]), ARRAY_SLICE([1, 2, 3], 1), ARRAY_CONCAT([1], [2])]':
      [true, 2, [2, 3], [1, 2]],
    '["abc" LIKE "a%", "abc" LIKE "_b_", "a%c" LIKE "a!%c" ESCAPE "!", "abc" LIKE "[x-z]bc"]': [
      true,
      true,
      true,
      false,
    ],
    // Were each % tried out in all its lengths, this would outlast the test.
    [`REPLICATE("a", 5000) LIKE "${'%a'.repeat(40)}%b"`]: false,
    '[2 BETWEEN 1 AND 3, 2 IN (1, 3), 2 NOT IN (1, 3), "b" BETWEEN "a" AND "c"]': [true, false, true, true],
    'DateTimeAdd("mm", 1, "2024-01-31T00:00:00Z")': '2024-02-29T00:00:00.0000000Z',
    '[ROUND(2.5), ROUND(-2.5), FLOOR(-1.5), POWER(2, 10), ABS(-1)]': [3, -3, -2, 1024, 1],
  };
  for (const [expression, expected] of Object.entries(cases))
    assert.deepEqual(await one(expression), expected, expression);
});

test('ORDER BY sorts by type first, undefined before null, inside a partition', async t => {
  const things = await filled(t);
  const { resources } = await things.items
    .query('SELECT VALUE c.id FROM c ORDER BY c.kind', inScope)
    .fetchAll();
  assert.deepEqual(resources, ['bare', 'odd']);
  const descending = await things.items
    .query('SELECT VALUE c.id FROM c ORDER BY c.kind DESC', inScope)
    .fetchAll();
  assert.deepEqual(descending.resources, ['odd', 'bare']);
});

test('queries over all partitions order, limit, group and aggregate through the query plan', async t => {
  const things = await filled(t);
  const all = async (
    text: string,
    parameters: { name: string; value: number | string }[] = [],
  ): Promise<unknown[]> =>
    (await things.items.query({ query: text, parameters }, { maxItemCount: 3 }).fetchAll()).resources;
  assert.deepEqual(
    await all('SELECT VALUE c.n FROM c WHERE IS_NUMBER(c.n) ORDER BY c.n'),
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11],
  );
  assert.deepEqual(
    await all('SELECT VALUE c.n FROM c WHERE c.n >= @low ORDER BY c.n DESC OFFSET 1 LIMIT 3', [
      { name: '@low', value: 4 },
    ]),
    [10, 9, 8],
  );
  assert.deepEqual(await all('SELECT TOP 2 VALUE c.n FROM c WHERE IS_NUMBER(c.n) ORDER BY c.n'), [0, 1]);
  assert.deepEqual(await all('SELECT VALUE COUNT(1) FROM c'), [14]);
  assert.deepEqual(await all('SELECT VALUE 1 + 1'), [2]);
  assert.deepEqual(await all('SELECT COUNT(1) AS n, MAX(c.id) AS last FROM c'), [{ n: 14, last: 'odd' }]);
  assert.deepEqual(
    await all('SELECT DISTINCT VALUE c.kind FROM c WHERE IS_STRING(c.kind) ORDER BY c.kind DESC'),
    ['odd', 'even'],
  );
  assert.deepEqual(await all('SELECT VALUE SUM(c.n) FROM c WHERE IS_NUMBER(c.n)'), [66]);
  assert.deepEqual(await all('SELECT VALUE SUM(c.n) FROM c'), []);
  assert.deepEqual(await all('SELECT VALUE MIN(c.n) FROM c WHERE IS_NUMBER(c.n)'), [0]);
  assert.deepEqual(await all('SELECT VALUE AVG(c.n) FROM c WHERE c.n > 8'), [10]);
  assert.deepEqual((await all('SELECT DISTINCT VALUE c.kind FROM c WHERE IS_STRING(c.kind)')).sort(), [
    'even',
    'odd',
  ]);
  const groups = await all(
    'SELECT c.kind, COUNT(1) AS n, MAX(c.n) AS most FROM c WHERE IS_NUMBER(c.n) GROUP BY c.kind',
  );
  assert.deepEqual(
    new Set(groups),
    new Set([
      { kind: 'even', n: 6, most: 10 },
      { kind: 'odd', n: 6, most: 11 },
    ]),
  );
  assert.deepEqual(await all("SELECT VALUE COUNT(1) FROM c JOIN t IN c.tags WHERE t = 'x1'"), [4]);
  assert.equal(
    (await all("SELECT c.id FROM c WHERE EXISTS(SELECT VALUE t FROM t IN c.tags WHERE t = 'x2')")).length,
    4,
  );
});

test('a wrong query is refused with the place of the error', async t => {
  const things = await filled(t);
  const cases: Record<string, RegExp> = {
    'SELECT * FRM c': /"start":9,"end":12.*SC1001.*near 'FRM'/,
    'SELECT * FROM c WHERE d.a = 1': /"start":22,"end":23.*SC2001.*'d'/,
    'SELECT * FROM c WHERE NOPE(c.a)': /"start":22,"end":26.*SC2005.*'NOPE'/,
    'SELECT * FROM c WHERE c.a = @p': /'@p'/,
    "SELECT * FROM c WHERE c.a = 'x": /SC1001/,
    'SELECT c.id, COUNT(1) FROM c': /"start":7,"end":11.*SC2102.*c\.id/,
    'SELECT c.kind, COUNT(1) FROM c GROUP BY c.kind ORDER BY c.kind': /SC2103/,
  };
  for (const [text, pattern] of Object.entries(cases)) {
    const refused = await refusal(things.items.query(text).fetchAll());
    assert.equal(refused?.code, 400, text);
    assert.match(refused?.message ?? '', pattern);
  }
});

test('ORDER BY needs a range index, several properties need a composite index', async t => {
  const server = await testServer(t);
  const things = await server.container(
    tenantContainer({
      indexingPolicy: {
        includedPaths: [{ path: '/name/?' }, { path: '/ix/*' }],
        excludedPaths: [{ path: '/*' }],
        compositeIndexes: [
          [
            { path: '/name', order: 'ascending' },
            { path: '/ix/at', order: 'descending' },
          ],
        ],
      },
    }),
  );
  await things.items.create({ id: 'a', tenant: 't1', scope: 's1', name: 'x', ix: { at: 1 } });
  const code = async (order: string): Promise<number | undefined> =>
    (
      await refusal(
        things.items.query(`SELECT * FROM c ORDER BY ${order}`, { partitionKey: ['t1', 's1'] }).fetchAll(),
      )
    )?.code;
  assert.deepEqual(
    [
      await code('c.id'),
      await code('c.name DESC'),
      await code('c.ix.at'),
      await code('c._ts'),
      await code('c.name, c.ix.at DESC'),
      await code('c.name DESC, c.ix.at'),
    ],
    Array.from({ length: 6 }, () => undefined),
  );
  assert.deepEqual(
    [
      await code('c.other'),
      await code('c.tenant'),
      await code('c.name, c.ix.at'),
      await code('LOWER(c.name)'),
    ],
    [400, 400, 400, 400],
  );
  // An aggregate has one row, so that its order needs no index.
  for (const options of [{}, { partitionKey: ['t1', 's1'] }]) {
    const query = 'SELECT VALUE AVG(c.ix.at) FROM c ORDER BY c.other, c.name';
    assert.deepEqual((await things.items.query(query, options).fetchAll()).resources, [1]);
  }
});

test('fewer indexed properties make a write cheaper, and reading costs by what is read', async t => {
  const server = await testServer(t);
  const body = { tenant: 't1', scope: 's1', a: 1, b: 2, c: 3, d: 4, e: 5, f: 6 };
  const rich = await server.container(tenantContainer({ id: 'rich' }));
  const poor = await server.container(
    tenantContainer({ id: 'poor', indexingPolicy: { includedPaths: [], excludedPaths: [{ path: '/*' }] } }),
  );
  const [dear, cheap] = [
    await rich.items.create({ ...body, id: 'x' }),
    await poor.items.create({ ...body, id: 'x' }),
  ];
  assert.ok(cheap.requestCharge < dear.requestCharge);
  assert.ok(dear.requestCharge > 4 && dear.requestCharge < 8);
  const scope = await rich.items.query('SELECT * FROM c', { partitionKey: ['t1', 's1'] }).fetchAll();
  const everywhere = await rich.items.query('SELECT * FROM c').fetchAll();
  assert.ok(scope.requestCharge < everywhere.requestCharge);
  // A point read of 1 KB is 1 RU, and twice that at Bounded Staleness, the account's own level.
  const read = async (options = {}): Promise<number> =>
    (await rich.item('x', ['t1', 's1']).read(options)).requestCharge;
  assert.deepEqual([await read(), await read({ consistencyLevel: 'Session' })], [2, 1]);
});

test('index metrics name the paths that the policy covers and those that it does not', async t => {
  const server = await testServer(t);
  const indexingPolicy = { includedPaths: [{ path: '/a/?' }], excludedPaths: [{ path: '/*' }] };
  const things = await server.container(tenantContainer({ indexingPolicy }));
  const query = 'SELECT * FROM c WHERE c.a = 1 AND c.b > 2';
  const { indexMetrics } = await things.items.query(query, { populateIndexMetrics: true }).fetchNext();
  const metrics = JSON.parse(String(indexMetrics)) as Record<string, { SingleIndexes: unknown }>;
  assert.deepEqual(metrics['UtilizedIndexes']?.SingleIndexes, [{ IndexSpec: '/a/?' }]);
  assert.deepEqual(metrics['PotentialIndexes']?.SingleIndexes, [{ IndexSpec: '/b/?' }]);
});

test('a query whose partial results this SDK cannot merge is refused by name', async t => {
  const things = await filled(t);
  const query = 'SELECT VALUE COUNT(1) FROM (SELECT DISTINCT VALUE c.kind FROM c)';
  assert.match((await refusal(things.items.query(query).fetchAll()))?.message ?? '', /contained DCount/);
  const listed = 'SELECT VALUE x.kind FROM (SELECT c.kind, c.n FROM c) x WHERE x.n = 4';
  assert.deepEqual((await things.items.query(listed).fetchAll()).resources, ['even']);
});

test('query metrics tell how many documents were read and returned', async t => {
  const things = await filled(t);
  const options = { ...inScope, populateQueryMetrics: true };
  const { queryMetrics } = await things.items
    .query("SELECT * FROM c WHERE c.id = 'odd'", options)
    .fetchNext();
  // The SDK declares text and gives its parsed form, by partition.
  const [metrics] = Object.values(
    queryMetrics as unknown as Record<
      string,
      { retrievedDocumentCount: number; outputDocumentCount: number }
    >,
  );
  assert.deepEqual([metrics?.retrievedDocumentCount, metrics?.outputDocumentCount], [1, 1]);
});

test('a query may hold as many values as its text can, in a list, in a parameter or one by one', async t => {
  const things = await filled(t);
  const numbers = Array.from({ length: 40_000 }, (_, n) => n + 2);
  const conditions = [
    'ARRAY_CONTAINS(@numbers, c.n)',
    `c.n IN (${numbers.join()})`,
    numbers
      .slice(0, 3000)
      .map(n => `c.n=${n}`)
      .join(' OR '),
    `c.n > 1 AND ${numbers
      .slice(0, 3000)
      .map(n => `c.n!=-${n}`)
      .join(' AND ')}`,
  ];
  const expected = await things.items.query('SELECT VALUE c.id FROM c WHERE c.n > 1').fetchAll();
  assert.ok(expected.resources.length > 0);
  for (const condition of conditions) {
    const query = {
      query: `SELECT VALUE c.id FROM c WHERE ${condition}`,
      parameters: [{ name: '@numbers', value: numbers }],
    };
    const { resources } = await things.items.query(query).fetchAll();
    assert.deepEqual(resources.toSorted(), expected.resources.toSorted(), condition.slice(0, 40));
  }
  const tooLong = await refusal(
    things.items.query(`SELECT * FROM c WHERE c.n IN (${'1,'.repeat(262_144)}1)`).fetchAll(),
  );
  assert.equal(tooLong?.code, 400);
});

test('what nests too deeply, and an aggregate in WHERE, are refused with their place', async t => {
  const things = await filled(t);
  const place = async (query: string): Promise<string | undefined> => {
    const refused = await refusal(things.items.query(query, inScope).fetchAll());
    return refused?.code === 400 ? /"location":\{[^}]*\}/.exec(refused.message)?.[0] : undefined;
  };
  const at = (start: number, end: number): string => `"location":{"start":${start},"end":${end}}`;
  assert.equal(await place('SELECT * FROM c WHERE c.n > 1 AND COUNT(1) > 1'), at(34, 42));
  assert.equal(await place(`SELECT VALUE ${'('.repeat(3000)}1${')'.repeat(3000)} FROM c`), at(262, 263));
  const sum = `SELECT VALUE c.n${' + c.n'.repeat(3000)} FROM c`;
  assert.equal(await place(sum), at(0, sum.length));
});
