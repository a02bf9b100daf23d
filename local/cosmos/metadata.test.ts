import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Container } from '@azure/cosmos';
import { CosmosClient } from '@azure/cosmos';
import { refusal, signedFetch, tenantContainer, testServer } from './test-server.ts';

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
  for (const [text, ids] of [
    ['SELECT TOP 1 VALUE c.id FROM c ORDER BY c.id DESC', ['c']],
    ['SELECT VALUE c.id FROM c ORDER BY c.id OFFSET 1 LIMIT 1', ['b']],
    ['SELECT DISTINCT VALUE c.partitionKey.kind FROM c', ['Hash']],
  ] as const)
    assert.deepEqual((await database.containers.query({ query: text }).fetchAll()).resources, ids, text);
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

test('an offer is known by its own id and resource id alone', async t => {
  const server = await testServer(t);
  const things = await server.container(tenantContainer({ throughput: 800 }));
  const { offer, resource } = await things.readOffer();
  if (resource === undefined || offer === undefined) throw new Error('the container has an offer');
  for (const other of [{ _rid: 'InvalidRid' }, { id: 'abcd' }, { id: undefined, _rid: undefined }]) {
    const replaced = { ...resource, ...other } as typeof resource;
    assert.equal((await refusal(offer.replace(replaced)))?.code, 400, JSON.stringify(other));
  }
  assert.equal((await refusal(server.client.offer(`${offer.id}x`).read()))?.code, 400);
  await things.delete();
  assert.equal((await refusal(offer.read()))?.code, 404);
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

test('ids with odd characters reach their documents', async t => {
  const server = await testServer(t);
  const things = await server.container(tenantContainer());
  for (const id of [
    'a b',
    ' at both ends ',
    'a?b',
    'Allowed,=.:~+-@()^$[]!_{}',
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

test('names of databases and containers may have the letters of any language', async t => {
  const { client } = await testServer(t);
  const { database } = await client.databases.create({ id: 'sample 中文 %20 database' });
  const { container } = await database.containers.create({ id: 'größe 鱀 𝄞', partitionKey: '/pk' });
  await container.items.create({ id: 'a', pk: 'ü' });
  assert.equal((await container.item('a', 'ü').read()).resource?.pk, 'ü');
  const ordered = await container.items.query('SELECT VALUE c.id FROM c ORDER BY c.pk').fetchAll();
  assert.deepEqual(ordered.resources, ['a']);
  const { headers } = await container.read();
  assert.equal(
    headers['x-ms-alt-content-path'],
    'dbs/sample %E4%B8%AD%E6%96%87 %20 database/colls/gr%C3%B6%C3%9Fe %E9%B1%80 %F0%9D%84%9E',
  );
  assert.equal((await refusal(client.databases.create({ id: 'half \ud800' })))?.code, 400);
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
  const patch = async (type: string, link: string): Promise<number> =>
    (await signedFetch(server, type, link, { method: 'PATCH', body: '{}' })).status;
  assert.equal(await patch('dbs', 'dbs/tests'), 405);
  assert.equal(await patch('colls', 'dbs/tests/colls/things'), 405);
});
