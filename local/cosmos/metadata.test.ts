import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
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
  const queries: [string, RegExp][] = [
    ['SELECT ST_DISTANCE(c.a, c.b) FROM c', /ST_DISTANCE/],
    ['SELECT TOP 3 * FROM c ORDER BY RANK FullTextScore(c.text, ["a"])', /full-text search/],
    ['SELECT TOP 3 * FROM c ORDER BY RANK RRF(FullTextScore(c.a, ["a"]), 1)', /full-text search/],
  ];
  for (const [text, pattern] of queries) {
    const refused = await refusal(things.items.query(text).fetchAll());
    assert.deepEqual([refused?.code, pattern.test(refused?.message ?? '')], [501, true], refused?.message);
  }
  await things.items.query('SELECT * FROM rank ORDER BY rank.id DESC').fetchAll();
});

test('an item that is to run triggers is 501, with none it is written', async t => {
  const server = await testServer(t);
  const things = await server.container(tenantContainer());
  const made = (id: string, options: object) =>
    refusal(things.items.create({ id, tenant: 't', scope: 's' }, options));
  for (const options of [{ preTriggerInclude: 'stamp' }, { postTriggerInclude: ['stamp', 'count'] }]) {
    const refused = await made('a', options);
    assert.deepEqual([refused?.code, /triggers/.test(refused?.message ?? '')], [501, true]);
  }
  assert.equal(await made('a', {}), undefined);
});

test('spatial indexes are 501, and the geography that a container was read with can be sent back', async t => {
  const server = await testServer(t);
  const things = await server.container(tenantContainer());
  const { resource } = await things.read();
  assert.equal(resource?.geospatialConfig?.type, 'Geography');
  await things.replace({ ...resource, id: 'things' });
  const spatial = [{ path: '/place/*', types: ['Point'] }];
  const refused: [object, number][] = [
    [{ indexingPolicy: { spatialIndexes: spatial } }, 501],
    [
      {
        indexingPolicy: {
          includedPaths: [{ path: '/*', indexes: [{ kind: 'Spatial', dataType: 'Point' }] }],
        },
      },
      501,
    ],
    [{ geospatialConfig: { type: 'Geometry' } }, 501],
    [{ geospatialConfig: { type: 'Sphere' } }, 400],
  ];
  for (const [more, code] of refused) {
    const made = things.database.containers.create({ id: 'spatial', partitionKey: '/pk', ...more });
    assert.equal((await refusal(made))?.code, code, JSON.stringify(more));
    assert.equal((await refusal(things.replace({ ...resource, id: 'things', ...more })))?.code, code);
  }
  await things.replace({
    ...resource,
    id: 'things',
    indexingPolicy: { ...resource?.indexingPolicy, spatialIndexes: [] },
  });
});

test('how conflicts are resolved is said once, when the container is made', async t => {
  const server = await testServer(t);
  const conflictResolutionPolicy = { mode: 'LastWriterWins', conflictResolutionPath: '/stamp' } as const;
  const things = await server.container(tenantContainer({ conflictResolutionPolicy }));
  const { resource } = await things.read();
  assert.equal(resource?.conflictResolutionPolicy?.conflictResolutionPath, '/stamp');
  const replaced = (more: object) => refusal(things.replace({ ...resource, id: 'things', ...more }));
  assert.equal(await replaced({ defaultTtl: 60 }), undefined);
  assert.equal(await replaced({ conflictResolutionPolicy }), undefined);
  assert.equal(await replaced({ conflictResolutionPolicy: undefined }), undefined);
  assert.equal((await things.read()).resource?.conflictResolutionPolicy?.conflictResolutionPath, '/stamp');
  for (const other of [
    { mode: 'LastWriterWins', conflictResolutionPath: '/other' },
    { mode: 'LastWriterWins' },
    { mode: 'Custom', conflictResolutionProcedure: 'dbs/d/colls/c/sprocs/s' },
  ]) {
    const refused = await replaced({ conflictResolutionPolicy: other });
    assert.deepEqual([refused?.code, /conflict resolution policy/.test(refused?.message ?? '')], [400, true]);
  }
  const made = things.database.containers.create({
    id: 'odd',
    partitionKey: '/pk',
    conflictResolutionPolicy: { mode: 'FirstWriterWins' as 'Custom' },
  });
  assert.equal((await refusal(made))?.code, 400);
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

test('a consistency level that there is not is refused, whatever the request is', async t => {
  const server = await testServer(t);
  await server.container(tenantContainer());
  const asking = (level: string): Container =>
    server
      .altered(({ headers }) => ({ headers: { ...headers, 'x-ms-consistency-level': level } }))
      .database('tests')
      .container('things');
  const calls: ((things: Container) => Promise<unknown>)[] = [
    things => things.items.create({ id: 'a', tenant: 't', scope: 's' }),
    things => things.item('a', ['t', 's']).read(),
    things => things.items.query('SELECT * FROM c').fetchAll(),
    things => things.read(),
  ];
  for (const call of calls) {
    const refused = await refusal(call(asking('Foo')));
    assert.deepEqual(
      [refused?.code, /'Foo'.*x-ms-consistency-level/.test(refused?.message ?? '')],
      [400, true],
    );
    assert.equal(await refusal(call(asking('Eventual'))), undefined);
  }
});

test('a database and a container cannot be patched: 405', async t => {
  const server = await testServer(t);
  await server.container({ id: 'things', partitionKey: { paths: ['/pk'] } });
  const patch = async (type: string, link: string): Promise<number> => {
    const date = new Date().toUTCString().toLowerCase();
    const payload = `patch\n${type}\n${link}\n${date}\n\n`;
    const signature = createHmac('sha256', Buffer.from(server.key, 'base64'))
      .update(payload)
      .digest('base64');
    const authorization = encodeURIComponent(`type=master&ver=1.0&sig=${signature}`);
    const headers = { authorization, 'x-ms-date': date, 'x-ms-version': '2020-07-15' };
    return (await fetch(`${server.endpoint}/${link}`, { method: 'PATCH', headers, body: '{}' })).status;
  };
  assert.equal(await patch('dbs', 'dbs/tests'), 405);
  assert.equal(await patch('colls', 'dbs/tests/colls/things'), 405);
});
