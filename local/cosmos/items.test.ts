import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PatchOperation } from '@azure/cosmos';
import { refusal, tenantContainer, testServer } from './test-server.ts';

const key = ['t1', 's1'];

test('a document is created, read, replaced and deleted under its entity tag', async t => {
  const server = await testServer(t);
  const things = await server.container(tenantContainer());
  const made = await things.items.create({ id: 'a', tenant: 't1', scope: 's1', size: 1 });
  assert.equal(made.statusCode, 201);
  const read = await things.item('a', key).read();
  assert.equal(read.resource?.size, 1);
  assert.equal(read.requestCharge, 2);
  assert.deepEqual(
    ['_rid', '_self', '_etag', '_ts', '_attachments'].filter(name => read.resource?.[name] === undefined),
    [],
  );
  const accessCondition = { type: 'IfMatch', condition: read.etag };
  const replaced = await things.item('a', key).replace({ ...read.resource, size: 2 }, { accessCondition });
  assert.equal(replaced.statusCode, 200);
  const stale = await refusal(
    things.item('a', key).replace({ ...read.resource, size: 3 }, { accessCondition }),
  );
  assert.equal(stale?.code, 412);
  assert.equal((await refusal(things.item('a', key).delete({ accessCondition })))?.code, 412);
  assert.equal((await things.item('a', key).delete()).statusCode, 204);
  assert.equal((await things.item('a', key).read()).statusCode, 404);
  assert.equal((await refusal(things.item('a', key).delete()))?.code, 404);
});

test('an id is taken once per logical partition and free in every other', async t => {
  const server = await testServer(t);
  const things = await server.container(tenantContainer());
  await things.items.create({ id: 'a', tenant: 't1', scope: 's1' });
  assert.equal((await refusal(things.items.create({ id: 'a', tenant: 't1', scope: 's1' })))?.code, 409);
  await things.items.create({ id: 'a', tenant: 't1', scope: 's2' });
  await things.items.create({ id: 'a', tenant: 't2', scope: 's1' });
  assert.equal((await things.items.upsert({ id: 'a', tenant: 't2', scope: 's1' })).statusCode, 200);
  assert.equal((await things.items.upsert({ id: 'b', tenant: 't2', scope: 's1' })).statusCode, 201);
});

test('a reader that knows the tag is told that nothing changed', async t => {
  const server = await testServer(t);
  const things = await server.container(tenantContainer());
  const { etag } = await things.items.create({ id: 'a', tenant: 't1', scope: 's1' });
  const same = await things
    .item('a', key)
    .read({ accessCondition: { type: 'IfNoneMatch', condition: etag } });
  assert.equal(same.statusCode, 304);
});

test('a patch changes parts, keeps to its condition and touches neither id nor key', async t => {
  const server = await testServer(t);
  const things = await server.container(tenantContainer());
  await things.items.create({ id: 'a', tenant: 't1', scope: 's1', n: 1, tags: ['x'], deep: { old: true } });
  const item = things.item('a', key);
  const patched = await item.patch({
    condition: 'from c where c.n = 1',
    operations: [
      { op: 'incr', path: '/n', value: 2 },
      { op: 'add', path: '/tags/-', value: 'y' },
      { op: 'set', path: '/deep/new', value: 1 },
      { op: 'remove', path: '/deep/old' },
      // The service knows `move`; the types of the SDK do not.
      { op: 'move', from: '/deep/new', path: '/moved' } as unknown as PatchOperation,
    ],
  });
  assert.deepEqual(
    {
      n: patched.resource?.n,
      tags: patched.resource?.tags,
      deep: patched.resource?.deep,
      moved: patched.resource?.moved,
    },
    { n: 3, tags: ['x', 'y'], deep: {}, moved: 1 },
  );
  const operations = [{ op: 'set', path: '/n', value: 9 }] as const;
  assert.equal(
    (await refusal(item.patch({ condition: 'from c where c.n = 1', operations: [...operations] })))?.code,
    412,
  );
  assert.equal((await refusal(item.patch([{ op: 'replace', path: '/none', value: 1 }])))?.code, 400);
  assert.equal((await refusal(item.patch([{ op: 'set', path: '/tenant', value: 't2' }])))?.code, 400);
  assert.equal((await refusal(item.patch(Array.from({ length: 11 }, () => operations[0]))))?.code, 400);
});

test('wrong keys, ids, sizes and times to live are refused with the codes of the service', async t => {
  const server = await testServer(t);
  const things = await server.container(tenantContainer({ defaultTtl: -1 }));
  const body = { tenant: 't1', scope: 's1' };
  const headers = { 'x-ms-documentdb-partitionkey': '["t2","s1"]' };
  const foreign = await refusal(things.items.create({ ...body, id: 'a' }, { initialHeaders: headers }));
  assert.deepEqual([foreign?.code, foreign?.substatus], [400, 1001]);
  const short = await refusal(things.item('a', ['t1']).read());
  assert.deepEqual([short?.code, short?.substatus], [400, 1001]);
  // The SDK itself refuses these ids for single items only.
  for (const id of ['a\\b', 'a/b']) {
    const batch = await things.items.batch(
      [{ operationType: 'Create', resourceBody: { ...body, id } }],
      ['t1', 's1'],
    );
    assert.equal(batch.result?.[0]?.statusCode, 400, id);
  }
  assert.equal((await refusal(things.items.create({ ...body, id: 'a', ttl: 0 })))?.code, 400);
  assert.equal(
    (await refusal(things.items.create({ ...body, id: 'a', fill: 'x'.repeat(2 * 1024 * 1024) })))?.code,
    413,
  );
  const none = await refusal(
    things.items.create({ ...body, id: '' }, { disableAutomaticIdGeneration: true }),
  );
  assert.equal(none?.code, 400);
});

