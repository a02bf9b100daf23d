import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Container, ContainerDefinition, ContainerRequest } from '@azure/cosmos';
import { CosmosClient, PartitionKeyKind } from '@azure/cosmos';
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
  assert.match((await refusal(things.replace(other)))?.message ?? '', /partition key cannot be changed/);
  const unique = { ...resource, id: 'things', uniqueKeyPolicy: { uniqueKeys: [{ paths: ['/a'] }] } };
  assert.match((await refusal(things.replace(unique)))?.message ?? '', /unique key policy/);
  const accessCondition = { type: 'IfMatch', condition: '"old"' };
  assert.equal(
    (await refusal(things.replace({ ...resource, id: 'things' }, { accessCondition })))?.code,
    412,
  );
  assert.equal((await refusal(things.delete({ accessCondition })))?.code, 412);
});

test('definitions that the service refuses are refused', async t => {
  const server = await testServer(t);
  const { database } = await server.container(tenantContainer());
  const cases: [Partial<ContainerRequest>, RegExp][] = [
    [{ defaultTtl: 0 }, /defaultTtl is invalid/],
    [{ throughput: 450 }, /between 400 and 1000000 inclusive in increments of 100/],
    [{ maxThroughput: 1500 }, /between 1000 and 1000000 inclusive in increments of 1000/],
    [
      { indexingPolicy: { includedPaths: [{ path: '/a/?' }], excludedPaths: [] } },
      /special mandatory indexing path/,
    ],
    [{ indexingPolicy: { includedPaths: [{ path: '/*' }, { path: '/a' }] } }, /valid path/],
    [{ indexingPolicy: { compositeIndexes: [[{ path: '/a', order: 'ascending' }]] } }, /2 to 8 paths/],
    [{ uniqueKeyPolicy: { uniqueKeys: [{ paths: [] }] } }, /1 to 16 paths/],
    [
      { partitionKey: { paths: ['/a', '/b', '/c', '/d'], kind: PartitionKeyKind.MultiHash, version: 2 } },
      /at most 3/,
    ],
    [{ partitionKey: { paths: ['/a', '/b'], kind: PartitionKeyKind.MultiHash, version: 1 } }, /version 2/],
    [{ partitionKey: { paths: ['/a', '/a'], kind: PartitionKeyKind.MultiHash, version: 2 } }, /given twice/],
    ...['/a/[]', '/', 'a', '/a//b', '/a/*'].map((path): [Partial<ContainerRequest>, RegExp] => [
      { partitionKey: { paths: [path] } },
      /partition key definition/,
    ]),
    [
      { defaultTtl: -1, indexingPolicy: { indexingMode: 'none', automatic: false } },
      /Indexing mode value cannot be 'none' when 'defaultTtl' is specified/,
    ],
  ];
  for (const [more, pattern] of cases) {
    const refused = await refusal(
      database.containers.create({ id: 'refused', partitionKey: '/pk', ...more }),
    );
    assert.equal(refused?.code, 400, JSON.stringify(more));
    assert.match(refused?.message ?? '', pattern);
  }
});

test('a container that expires keeps its index, also when it is replaced', async t => {
  const server = await testServer(t);
  const none = { indexingMode: 'none', automatic: false } as const;
  const things = await server.container(tenantContainer({ defaultTtl: 60 }));
  const bare = await server.container(tenantContainer({ id: 'bare', indexingPolicy: none }));
  const replaced = async (container: Container, more: Partial<ContainerDefinition>) => {
    const { resource } = await container.read();
    return (await refusal(container.replace({ ...resource, id: container.id, ...more })))?.code;
  };
  assert.equal(await replaced(things, { indexingPolicy: none }), 400);
  assert.equal(await replaced(bare, { defaultTtl: 60 }), 400);
  assert.equal(await replaced(bare, {}), undefined);
});

test('a request names a version of the interface, and a query has a type of its own', async t => {
  const server = await testServer(t);
  await server.container(tenantContainer());
  const speaking = (more: Record<string, string>): Container =>
    server
      .altered(({ headers }) => ({ headers: { ...headers, ...more } }))
      .database('tests')
      .container('things');
  const query = (headers: Record<string, string>) =>
    refusal(
      speaking(headers)
        .items.query('SELECT * FROM c', { partitionKey: ['t', 's'] })
        .fetchAll(),
    );
  assert.equal(await query({ 'x-ms-version': '2018-12-31' }), undefined);
  for (const version of ['1999-01-01', ''])
    assert.match((await query({ 'x-ms-version': version }))?.message ?? '', /Invalid API version/);
  assert.match((await query({ 'Content-Type': 'text/plain' }))?.message ?? '', /content type 'text\/plain'/);
});

