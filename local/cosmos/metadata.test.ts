import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CosmosClient } from '@azure/cosmos';
import { refusal, tenantContainer, testServer } from './test-server.ts';

test('databases and containers are made once, read, listed, found and dropped', async t => {
  const { client } = await testServer(t);
  const { database } = await client.databases.create({ id: 'd' });
  assert.equal((await refusal(client.databases.create({ id: 'd' })))?.code, 409);
  await database.containers.createIfNotExists({ id: 'c', partitionKey: '/pk' });
  await database.containers.createIfNotExists({ id: 'c', partitionKey: '/pk' });
  const { resources } = await database.containers.readAll().fetchAll();
  assert.deepEqual(
    resources.map(one => one.id),
    ['c'],
  );
  const query = { query: 'SELECT * FROM root r WHERE r.id = @id', parameters: [{ name: '@id', value: 'd' }] };
  assert.equal((await client.databases.query(query).fetchAll()).resources.length, 1);
  await database.container('c').delete();
  const gone = await refusal(database.container('c').items.create({ id: 'a', pk: '1' }));
  assert.deepEqual([gone?.code, gone?.substatus], [404, 1003]);
  await database.delete();
  assert.equal((await refusal(database.read()))?.code, 404);
});

test('a container keeps its key, and its policies can be replaced', async t => {
  const server = await testServer(t);
  const things = await server.container(tenantContainer());
  const { resource } = await things.read();
  assert.equal(resource?.indexingPolicy?.indexingMode, 'consistent');
  const { resource: replaced } = await things.replace({ ...resource, id: 'things', defaultTtl: 60 });
  assert.equal(replaced?.defaultTtl, 60);
  const other = { id: 'things', partitionKey: { paths: ['/other'] } };
  assert.equal((await refusal(things.replace(other)))?.code, 400);
});

test('throughput is read and replaced', async t => {
  const server = await testServer(t);
  const things = await server.container(tenantContainer({ throughput: 800 }));
  const { offer, resource } = await things.readOffer();
  assert.equal(resource?.content?.offerThroughput, 800);
  if (resource === undefined || offer === undefined) throw new Error('the container has an offer');
  await offer.replace({
    ...resource,
    content: { ...resource.content, offerThroughput: 1000 } as NonNullable<typeof resource.content>,
  });
  assert.equal((await things.readOffer()).resource?.content?.offerThroughput, 1000);
});

test('what is left out says so by name', async t => {
  const server = await testServer(t);
  const things = await server.container(tenantContainer());
  const script = await refusal(things.scripts.storedProcedures.readAll().fetchAll());
  assert.equal(script?.code, 501);
  assert.match(script?.message ?? '', /sprocs/);
  assert.equal((await refusal(things.deleteAllItemsForPartitionKey(['t', 's'])))?.code, 501);
  const spatial = await refusal(things.items.query('SELECT ST_DISTANCE(c.a, c.b) FROM c').fetchAll());
  assert.equal(spatial?.code, 501);
});

test('ids with odd characters reach their documents', async t => {
  const server = await testServer(t);
  const things = await server.container(tenantContainer());
  for (const id of [
    'a b',
    'ü%20',
    'گواهی',
    "o'clock",
    'a+b&c=d',
    '"quoted"',
    'semi;colon',
    '__proto__',
    '𝄞',
  ]) {
    await things.items.create({ id, tenant: 'ü"', scope: 'گ' });
    const { resource } = await things.item(id, ['ü"', 'گ']).read();
    assert.equal(resource?.id, id);
  }
});

test('a read may not ask for more consistency than the account has', async t => {
  const server = await testServer(t);
  await server.container(tenantContainer());
  const strong = new CosmosClient({ endpoint: server.endpoint, key: server.key, consistencyLevel: 'Strong' });
  t.after(() => strong.dispose());
  assert.equal(
    (await refusal(strong.database('tests').container('things').item('a', ['t', 's']).read()))?.code,
    400,
  );
});
