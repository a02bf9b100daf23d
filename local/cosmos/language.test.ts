import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { test } from 'node:test';
import type { Container } from '@azure/cosmos';
import { refusal, tenantContainer, testServer } from './test-server.ts';

const key = ['t1', 's1'];
const inScope = { partitionKey: key };

async function withDocuments(t: TestContext, ...documents: readonly object[]): Promise<Container> {
  const server = await testServer(t);
  const things = await server.container(tenantContainer());
  for (const [at, document] of documents.entries())
    await things.items.create({ id: `d${at}`, tenant: 't1', scope: 's1', ...document });
  return things;
}

/** What expressions yield over the first document; an undefined one has no member. */
async function values(things: Container, expressions: Readonly<Record<string, string>>): Promise<unknown> {
  const members = Object.entries(expressions).map(([name, text]) => `"${name}": ${text}`);
  const query = `SELECT VALUE {${members.join(', ')}} FROM c WHERE c.id = 'd0'`;
  return (await things.items.query(query, inScope).fetchAll()).resources[0];
}

async function problem(things: Container, query: string): Promise<string> {
  const refused = await refusal(things.items.query(query, inScope).fetchAll());
  assert.equal(refused?.code, 400, query);
  return refused?.message ?? '';
}

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

test('a function with a wrong number of arguments is refused, with the place of the call', async t => {
  const things = await withDocuments(t, {});
  assert.match(
    await problem(things, "SELECT * FROM r WHERE STARTSWITH(r.key, 'a', 'b', 'c')"),
    /"start":22,"end":54.*SC2050.*The STARTSWITH function requires 2 to 3 argument\(s\)\./,
  );
  assert.match(await problem(things, 'SELECT VALUE ABS() FROM c'), /SC2050.*requires 1 argument/);
});

