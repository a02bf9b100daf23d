import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConsistencyLevel, CosmosClient } from '@azure/cosmos';
import { refusal, tenantContainer, testServer } from './test-server.ts';

const body = { tenant: 't1', scope: 's1' };
const key = ['t1', 's1'];

test('a throttled request is told when to come again, and the SDK does', async t => {
  const server = await testServer(t);
  const things = await server.container(tenantContainer());
  await server.faults('POST', { operation: 'create', status: 429, count: 2, retryAfterMs: 1 });
  const made = await things.items.create({ ...body, id: 'a' });
  assert.equal(made.statusCode, 201);
  assert.equal(made.headers['x-ms-throttle-retry-count'], 2);
  const impatient = new CosmosClient({
    endpoint: server.endpoint,
    key: server.key,
    connectionPolicy: {
      retryOptions: { maxRetryAttemptCount: 0, fixedRetryIntervalInMilliseconds: 0, maxWaitTimeInSeconds: 1 },
    },
  });
  t.after(() => impatient.dispose());
  await server.faults('POST', { operation: 'read', status: 429, count: 1 });
  const refused = await refusal(impatient.database('tests').container('things').item('a', key).read());
  assert.deepEqual([refused?.code, refused?.substatus], [429, 3200]);
});

test('a fault meets its operation and container only, and as often as it says', async t => {
  const server = await testServer(t);
  const things = await server.container(tenantContainer());
  const others = await server.container(tenantContainer({ id: 'others' }));
  await server.faults('POST', { operation: 'batch', container: 'things', status: 449, count: 1 });
  assert.equal(
    (await others.items.batch([{ operationType: 'Create', resourceBody: { ...body, id: 'a' } }], key)).code,
    200,
  );
  assert.match(
    (
      await refusal(
        things.items.batch([{ operationType: 'Create', resourceBody: { ...body, id: 'a' } }], key),
      )
    )?.message ?? '',
    /449/,
  );
  assert.equal(
    (await things.items.batch([{ operationType: 'Create', resourceBody: { ...body, id: 'a' } }], key)).code,
    200,
  );
});

test('stale reads show an earlier state whole, until the time is over or a session token is given', async t => {
  const server = await testServer(t);
  const things = await server.container(tenantContainer());
  await things.items.create({ ...body, id: 'old', n: 1 });
  await things.items.create({ ...body, id: 'gone' });
  await server.faults('POST', { staleReadMs: 100_000 });
  const { resource } = await things.item('old', key).read();
  const written = await things.items.upsert({ ...resource, ...body, id: 'old', n: 2 });
  await things.items.create({ ...body, id: 'new' });
  await things.item('gone', key).delete();
  assert.equal((await things.item('old', key).read()).resource?.n, 1);
  assert.equal((await things.item('new', key).read()).statusCode, 404);
  assert.equal((await things.item('gone', key).read()).statusCode, 200);
  const text = 'SELECT VALUE c.n ?? c.id FROM c ORDER BY c.id';
  assert.deepEqual((await things.items.query(text, { partitionKey: key }).fetchAll()).resources, ['gone', 1]);
  const sessionToken = String(written.headers['x-ms-session-token']);
  assert.equal((await things.item('old', key).read({ sessionToken })).resource?.n, 2);
  const session = new CosmosClient({
    endpoint: server.endpoint,
    key: server.key,
    consistencyLevel: ConsistencyLevel.Session,
  });
  t.after(() => session.dispose());
  const own = session.database('tests').container('things');
  await own.items.upsert({ ...body, id: 'old', n: 3 });
  assert.equal((await own.item('old', key).read()).resource?.n, 3);
  assert.equal((await things.item('old', key).read()).resource?.n, 1);
  server.wait(101);
  assert.equal((await things.item('old', key).read()).resource?.n, 3);
  await server.faults('DELETE');
});

test('the fault interface is closed to those without the account key', async t => {
  const server = await testServer(t);
  assert.equal((await fetch(`${server.endpoint}/_faults`, { method: 'DELETE' })).status, 401);
});

test('a connection cut after the effect leaves the commit in place', async t => {
  const server = await testServer(t);
  const things = await server.container(tenantContainer());
  await server.faults('POST', { operation: 'create', cut: 'after', count: 1 });
  assert.notEqual(await refusal(things.items.create({ ...body, id: 'a' })), undefined);
  assert.equal((await things.item('a', key).read()).statusCode, 200);
  await server.faults('POST', { operation: 'create', cut: 'before', count: 1 });
  assert.notEqual(await refusal(things.items.create({ ...body, id: 'b' })), undefined);
  assert.equal((await things.item('b', key).read()).statusCode, 404);
});
