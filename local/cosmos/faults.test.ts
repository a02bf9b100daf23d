import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConsistencyLevel, type Container, CosmosClient } from '@azure/cosmos';
import { refusal, tenantContainer, testServer } from './test-server.ts';

const body = { tenant: 't1', scope: 's1' };
const key = ['t1', 's1'];

/** The SDK without its own retries of throttled requests. */
function impatient(server: { endpoint: string; key: string }, container = 'things'): Container {
  const retryOptions = {
    maxRetryAttemptCount: 0,
    fixedRetryIntervalInMilliseconds: 0,
    maxWaitTimeInSeconds: 1,
  };
  const { endpoint, key } = server;
  return new CosmosClient({ endpoint, key, connectionPolicy: { retryOptions } })
    .database('tests')
    .container(container);
}

test('a throttled request is told when to come again, and the SDK does', async t => {
  const server = await testServer(t);
  const things = await server.container(tenantContainer());
  const throttled = await server.faults.throttle({ operation: 'create', count: 2, retryAfterMs: 1 });
  const made = await things.items.create({ ...body, id: 'a' });
  assert.equal(made.statusCode, 201);
  assert.equal(made.headers['x-ms-throttle-retry-count'], 2);
  assert.equal(await throttled.struck(), 2);
  await server.faults.throttle({ operation: 'read', count: 1 });
  const refused = await refusal(impatient(server).item('a', key).read());
  assert.deepEqual([refused?.code, refused?.substatus], [429, 3200]);
});

test('each status comes as the service words it, once when the rule says so', async t => {
  const server = await testServer(t);
  const things = await server.container(tenantContainer());
  await things.items.create({ ...body, id: 'a' });
  const statuses: [number, number | undefined, RegExp][] = [
    [403, undefined, /account firewall settings/],
    [404, undefined, /Resource Not Found/],
    [408, undefined, /exceeded maximum alloted time/],
    [409, undefined, /already exists/],
    [410, 1002, /no longer available at the server/],
    [412, undefined, /One of the specified pre-condition is not met/],
    [413, undefined, /Request size is too large/],
    [449, undefined, /Conflicting request to resource has been attempted/],
    [500, undefined, /Unknown server error occurred/],
    [503, undefined, /Service is currently unavailable/],
  ];
  for (const [status, substatus, words] of statuses) {
    await using _ = await server.faults.refuse({ operation: 'replace', status, count: 1 });
    const refused = await refusal(things.item('a', key).replace({ ...body, id: 'a' }));
    assert.deepEqual([refused?.code, refused?.substatus], [status, substatus]);
    assert.match(refused?.message ?? '', words);
    assert.equal((await things.item('a', key).replace({ ...body, id: 'a' })).statusCode, 200);
  }
});

test('an injected refusal names an activity of its own, or the one of its caller', async t => {
  const server = await testServer(t);
  const things = await server.container(tenantContainer());
  const activityOf = async (container: Container): Promise<string | undefined> => {
    await using _ = await server.faults.refuse({ operation: 'read', status: 412, count: 1 });
    const refused = await refusal(container.item('a', key).read());
    return /ActivityId: ([0-9a-f-]{36})/.exec(refused?.message ?? '')?.[1];
  };
  const seen = [await activityOf(things), await activityOf(things)];
  assert.equal(new Set([...seen, undefined, '00000000-0000-0000-0000-000000000000']).size, 4);
  const own = 'b1a5d3c2-0000-4000-8000-000000000001';
  const altered = server.altered(({ headers }) => ({ headers: { ...headers, 'x-ms-activity-id': own } }));
  assert.equal(await activityOf(altered.database('tests').container('things')), own);
});

test('a fault meets its operation, container and partition only', async t => {
  const server = await testServer(t);
  const things = await server.container(tenantContainer());
  const others = await server.container(tenantContainer({ id: 'others' }));
  const create = (container: Container, scope: string) =>
    container.items.batch(
      [{ operationType: 'Create', resourceBody: { tenant: 't1', scope, id: scope } }],
      ['t1', scope],
    );
  await server.faults.refuse({ operation: 'batch', entity: 'things', match: 's2', status: 503, count: 1 });
  assert.equal((await create(others, 's2')).code, 200);
  assert.equal((await create(things, 's1')).code, 200);
  assert.equal((await things.item('s1', key).read()).statusCode, 200);
  assert.match((await refusal(create(things, 's2')))?.message ?? '', /Service is currently unavailable/);
  assert.equal((await create(things, 's2')).code, 200);
});