test('a function over a wrong type is undefined', async t => {
  const things = await withDocuments(t, { n: 1, s: 'a', list: [1] });
  assert.deepEqual(
    await values(things, {
      a: 'ABS(c.s)',
      b: 'UPPER(c.n)',
      c: 'CONCAT(c.s, c.n)',
      d: 'ARRAY_LENGTH(c.s)',
      e: 'ARRAY_CONTAINS(c.none, 1)',
      f: 'SUBSTRING(c.s, "0", 1)',
      g: 'CONTAINS(c.s, c.none)',
      h: 'ROUND(1.234, "2")',
      i: 'c.s LIKE c.n',
      j: 'IS_DEFINED(c.none.deeper)',
      k: 'ToString(c.none)',
      l: 'StringToNumber(c.n)',
      m: 'c.list[c.s]',
    }),
    { j: false },
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

test('integers of 64 bits have functions of their own', async t => {
  const things = await withDocuments(t, {});
  assert.deepEqual(
    await values(things, {
      add: 'IntAdd(20, 10)',
      decimal: 'IntAdd(20, 0.1)',
      divided: 'IntDiv(-7, 2)',
      zero: 'IntMod(7, 0)',
      and: 'IntBitAnd(15, 25)',
      not: 'IntBitNot(65)',
      shifted: 'IntBitLeftShift(16, 4)',
      whole: 'IS_INTEGER(3)',
      large: 'IS_INTEGER(18446744073709551615)',
    }),
    { add: 30, divided: -3, and: 9, not: -66, shifted: 256, whole: true, large: false },
  );
});

test('trimming takes white space or the characters that are given', async t => {
  const things = await withDocuments(t, {});
  assert.deepEqual(
    await values(things, {
      a: 'LTRIM("  x ")',
      b: 'RTRIM("bicycle", "le")',
      c: 'TRIM("-_-x-_-", "-_")',
      d: 'LTRIM("x", 1)',
      e: 'REPLICATE("ab", 5001)',
    }),
    { a: 'x ', b: 'bicyc', c: 'x' },
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

test('a regular expression takes out what it matches, or a group of it, once or wherever it matches', async t => {
  const things = await withDocuments(t, { text: 'A12-B34-C56' });
  assert.deepEqual(
    await values(things, {
      first: 'RegexExtract(c.text, "[0-9]+")',
      group: 'RegexExtract("Sku-93821, sku-5", "SKU-([0-9]+)", "i", 1)',
      whole: 'RegexExtract(c.text, "([A-Z])([0-9]+)", "", 0)',
      spaced: 'RegexExtract(c.text, "[0-9] [0-9]", "x")',
      none: 'RegexExtract(c.text, "z")',
      noGroup: 'RegexExtract(c.text, "[0-9]+", "", 1)',
      half: 'RegexExtract(c.text, "[0-9]+", "", 0.5)',
      noText: 'RegexExtract(1, "[0-9]+")',
      all: 'RegexExtractAll(c.text, "[0-9]+")',
      letters: 'RegexExtractAll(c.text, "([a-z])([0-9]+)", "i", 1)',
      nowhere: 'RegexExtractAll(c.text, "z")',
      unknown: 'RegexExtractAll(c.text, "[0-9]+", "g")',
    }),
    {
      first: '12',
      group: '93821',
      whole: 'A12',
      spaced: '12',
      all: ['12', '34', '56'],
      letters: ['A', 'B', 'C'],
      nowhere: [],
    },
  );
  assert.match(
    await problem(things, 'SELECT RegexExtract(c.text, "(") FROM c'),
    /Invalid regular expression/,
  );
  assert.match(await problem(things, 'SELECT RegexExtractAll(c.text) FROM c'), /requires 2 to 4 argument/);
});

test('a text is taken from before or after the first or the last delimiter', async t => {
  const things = await withDocuments(t, { path: 'bike::touring::frame' });
  assert.deepEqual(
    await values(things, {
      before: 'SubstringBefore(c.path, "::")',
      after: 'SubstringAfter(c.path, "::")',
      lastBefore: 'LastSubstringBefore(c.path, "::")',
      lastAfter: 'LastSubstringAfter(c.path, "::")',
      absent: 'SubstringBefore(c.path, "|")',
      wrong: 'SubstringAfter(c.path, 1)',
    }),
    { before: 'bike', after: 'touring::frame', lastBefore: 'bike::touring', lastAfter: 'frame' },
  );
});

test('times are counted in ticks of 100 nanoseconds since 1970', async t => {
  const things = await withDocuments(t, {});
  assert.deepEqual(
    await values(things, {
      ticks: 'DateTimeToTicks("2015-05-19T12:00:00.0000000")',
      text: 'TicksToDateTime(15973607943002652)',
      stamp: 'DateTimeToTimestamp("1970-01-01T00:00:01Z")',
      micro: 'DateTimePart("mcs", "2016-05-29T08:30:00.1301617")',
      parts: 'DateTimeFromParts(2017, 4, 20, 13, 15, 20, 3456789)',
      wrong: 'DateTimeFromParts(2017, 13, 20)',
      added: 'DateTimeAdd("mcs", 5, "2020-02-28T23:59:59.9999999Z")',
      years: 'DateTimeDiff("yyyy", "2028-01-01T01:02:03.1234527Z", "2020-01-03T01:02:03.1234567Z")',
      nanos: 'DateTimeDiff("ns", "2028-01-01T00:00:00.1234527Z", "2028-01-01T00:00:00.1234567Z")',
      bin: 'DateTimeBin("2021-01-08T18:35:00Z", "hh", 5)',
      half: 'DateTimeAdd("dd", 0.5, "2020-01-01T00:00:00Z")',
    }),
    {
      ticks: 14320368000000000,
      text: '2020-08-13T23:19:54.3002652Z',
      stamp: 1000,
      micro: 130161,
      parts: '2017-04-20T13:15:20.3456789Z',
      added: '2020-02-29T00:00:00.0000049Z',
      years: -8,
      nanos: 4000,
      bin: '2021-01-08T15:00:00.0000000Z',
    },
  );
});

test('sets and lists are compared by value', async t => {
  const things = await withDocuments(t, { list: [1, { a: 1, b: 2 }, [3]] });
  assert.deepEqual(
    await values(things, {
      partly: 'ARRAY_CONTAINS(c.list, {"b": 2}, true)',
      wholly: 'ARRAY_CONTAINS(c.list, {"b": 2})',
      deep: 'ARRAY_CONTAINS(c.list, [3])',
      both: 'SetIntersect([1, 2, 2, "a"], ["a", 1])',
      either: 'SetUnion([1, 1], [2])',
      any: 'ARRAY_CONTAINS_ANY(c.list, 9, 1)',
      all: 'ARRAY_CONTAINS_ALL(c.list, 9, 1)',
      pairs: 'ObjectToArray({"a": 1})',
      chosen: 'CHOOSE(2, "a", "b")',
      beyond: 'CHOOSE(3, "a", "b")',
      sliced: 'ARRAY_SLICE([1, 2, 3], -2, 1)',
      sum: 'ARRAY_SUM([1, 2])',
    }),
    {
      partly: true,
      wholly: false,
      deep: true,
      both: ['a', 1],
      either: [1, 2],
      any: true,
      all: false,
      pairs: [{ k: 'a', v: 1 }],
      chosen: 'b',
      sliced: [2],
      sum: 3,
    },
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
