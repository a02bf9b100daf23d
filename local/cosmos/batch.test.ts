import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { OperationInput } from '@azure/cosmos';
import { refusal, tenantContainer, testServer } from './test-server.ts';

const key = ['t1', 's1'];
const body = { tenant: 't1', scope: 's1' };

test('a batch with a stale tag changes nothing and says which operation was refused', async t => {
  const server = await testServer(t);
  const things = await server.container(tenantContainer());
  const { etag } = await things.items.create({ ...body, id: 'a', n: 1 });
  await things.items.upsert({ ...body, id: 'a', n: 2 });
  const refused = await things.items.batch(
    [
      { operationType: 'Create', resourceBody: { ...body, id: 'b' } },
      { operationType: 'Replace', id: 'a', ifMatch: etag, resourceBody: { ...body, id: 'a', n: 3 } },
      { operationType: 'Delete', id: 'a' },
    ],
    key,
  );
  assert.equal(refused.code, 207);
  assert.deepEqual(
    refused.result?.map(result => result.statusCode),
    [424, 412, 424],
  );
  assert.equal((await things.item('b', key).read()).statusCode, 404);
  assert.equal((await things.item('a', key).read()).resource?.n, 2);
});

test('a batch that holds is one commit: every operation answers, and the feed shows one log number', async t => {
  const server = await testServer(t);
  const things = await server.container(tenantContainer());
  const { etag } = await things.items.create({ ...body, id: 'a', n: 1 });
  const done = await things.items.batch(
    [
      { operationType: 'Create', resourceBody: { ...body, id: 'b' } },
      { operationType: 'Upsert', resourceBody: { ...body, id: 'c' } },
      {
        operationType: 'Patch',
        id: 'a',
        ifMatch: etag,
        resourceBody: { operations: [{ op: 'incr', path: '/n', value: 1 }] },
      },
      { operationType: 'Read', id: 'a' },
      { operationType: 'Delete', id: 'c' },
    ] as OperationInput[],
    key,
  );
  assert.equal(done.code, 200);
  assert.deepEqual(
    done.result?.map(result => result.statusCode),
    [201, 201, 200, 200, 204],
  );
  assert.equal(done.result?.[3]?.resourceBody?.['n'], 2);
});

test('a batch keeps to one logical partition, a hundred operations and two megabytes', async t => {
  const server = await testServer(t);
  const things = await server.container(tenantContainer());
  const foreign = await things.items.batch(
    [{ operationType: 'Create', resourceBody: { id: 'x', tenant: 't1', scope: 's2' } }],
    key,
  );
  assert.deepEqual(
    foreign.result?.map(result => result.statusCode),
    [400],
  );
  const unknown = server.altered(sent => ({
    body: String(sent.body ?? '').replace('"Create"', '"__proto__"'),
  }));
  const odd = await unknown
    .database('tests')
    .container('things')
    .items.batch([{ operationType: 'Create', resourceBody: { ...body, id: 'x' } }], key);
  assert.deepEqual(
    odd.result?.map(result => result.statusCode),
    [400],
  );
  const fill = 'x'.repeat(1_100_000);
  const heavy: OperationInput[] = ['a', 'b'].map(id => ({
    operationType: 'Create',
    resourceBody: { ...body, id, fill },
  }));
  assert.match((await refusal(things.items.batch(heavy, key)))?.message ?? '', /Request size is too large/);
  const many: OperationInput[] = Array.from({ length: 101 }, (_, at) => ({
    operationType: 'Create',
    resourceBody: { ...body, id: `${at}` },
  }));
  assert.match((await refusal(things.items.batch(many, key)))?.message ?? '', /more than 100/);
});

test('a batch whose results do not fit into a reply ends at the operation that is too much', async t => {
  const server = await testServer(t);
  const things = await server.container(tenantContainer());
  await things.items.create({ ...body, id: 'large', fill: 'x'.repeat(1_048_576) });
  const reads = Array.from({ length: 10 }, (): OperationInput => ({ operationType: 'Read', id: 'large' }));
  const answer = await things.items.batch(
    [{ operationType: 'Create', resourceBody: { ...body, id: 'small' } }, ...reads],
    key,
  );
  assert.equal(answer.code, 207);
  assert.deepEqual(
    answer.result?.map(result => result.statusCode),
    [...Array.from({ length: 10 }, () => 424), 413],
  );
  assert.equal((await things.item('small', key).read()).statusCode, 404);
});

