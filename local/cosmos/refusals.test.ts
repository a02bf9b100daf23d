import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inScope, problem, withDocuments } from './scoped-documents.ts';
import { refusal } from './test-server.ts';

test('a function with a wrong number of arguments is refused, with the place of the call', async t => {
  const things = await withDocuments(t, {});
  assert.match(
    await problem(things, "SELECT * FROM r WHERE STARTSWITH(r.key, 'a', 'b', 'c')"),
    /"start":22,"end":54.*SC2050.*The STARTSWITH function requires 2 to 3 argument\(s\)\./,
  );
  assert.match(await problem(things, 'SELECT VALUE ABS() FROM c'), /SC2050.*requires 1 argument/);
});

test('what a query may not say is refused in the words of the service', async t => {
  const things = await withDocuments(t, { list: [1, 2] });
  const cases: Readonly<Record<string, RegExp>> = {
    'SELECT VALUE MAX(MIN(r.a)) FROM r': /"start":13,"end":26.*SC2101.*Cannot perform an aggregate function/,
    'SELECT TOP -1 c.id FROM c': /"start":11,"end":12.*SC1001.*near '-'/,
    'SELECT TOP 1.5 c.id FROM c': /SC2060.*TOP clause must be an integer/,
    'SELECT c.id FROM c OFFSET 0 LIMIT 4294967296': /SC2061/,
    'SELECT * FROM c WHERE c.a IN ()': /SC1001.*near '\)'/,
    'SELECT VALUE 1 BETWEEN 2 AND 3 BETWEEN 4 AND 5': /SC1001/,
    'SELECT * FROM c JOIN c IN c.list': /SC2011.*'c' is specified more than once/,
    'SELECT * FROM c JOIN x IN c.list': /SC2041.*single input set/,
    'SELECT VALUE (SELECT VALUE x FROM x IN c.list) FROM c': /cardinality of a scalar subquery/,
    'SELECT c.a, c.b, COUNT(1) FROM c GROUP BY c.a': /"start":12,"end":15.*SC2102.*'c\.b'/,
    'SELECT COUNT(1) FROM c GROUP BY MAX(c.a)': /"start":32,"end":40.*not allowed in the GROUP BY clause/,
    'SELECT COUNT(1) FROM c GROUP BY (SELECT VALUE c.a)': /subquery is not allowed in the GROUP BY clause/,
    'SELECT COUNT(1) FROM c GROUP BY 1': /GROUP BY clause must contain a property reference/,
    'SELECT * FROM c GROUP BY c.a': /"start":7,"end":8.*SC2041.*not allowed with GROUP BY/,
    [`SELECT VALUE 1 FROM c ${Array.from({ length: 11 }, (_, at) => `JOIN j${at} IN c.list`).join(' ')}`]:
      /maximum number of joins/,
  };
  for (const [query, pattern] of Object.entries(cases))
    assert.match(await problem(things, query), pattern, query);
  const composed = await refusal(things.items.query('SELECT VALUE MAX(c.a) + 1 FROM c').fetchAll());
  assert.match(composed?.message ?? '', /Compositions of aggregates and other expressions are not allowed/);
  const unmapped = await refusal(things.items.query('SELECT * FROM c ORDER BY LOWER(c.a)').fetchAll());
  assert.match(unmapped?.message ?? '', /"code":2206.*could not be mapped to a document path/);
});

test('ORDER BY, TOP and OFFSET LIMIT are refused in sub-queries, each with its place', async t => {
  const things = await withDocuments(t, { list: [2, 1] });
  assert.match(
    await problem(things, 'SELECT VALUE r FROM (SELECT TOP 2 VALUE c.list FROM c ORDER BY c.id DESC) AS r'),
    /"start":54,"end":72\},"code":"SC2202","message":"'ORDER BY' is not supported in subqueries\."\},\{.*"start":28,"end":33\},"code":"SC2203","message":"'TOP' is not supported in subqueries\."\}\]/,
  );
  assert.match(
    await problem(things, 'SELECT VALUE COUNT(1) FROM (SELECT VALUE c.id FROM c OFFSET 2 LIMIT 7) AS r'),
    /"start":53,"end":69\},"code":"SC2204","message":"'OFFSET LIMIT' clause is not supported in subqueries\."/,
  );
  for (const inner of [
    'EXISTS(SELECT TOP 1 x FROM x IN c.list)',
    'ARRAY(SELECT x FROM x IN c.list ORDER BY x)',
  ])
    assert.match(await problem(things, `SELECT VALUE ${inner} FROM c`), /SC220[23]/);
  assert.match(
    await problem(things, 'SELECT * FROM (SELECT TOP 1 * FROM c) r WHERE'),
    /SC1001.*near 'end of query'/,
  );
});

test('a property or an element is named by a constant, not by what is computed', async t => {
  const things = await withDocuments(t, { list: [1, 2, 3], at: 1, name: 'list' });
  for (const expression of ['[1, 2, 3][c.at]', 'c[c.name]', 'c.list[ARRAY_LENGTH(c.list) - 1]']) {
    const end = 13 + expression.length;
    assert.match(
      await problem(things, `SELECT VALUE ${expression} FROM c`),
      new RegExp(
        `"start":13,"end":${end}.*SC2990.*includes 'member indexer' which is currently not supported`,
      ),
    );
  }
  const query = {
    query: 'SELECT VALUE [c[@name][@at], c["list"][1 + 1]] FROM c',
    parameters: [
      { name: '@name', value: 'list' },
      { name: '@at', value: 0 },
    ],
  };
  assert.deepEqual((await things.items.query(query, inScope).fetchAll()).resources, [[1, 3]]);
});

test('odd queries are refused or answered, never an error of the server', async t => {
  const things = await withDocuments(t, { kind: 'a' });
  const deep = `${'('.repeat(20_000)}1${')'.repeat(20_000)}`;
  const odd = [
    "REGEXMATCH('a', '(')",
    "REPLICATE('a', 1e9)",
    'TicksToDateTime(1e300)',
    "'a' LIKE '[z-a]'",
    'constructor(1)',
    'c.kind[1e20]',
    '1 << 99',
    deep,
  ];
  for (const expression of odd) {
    const refused = await refusal(
      things.items.query(`SELECT VALUE ${expression} FROM c`, inScope).fetchAll(),
    );
    assert.ok(refused === undefined || refused.code === 400, expression.slice(0, 50));
  }
  for (const [start, end] of [
    ['FF', 'FF'],
    ['zz', ''],
    ['30', '10'],
  ] as const) {
    const initialHeaders = {
      'x-ms-documentdb-partitionkeyrangeid': '0',
      'x-ms-start-epk': start,
      'x-ms-end-epk': end,
    };
    const refused = await refusal(things.items.query('SELECT * FROM c', { initialHeaders }).fetchAll());
    assert.equal(refused?.code, 400, start);
  }
});