test('stale reads show an earlier state whole, until the time is over or a session token is given', async t => {
  const server = await testServer(t);
  const things = await server.container(tenantContainer());
  await things.items.create({ ...body, id: 'old', n: 1 });
  await things.items.create({ ...body, id: 'gone' });
  const stale = await server.faults.readStale({ ms: 100_000, readRegion: true });
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
  assert.ok((await stale.struck()) > 0);
  await things.items.upsert({ ...body, id: 'old', n: 4 });
  assert.equal((await things.item('old', key).read()).resource?.n, 3);
  await stale.end();
  assert.equal((await things.item('old', key).read()).resource?.n, 4);
});

test('in the region that writes only reads below Bounded Staleness are stale', async t => {
  const server = await testServer(t);
  const things = await server.container(tenantContainer());
  const stale = await server.faults.readStale({ ms: 100_000 });
  await things.items.create({ ...body, id: 'new' });
  const { endpoint, key: accountKey } = server;
  const seen = async (consistencyLevel?: ConsistencyLevel) => {
    const asks = consistencyLevel === undefined ? {} : { consistencyLevel };
    const client = new CosmosClient({ endpoint, key: accountKey, ...asks });
    t.after(() => client.dispose());
    return (await client.database('tests').container('things').item('new', key).read()).statusCode;
  };
  assert.deepEqual([await seen(), await seen(ConsistencyLevel.BoundedStaleness)], [200, 200]);
  assert.equal(await stale.struck(), 0);
  assert.deepEqual(
    [
      await seen(ConsistencyLevel.Session),
      await seen(ConsistencyLevel.ConsistentPrefix),
      await seen(ConsistencyLevel.Eventual),
    ],
    [404, 404, 404],
  );
  assert.equal(await stale.struck(), 3);
});

test('a connection that is reset after the effect leaves the commit in place, one before does not', async t => {
  const server = await testServer(t);
  const things = await server.container(tenantContainer());
  const after = await server.faults.reset({ operation: 'create', at: 'after' });
  assert.notEqual(await refusal(things.items.create({ ...body, id: 'a' })), undefined);
  await after.end();
  assert.equal((await things.item('a', key).read()).statusCode, 200);
  const before = await server.faults.reset({ operation: 'create', at: 'before' });
  assert.notEqual(await refusal(things.items.create({ ...body, id: 'b' })), undefined);
  await before.end();
  assert.equal((await things.item('b', key).read()).statusCode, 404);
});

test('a slow request waits without holding up the others, a slow disk holds up the commit', async t => {
  const server = await testServer(t);
  const things = await server.container(tenantContainer());
  await things.items.create({ ...body, id: 'a' });
  const slow = await server.faults.delay({ operation: 'read', match: '/docs/a', ms: [200, 300], count: 1 });
  const order: string[] = [];
  await Promise.all([
    things
      .item('a', key)
      .read()
      .then(() => order.push('slow')),
    things
      .item('b', key)
      .read()
      .then(() => order.push('quick')),
  ]);
  assert.deepEqual([order, await slow.struck()], [['quick', 'slow'], 1]);
  const disk = await server.faults.slowDisk({ ms: 50 });
  const began = performance.now();
  await things.items.create({ ...body, id: 'c' });
  assert.ok(performance.now() - began >= 50);
  assert.equal(await disk.struck(), 1);
});

test('a jump of the clock ends the life of documents, and that of signatures only when asked to', async t => {
  const server = await testServer(t);
  const things = await server.container(tenantContainer({ defaultTtl: -1 }));
  await things.items.create({ ...body, id: 'short', ttl: 86_400 });
  await things.items.create({ ...body, id: 'long', ttl: 3 * 86_400 });
  await server.faults.jumpClock(2 * 86_400_000);
  assert.equal((await things.item('short', key).read()).statusCode, 404);
  assert.equal((await things.item('long', key).read()).statusCode, 200);
  await server.faults.jumpClock(0, { tokens: true });
  assert.equal((await refusal(things.item('long', key).read()))?.code, 403);
  await server.faults.resetClock();
  assert.equal((await things.item('long', key).read()).statusCode, 200);
});

test('a container that does not exist cannot have faults', async t => {
  const server = await testServer(t);
  await server.container(tenantContainer());
  await assert.rejects(
    server.faults.throttle({ entity: 'thnigs' }),
    /400 .*"field":"entity".*nothing called 'thnigs'/,
  );
});
