import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inScope, problem, values, withDocuments } from './scoped-documents.ts';

test('reserved words are names only in brackets', async t => {
  const things = await withDocuments(t, { value: 1, order: 2, group: 3 });
  assert.deepEqual(await values(things, { a: 'c["value"]', b: 'c["order"] + c["group"]' }), { a: 1, b: 5 });
  assert.match(await problem(things, 'SELECT c.value FROM c'), /"start":9,"end":14.*near 'value'/);
  assert.match(
    await problem(things, 'SELECT * FROM c WHERE c.Group = 3'),
    /"start":24,"end":29.*near 'Group'/,
  );
  assert.match(await problem(things, 'SELECT c.id AS value FROM c'), /"start":15,"end":20.*near 'value'/);
  const ordered = await things.items.query('SELECT VALUE c["value"] FROM c ORDER BY c["order"]').fetchAll();
  assert.deepEqual(ordered.resources, [1]);
});

test('strings take both quotes and the escapes of JSON, and comments run to the end of the line', async t => {
  const things = await withDocuments(t, { 'odd "name"': 1, text: 'it\'s "so"\n\u00e9' });
  assert.deepEqual(
    await values(things, {
      a: `c['odd "name"']`,
      b: `c["odd \\"name\\""]`,
      c: `c.text = "it's \\"so\\"\\n\\u00e9"`,
      d: `'a' || "b" -- a comment }\n`,
    }),
    { a: 1, b: 1, c: true, d: 'ab' },
  );
});

test('comparisons across types are false for =, true for !=, undefined for the rest', async t => {
  const things = await withDocuments(t, { n: 1, s: '1', nothing: null, list: [1, { a: 1 }] });
  assert.deepEqual(
    await values(things, {
      a: 'c.n = c.s',
      b: 'c.n != c.s',
      c: 'c.n < c.s',
      d: 'c.s != null',
      e: 'c.nothing != null',
      f: 'c.none != null',
      g: 'c.list = [1, {"a": 1}]',
      h: 'c.list < [2]',
      i: 'null <= null',
      j: 'false < true',
      k: 'c.n BETWEEN "0" AND "2"',
      l: 'c.n IN ("1", c.none)',
      m: 'NOT (c.none = 1)',
      n: 'c.n ?? 2',
      o: 'c.none ?? c.nothing',
    }),
    { a: false, b: true, d: true, e: false, g: true, i: true, j: true, n: 1, o: null },
  );
});

test('a number beyond a double is refused in a query with its place, and is none in a text', async t => {
  const things = await withDocuments(t, { n: 1 });
  for (const [text, start, end] of [
    ['SELECT VALUE 1e400', 13, 18],
    ['SELECT VALUE -1e400', 14, 19],
    ['SELECT * FROM c WHERE c.n < 1e309', 28, 33],
    [`SELECT VALUE 0x${'f'.repeat(300)}`, 13, 315],
  ] as const)
    assert.match(
      await problem(things, text),
      new RegExp(`"start":${start},"end":${end}.*SC1001.*invalid numeric`),
    );
  assert.deepEqual(
    await values(things, {
      most: '1.7976931348623157e308',
      least: '1e-400',
      number: 'StringToNumber("1e400")',
      list: 'StringToArray("[1, 1e400]")',
      object: 'StringToObject("{\\"a\\": -1e400}")',
      product: '1e308 * 10',
    }),
    { most: Number.MAX_VALUE, least: 0 },
  );
});

test('MIN, MAX, SUM and AVG over mixed types follow the order of types, or are undefined', async t => {
  const things = await withDocuments(
    t,
    { v: 1, w: 1 },
    { v: 'a' },
    { v: null },
    { v: true, x: [1] },
    { w: 3, x: 2 },
  );
  const all = async (select: string, options = {}): Promise<unknown[]> =>
    (await things.items.query(`SELECT ${select} FROM c`, options).fetchAll()).resources;
  for (const options of [{}, inScope]) {
    assert.deepEqual(await all('VALUE MAX(c.v)', options), ['a']);
    assert.deepEqual(await all('VALUE MIN(c.v)', options), [null]);
    assert.deepEqual(await all('VALUE AVG(c.w)', options), [2]);
    assert.deepEqual(await all('VALUE AVG(c.v)', options), []);
    assert.deepEqual(await all('VALUE SUM(c.none)', options), [0]);
    assert.deepEqual(await all('VALUE COUNT(c.v)', options), [4]);
  }
  assert.deepEqual(await all('VALUE MAX(c.x)', inScope), []);
  assert.deepEqual(await all('SUM(c.v) AS s, MAX(c.v), COUNT(1)', inScope), [{ $1: 'a', $2: 5 }]);
});

test('values that are not defined have no row, in any order and over all partitions', async t => {
  const things = await withDocuments(t, { a: 1 }, { b: 2 }, { a: 3, b: 1 });
  const all = async (query: string): Promise<unknown[]> =>
    (await things.items.query(query).fetchAll()).resources;
  assert.deepEqual(await all('SELECT VALUE c.a FROM c ORDER BY c.id'), [1, 3]);
  assert.deepEqual(await all('SELECT c.a FROM c ORDER BY c.id'), [{ a: 1 }, {}, { a: 3 }]);
  assert.deepEqual(await all('SELECT VALUE c.a FROM c ORDER BY c.b'), [1, 3]);
  assert.deepEqual(await all('SELECT DISTINCT VALUE c.none FROM c'), []);
  assert.deepEqual(await all('SELECT DISTINCT c.none FROM c'), [{}]);
  assert.deepEqual(await all('SELECT COUNT(1) AS n, c.none FROM c GROUP BY c.none'), [{ n: 3 }]);
  assert.deepEqual(await all('SELECT TOP 1 VALUE c.a FROM c GROUP BY c.a'), [1]);
  assert.deepEqual(await all('SELECT VALUE COUNT(1) FROM c OFFSET 0 LIMIT 10'), [3]);
});
