import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { test } from 'node:test';
import { runBulk } from './batch.ts';
import { Catalog } from './catalog.ts';
import { readChangeFeed } from './change-feed.ts';
import { partitionOf, placeOf } from './container.ts';
import { SqlStore } from './database.ts';
import { CosmosFault } from './errors.ts';
import { ItemTable } from './item-table.ts';
import { Operations } from './operations.ts';
import { testFolder } from './test-server.ts';

/** The inside of a server with one container, without its clock and its sweeps. */
function inside(t: TestContext, definition: object = {}) {
  const sql = new SqlStore(join(testFolder(t), 'cosmos.sqlite'));
  t.after(() => sql.close());
  const catalog = new Catalog(sql, 4);
  catalog.createDatabase({ id: 'd' }, undefined, 1);
  const partitionKey = { paths: ['/pk'], kind: 'Hash', version: 2 };
  const container = catalog.createContainer('d', { id: 'c', partitionKey, ...definition }, undefined, 1);
  const operations = new Operations(sql, new ItemTable(sql));
  const place = { key: ['a'], epk: placeOf(container, ['a']) };
  const nothing = { ifMatch: undefined, ifNoneMatch: undefined };
  const run = (
    kind: 'create' | 'replace' | 'upsert',
    ts: number,
    body: { id: string; ttl?: number },
  ): number =>
    operations.commit(container, ts, commit => {
      const operation = { kind, id: body.id, body: { pk: 'a', ...body }, ...nothing };
      return operations.execute(container, place, operation, commit).status;
    });
  return { sql, container, operations, place, run };
}

function statusOf(work: () => unknown): [number, number] | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    assert.ok(error instanceof CosmosFault);
    return [error.status, error.subStatus];
  }
}

const creating = (id: string) => ({
  operationType: 'Create',
  partitionKey: '["a"]',
  resourceBody: { id, pk: 'a' },
});

test('a bulk request that is not to go on stops at the first refusal; others are 424', t => {
  const { container, operations, place } = inside(t);
  const options = { ts: 1, minimal: true, rangeId: partitionOf(container, place.epk).id };
  const codes = (continueOnError: boolean, ids: readonly string[]): unknown[] =>
    runBulk(operations, container, ids.map(creating), { ...options, continueOnError }).results.map(
      result => result['statusCode'],
    );
  assert.deepEqual(codes(false, ['1', '1', '2']), [201, 409, 424]);
  assert.deepEqual(codes(true, ['3', '3', '2']), [201, 409, 201]);
});

test('a bulk request to a partition that its keys are not in is 410 (1002) and does nothing', t => {
  const { container, operations, place, run } = inside(t);
  const other = container.ranges.find(({ id }) => id !== partitionOf(container, place.epk).id);
  const options = { ts: 1, minimal: true, continueOnError: true, rangeId: other?.id };
  assert.deepEqual(
    statusOf(() => runBulk(operations, container, [creating('1')], options)),
    [410, 1002],
  );
  assert.equal(run('create', 1, { id: '1' }), 201);
});

test('a feed from a time has what was written in that very second', t => {
  const { sql, container, run } = inside(t);
  run('create', 5, { id: 'five' });
  run('create', 6, { id: 'six' });
  const since = (second: number): number =>
    readChangeFeed(sql, {
      container,
      range: { min: '', max: 'FF' },
      continuation: undefined,
      since: second,
      pageSize: 10,
      now: 7,
      asOf: undefined,
      factor: 1,
    }).documents.length;
  assert.deepEqual([5, 6, 7].map(since), [2, 1, 0]);
});

test('what is past its time to live is gone before it is swept', t => {
  const { run } = inside(t, { defaultTtl: -1 });
  assert.equal(run('create', 1, { id: 'brief', ttl: 10 }), 201);
  assert.deepEqual(
    statusOf(() => run('create', 10, { id: 'brief' })),
    [409, 0],
  );
  assert.deepEqual(
    statusOf(() => run('replace', 12, { id: 'brief' })),
    [404, 0],
  );
  assert.equal(run('create', 12, { id: 'brief' }), 201);
});