test('what is missing is 404, and 1003 when its owner is missing', async t => {
  const { client } = await testServer(t);
  const { database } = await client.databases.create({ id: 'd' });
  const nowhere = client.database('nowhere');
  const seen = async (call: Promise<unknown>): Promise<unknown> => {
    const refused = await refusal(call);
    return [refused?.code, refused?.substatus];
  };
  assert.deepEqual(await seen(nowhere.read()), [404, undefined]);
  assert.deepEqual(await seen(database.container('c').read()), [404, undefined]);
  assert.deepEqual(await seen(nowhere.container('c').read()), [404, 1003]);
  assert.deepEqual(await seen(nowhere.containers.create({ id: 'c', partitionKey: '/pk' })), [404, 1003]);
  assert.deepEqual(
    await seen(database.container('c').items.query('SELECT * FROM c').fetchAll()),
    [404, 1003],
  );
  const missing = await database.container('c').item('a', 'b').read();
  assert.deepEqual([missing.statusCode, missing.substatus], [404, 1003]);
});

test('lists of databases and containers come in pages and can be queried', async t => {
  const { client } = await testServer(t);
  const { database } = await client.databases.create({ id: 'd' });
  for (const id of ['a', 'b', 'c']) await database.containers.create({ id, partitionKey: '/pk' });
  const pages: string[][] = [];
  const iterator = database.containers.readAll({ maxItemCount: 2 });
  while (iterator.hasMoreResults()) pages.push((await iterator.fetchNext()).resources.map(one => one.id));
  assert.deepEqual(pages, [['a', 'b'], ['c']]);
  const named = await database.containers
    .query({ query: "SELECT VALUE c.id FROM c WHERE c.id > 'a'" })
    .fetchAll();
  assert.deepEqual(named.resources, ['b', 'c']);
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

test('throughput is autoscaled, or shared by the containers of a database', async t => {
  const { client } = await testServer(t);
  const { database } = await client.databases.create({ id: 'd', maxThroughput: 4000 });
  const { offer, resource } = await database.readOffer();
  assert.deepEqual(resource?.content?.offerAutopilotSettings, { maxThroughput: 4000 });
  if (resource === undefined || offer === undefined) throw new Error('the database has an offer');
  const content = { offerThroughput: -1, offerAutopilotSettings: { maxThroughput: 8000 } };
  const more = { ...resource, content } as unknown as typeof resource;
  assert.equal((await offer.replace(more)).resource?.content?.offerThroughput, 800);
  const manual = { ...resource, content: { offerThroughput: 500 } } as unknown as typeof resource;
  assert.match((await refusal(offer.replace(manual)))?.message ?? '', /without migrating/);
  const { container } = await database.containers.create({ id: 'shared', partitionKey: '/pk' });
  assert.equal((await container.readOffer()).resource, undefined);
  const own = await database.containers.create({ id: 'own', partitionKey: '/pk', throughput: 500 });
  assert.equal((await own.container.readOffer()).resource?.content?.offerThroughput, 500);
  assert.equal((await client.offers.readAll().fetchAll()).resources.length, 2);
});

test('what is left out says so by name', async t => {
  const server = await testServer(t);
  const things = await server.container(tenantContainer());
  const script = await refusal(things.scripts.storedProcedures.readAll().fetchAll());
  assert.equal(script?.code, 501);
  assert.match(script?.message ?? '', /sprocs/);
  const { database } = things;
  assert.match((await refusal(database.users.readAll().fetchAll()))?.message ?? '', /implement users/);
  assert.match((await refusal(things.conflict('x').read()))?.message ?? '', /implement conflicts/);
  assert.match(
    (await refusal(things.items.query('SELECT udf.f(1) FROM c').fetchAll()))?.message ?? '',
    /user-defined/,
  );
  const vectors = { id: 'v', partitionKey: '/pk', vectorEmbeddingPolicy: { vectorEmbeddings: [] } };
  assert.match((await refusal(database.containers.create(vectors)))?.message ?? '', /vectorEmbeddingPolicy/);
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
