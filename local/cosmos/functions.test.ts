import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inScope, problem, values, withDocuments } from './scoped-documents.ts';

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
    }),
    { j: false },
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

test('logarithms to the bases 2 and 10 are exact, and no result leaves the doubles', async t => {
  const things = await withDocuments(t, {});
  assert.deepEqual(
    await values(things, {
      ten: 'LOG(2, 10)',
      two: 'LOG(8, 2)',
      e: 'LOG(5)',
      many: 'ROUND(1.5, 400)',
      large: 'ROUND(1e308, 5)',
      bin: 'NumberBin(37.752, -100)',
      noBin: 'NumberBin(1e308, 1e-308)',
      sum: 'ARRAY_SUM([1e308, 1e308])',
    }),
    { ten: 0.3010299956639812, two: 3, e: 1.6094379124341003, many: 1.5, large: 1e308, bin: 100 },
  );
});

test('a static time is the same for every item', async t => {
  const documents = Array.from({ length: 60 }, () => ({}));
  const things = await withDocuments(t, ...documents);
  // Regular expressions take their time, so that the clock goes on between two items.
  const slow = 'REGEXMATCH(REPLICATE("a", 150), "a*a*b") = false';
  for (const name of ['GetCurrentDateTimeStatic', 'GetCurrentTicksStatic', 'GetCurrentTimestampStatic']) {
    const query = `SELECT DISTINCT VALUE ${name}() FROM c WHERE ${slow}`;
    assert.equal((await things.items.query(query, inScope).fetchAll()).resources.length, 1, name);
  }
  const moving = `SELECT DISTINCT VALUE GetCurrentTimestamp() FROM c WHERE ${slow}`;
  assert.ok((await things.items.query(moving, inScope).fetchAll()).resources.length > 1);
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

test('what is undefined decides nothing where one of many is looked for', async t => {
  const things = await withDocuments(t, {});
  assert.deepEqual(
    await values(things, {
      anyFound: 'ARRAY_CONTAINS_ANY([1, 2, 3, 4], 1, undefined)',
      anyNotFound: 'ARRAY_CONTAINS_ANY([1, 2, 3, 4], 5, undefined)',
      anyEmpty: 'ARRAY_CONTAINS_ANY([], 1, 2)',
      allFound: 'ARRAY_CONTAINS_ALL([1, 2, 3, 4], 1, undefined)',
      allNotFound: 'ARRAY_CONTAINS_ALL([1, 2, 3, 4], 5, undefined)',
      anyText: 'CONTAINS_ANY_CI("Road Bike", 1, "BIKE")',
      noText: 'CONTAINS_ANY_CS("Road Bike", 1, "BIKE")',
      allText: 'CONTAINS_ALL_CS("Road Bike", "Car", 1)',
      textOfNone: 'CONTAINS_ALL_CS(1, "Car")',
    }),
    { anyFound: true, anyEmpty: false, allNotFound: false, anyText: true, allText: false },
  );
});

test('a text is split where the separator stands, and looked through from a place backwards', async t => {
  const things = await withDocuments(t, {});
  assert.deepEqual(
    await values(things, {
      letter: 'StringSplit("Handlebar", "e")',
      phrase: 'StringSplit("xenmoun mountain bike", "moun")',
      none: 'StringSplit("AluminumBikeFrame", undefined)',
      empty: 'StringSplit("Helmet", "")',
      nothing: 'StringSplit("", "")',
      last: 'LastIndexOf("abcabc", "b")',
      before: 'LastIndexOf("abcabc", "b", 3)',
      first: 'LastIndexOf("abcabc", "c", 1)',
      wrong: 'LastIndexOf("abcabc", "b", "3")',
    }),
    {
      letter: ['Handl', 'bar'],
      phrase: ['xen', ' ', 'tain bike'],
      empty: ['Helmet'],
      nothing: [''],
      last: 4,
      before: 1,
      first: -1,
    },
  );
});

test('a time is told from other texts, and counted from now', async t => {
  const things = await withDocuments(t, {});
  const valid = [
    '2023-03-06',
    '2023-03-06Z',
    '2023-03-06 15:29:00Z',
    '2023-03-06T15:29:59',
    '2023-03-06T15:29:59.9Z',
  ];
  const invalid = [
    '2023-3-06',
    '2023-03',
    '2023-03-06t15:29:00',
    '2023-03-06T15:29',
    '2023-13-06',
    '2023-03-06T15:29:59.',
  ];
  const asked = [...valid, ...invalid].map((text, at) => [`t${at}`, `IS_DATETIME(${JSON.stringify(text)})`]);
  assert.deepEqual(Object.values((await values(things, Object.fromEntries(asked))) as object), [
    ...valid.map(() => true),
    ...invalid.map(() => false),
  ]);
  assert.deepEqual(
    await values(things, {
      number: 'IS_DATETIME(1)',
      day: 'DateTimeDiff("dd", AGO("dd", 2), NOW()) IN (2, 3)',
      hour: 'DateTimeDiff("hh", NOW(), NOW("hh", 3)) IN (3, 4)',
      unknown: 'AGO("century", 1)',
      half: 'NOW("dd", 0.5)',
    }),
    { number: false, day: true, hour: true },
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