test('numbers and texts that have no form in JSON or UTF-8 are refused', async t => {
  const server = await testServer(t);
  await server.container(tenantContainer());
  const raw = server
    .altered(({ body }) => ({ body: String(body ?? '').replaceAll('"TOO MUCH"', '1e400') }))
    .database('tests')
    .container('things');
  const place = { tenant: 't1', scope: 's1' };
  assert.equal((await refusal(raw.items.create({ id: 'big', ...place, n: 'TOO MUCH' })))?.code, 400);
  assert.equal((await refusal(raw.items.create({ id: 'half', ...place, n: '\ud800' })))?.code, 400);
  assert.equal(await refusal(raw.items.create({ id: 'text', ...place, n: 'a\\ud800 1e400' })), undefined);
  const overflow = [{ op: 'incr', path: '/n', value: 1.7e308 }] as const;
  await raw.items.create({ id: 'full', ...place, n: 1.7e308 });
  assert.equal((await refusal(raw.item('full', ['t1', 's1']).patch([...overflow])))?.code, 400);
});

test('an item past its time to live is gone from every read, and its id is free', async t => {
  const server = await testServer(t);
  const things = await server.container(tenantContainer({ defaultTtl: 100 }));
  const body = { tenant: 't1', scope: 's1' };
  await things.items.create({ ...body, id: 'default' });
  await things.items.create({ ...body, id: 'short', ttl: 10 });
  await things.items.create({ ...body, id: 'forever', ttl: -1 });
  const ids = async (): Promise<unknown> =>
    (await things.items.query('SELECT VALUE c.id FROM c ORDER BY c.id', { partitionKey: key }).fetchAll())
      .resources;
  assert.deepEqual(await ids(), ['default', 'forever', 'short']);
  server.wait(11);
  assert.deepEqual(await ids(), ['default', 'forever']);
  assert.equal((await things.item('short', key).read()).statusCode, 404);
  assert.equal((await refusal(things.item('short', key).replace({ ...body, id: 'short' })))?.code, 404);
  assert.equal((await things.items.create({ ...body, id: 'short' })).statusCode, 201);
  server.wait(101);
  assert.deepEqual(await ids(), ['forever']);
});

test('a unique key holds inside a logical partition only', async t => {
  const server = await testServer(t);
  const things = await server.container(
    tenantContainer({ defaultTtl: -1, uniqueKeyPolicy: { uniqueKeys: [{ paths: ['/email'] }] } }),
  );
  await things.items.create({ id: 'a', tenant: 't1', scope: 's1', email: 'x' });
  assert.equal(
    (await refusal(things.items.create({ id: 'b', tenant: 't1', scope: 's1', email: 'x' })))?.code,
    409,
  );
  await things.items.create({ id: 'b', tenant: 't1', scope: 's2', email: 'x' });
  await things.item('a', key).replace({ id: 'a', tenant: 't1', scope: 's1', email: 'y' });
  assert.equal(
    (await things.items.create({ id: 'b', tenant: 't1', scope: 's1', email: 'x' })).statusCode,
    201,
  );
});

test('a replacement may carry a new id, if it is free', async t => {
  const server = await testServer(t);
  const things = await server.container(tenantContainer());
  await things.items.create({ id: 'a', tenant: 't1', scope: 's1' });
  await things.items.create({ id: 'b', tenant: 't1', scope: 's1' });
  assert.equal(
    (await refusal(things.item('a', key).replace({ id: 'b', tenant: 't1', scope: 's1' })))?.code,
    409,
  );
  await things.item('a', key).replace({ id: 'c', tenant: 't1', scope: 's1' });
  assert.equal((await things.item('a', key).read()).statusCode, 404);
  assert.equal((await things.item('c', key).read()).statusCode, 200);
});

test('an upsert under a tag creates what is missing and guards what is there', async t => {
  const server = await testServer(t);
  const things = await server.container(tenantContainer());
  const accessCondition = { type: 'IfMatch', condition: '"none"' };
  const made = await things.items.upsert({ id: 'a', tenant: 't1', scope: 's1' }, { accessCondition });
  assert.equal(made.statusCode, 201);
  assert.equal(
    (await refusal(things.items.upsert({ id: 'a', tenant: 't1', scope: 's1' }, { accessCondition })))?.code,
    412,
  );
});

test('writers that race under tags lose no update', async t => {
  const server = await testServer(t);
  const things = await server.container(tenantContainer());
  await things.items.create({ id: 'a', tenant: 't1', scope: 's1', n: 0 });
  const item = things.item('a', key);
  const once = async (): Promise<boolean> => {
    const { resource, etag } = await item.read();
    const accessCondition = { type: 'IfMatch', condition: etag };
    return (
      (await refusal(item.replace({ ...resource, n: resource?.n + 1 }, { accessCondition }))) === undefined
    );
  };
  const writer = async (): Promise<void> => {
    for (let done = 0; done < 10; ) if (await once()) done += 1;
  };
  await Promise.all(Array.from({ length: 6 }, writer));
  assert.equal((await item.read()).resource?.n, 60);
});
