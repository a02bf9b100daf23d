import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Container, FeedOptions } from '@azure/cosmos';
import fc from 'fast-check';
import { testServer } from './test-server.ts';

const view = new DataView(new ArrayBuffer(8));

/** The double that follows a positive one. */
function following(value: number): number {
  view.setFloat64(0, value);
  view.setBigUint64(0, view.getBigUint64(0) + 1n);
  return view.getFloat64(0);
}

const corners = [0, -0, 5e-324, 1.1, 2 ** 53, 2 ** 60, 2 ** 63, 1e21, 1e308, Number.MAX_VALUE];
const neighbours = corners.flatMap(value => [value, -value, following(value), -following(value)]);
const doubles = neighbours.filter(Number.isFinite);
const texts = ['', 'a', 'a\u0000', 'a\u0000b', 'a\uffff', 'a\u{10000}', 'b'];

/** All results, page by page, each time with a new iterator that knows the continuation only. */
async function paged<Row>(things: Container, text: string, options: FeedOptions): Promise<Row[]> {
  const rows: Row[] = [];
  let continuationToken: string | undefined;
  do {
    const given = continuationToken === undefined ? options : { ...options, continuationToken };
    const page = await things.items.query<Row>(text, given).fetchNext();
    rows.push(...(page.resources ?? []));
    continuationToken = page.continuationToken;
  } while (continuationToken !== undefined);
  return rows;
}

test('neighbouring doubles, integers past 2^53 and texts with odd characters keep their order over pages', async t => {
  const server = await testServer(t);
  const things = await server.container({ id: 'exact', partitionKey: { paths: ['/p'], version: 2 } });
  await Promise.all(
    [...doubles, ...texts].flatMap((v, at) =>
      ['one', `other${at}`].map(p =>
        things.items.create({ id: `d${at}`, p, v, kind: typeof v === 'number' ? 'n' : 't' }),
      ),
    ),
  );
  const ascending = doubles.toSorted((left, right) => left - right);
  const one = { partitionKey: 'one' };
  const up = await paged<number | string>(things, 'SELECT VALUE c.v FROM c ORDER BY c.v', {
    ...one,
    maxItemCount: 1,
  });
  // The sign of zero does not reach the server.
  assert.deepEqual(up, [...ascending.map(value => value + 0), ...texts]);
  const down = await paged<number | string>(things, 'SELECT VALUE c.v FROM c ORDER BY c.v DESC', {
    ...one,
    maxItemCount: 7,
  });
  assert.deepEqual(down, up.toReversed());
  const all = "SELECT c.id, c.p, c.v FROM c WHERE c.kind = 'n' ORDER BY c.v DESC";
  const over = await paged<{ id: string; p: string; v: number }>(things, all, {
    maxItemCount: 5,
    enableQueryControl: true,
  });
  assert.equal(new Set(over.map(row => `${row.p} ${row.id}`)).size, doubles.length * 2);
  const values = over.map(row => row.v);
  assert.deepEqual(
    values,
    values.toSorted((left, right) => right - left),
  );
});

test('a filter that SQLite tests beforehand compares doubles exactly', async t => {
  const server = await testServer(t);
  const things = await server.container({ id: 'exact', partitionKey: { paths: ['/p'], version: 2 } });
  await Promise.all(doubles.map((v, at) => things.items.create({ id: `d${at}`, p: 'one', v })));
  const value = fc.oneof(fc.constantFrom(...doubles), fc.double({ noNaN: true, noDefaultInfinity: true }));
  const tests: Record<string, (left: number, right: number) => boolean> = {
    '=': (left, right) => left === right,
    '<': (left, right) => left < right,
    '>=': (left, right) => left >= right,
  };
  await fc.assert(
    fc.asyncProperty(value, fc.constantFrom(...Object.keys(tests)), async (bound, operator) => {
      const query = {
        query: `SELECT VALUE c.id FROM c WHERE c.v ${operator} @v`,
        parameters: [{ name: '@v', value: bound }],
      };
      const { resources } = await things.items.query<string>(query, { partitionKey: 'one' }).fetchAll();
      const expected = doubles.flatMap((one, at) =>
        tests[operator]?.(one, bound) === true ? [`d${at}`] : [],
      );
      assert.deepEqual(resources.toSorted(), expected.toSorted());
    }),
    { numRuns: 60 },
  );
});