test('a bulk request reaches the right partition for every kind of key, each operation for itself', async t => {
  const server = await testServer(t);
  for (const [at, partitionKey] of [
    { paths: ['/tenant', '/scope'], kind: 'MultiHash', version: 2 },
    { paths: ['/tenant'], kind: 'Hash', version: 2 },
    { paths: ['/tenant'], kind: 'Hash' },
  ].entries()) {
    const things = await server.container({
      ...tenantContainer({ id: `bulk${at}` }),
      partitionKey,
    } as ReturnType<typeof tenantContainer>);
    const operations: OperationInput[] = Array.from({ length: 40 }, (_, n) => ({
      operationType: 'Create',
      partitionKey: partitionKey.paths.length > 1 ? [`t${n % 9}`, 's1'] : [`t${n % 9}`],
      // The last one takes an id that is taken: 39 and 30 have the same tenant.
      resourceBody: { id: n === 39 ? '30' : `${n}`, tenant: `t${n % 9}`, scope: 's1' },
    }));
    const results = await things.items.bulk(operations);
    assert.deepEqual([...new Set(results.map(result => result.statusCode))].sort(), [201, 409]);
    const { resources } = await things.items.query('SELECT VALUE COUNT(1) FROM c').fetchAll();
    assert.deepEqual(resources, [39]);
  }
});

test('a batch that reads what is not there changes nothing; what it reads is as its own writes left it', async t => {
  const server = await testServer(t);
  const things = await server.container(tenantContainer());
  await things.items.create({ ...body, id: 'a', n: 1 });
  const refused = await things.items.batch(
    [
      { operationType: 'Upsert', resourceBody: { ...body, id: 'b' } },
      { operationType: 'Read', id: 'a' },
      { operationType: 'Read', id: 'absent' },
    ],
    key,
  );
  assert.equal(refused.code, 207);
  assert.deepEqual(
    refused.result?.map(result => [result.statusCode, result.resourceBody]),
    [
      [424, undefined],
      [424, undefined],
      [404, undefined],
    ],
  );
  assert.equal((await things.item('b', key).read()).statusCode, 404);
  const done = await things.items.batch(
    [
      { operationType: 'Read', id: 'a' },
      { operationType: 'Upsert', resourceBody: { ...body, id: 'a', n: 2 } },
      { operationType: 'Read', id: 'a' },
    ],
    key,
  );
  const [before, , after] = done.result ?? [];
  assert.deepEqual([before?.resourceBody?.['n'], after?.resourceBody?.['n']], [1, 2]);
  assert.equal(after?.resourceBody?.['_etag'], after?.eTag);
  assert.notEqual(before?.eTag, after?.eTag);
});

test('a batch that reads what the caller knows is 207 and commits all the same', async t => {
  const server = await testServer(t);
  const things = await server.container(tenantContainer());
  const { etag } = await things.items.create({ ...body, id: 'a' });
  const done = await things.items.batch(
    [
      { operationType: 'Create', resourceBody: { ...body, id: 'b' } },
      { operationType: 'Read', id: 'a', ifNoneMatch: etag } as OperationInput,
    ],
    key,
  );
  assert.deepEqual([done.code, done.result?.map(result => result.statusCode)], [207, [201, 304]]);
  assert.equal((await things.item('b', key).read()).statusCode, 200);
});

test('a batch or bulk request that wants no content gets tags only', async t => {
  const server = await testServer(t);
  const things = await server.container(tenantContainer());
  const done = await things.items.batch(
    [{ operationType: 'Create', resourceBody: { ...body, id: 'a' } }],
    key,
    {
      contentResponseOnWriteEnabled: false,
    },
  );
  assert.equal(done.result?.[0]?.resourceBody, undefined);
  assert.match(done.result?.[0]?.eTag ?? '', /^".+"$/);
});

test('all documents of a logical partition are deleted by one request', async t => {
  const server = await testServer(t);
  const things = await server.container(tenantContainer());
  for (const id of ['a', 'b']) await things.items.create({ ...body, id });
  await things.items.create({ id: 'a', tenant: 't1', scope: 's2' });
  assert.equal((await things.deleteAllItemsForPartitionKey(key)).statusCode, 200);
  const { resources } = await things.items.query('SELECT VALUE c.scope FROM c').fetchAll();
  assert.deepEqual(resources, ['s2']);
});
