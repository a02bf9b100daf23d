import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Container, ContainerDefinition, ContainerRequest } from '@azure/cosmos';
import { PartitionKeyKind } from '@azure/cosmos';
import { refusal, tenantContainer, testServer } from './test-server.ts';

test('definitions that the service refuses are refused', async t => {
  const server = await testServer(t);
  const { database } = await server.container(tenantContainer());
  const cases: [Partial<ContainerRequest>, RegExp][] = [
    [{ defaultTtl: 0 }, /defaultTtl is invalid/],
    [{ defaultTtl: null as unknown as number }, /'null' of the defaultTtl is invalid/],
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
    ...[
      ['/a/[]', 2],
      ['/', 0],
      ['a', 0],
      ['/a//b', 2],
      ['/a/*', 2],
      ['/a/', 2],
      ['/user-id', 5],
      ['/id ds', 3],
    ].map(([path, at]): [Partial<ContainerRequest>, RegExp] => [
      { partitionKey: { paths: [String(path)] } },
      new RegExp(
        `component definition path '${String(path).replace(/[[\]*]/g, '\\$&')}' could not be accepted, failed near position '${at}'\\. .* must contain only valid characters and not contain a trailing slash or wildcard`,
      ),
    ]),
    [
      { indexingPolicy: { includedPaths: [{ path: '/*' }, { path: '/a-b/?' }] } },
      /absence of quotes around labels/,
    ],
    [
      { indexingPolicy: { includedPaths: [{ path: '/*' }, { path: '/a/*/b/?' }] } },
      /failed near position '2'/,
    ],
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

test('items that are left out of the index are 501, and an index that takes them in by request too', async t => {
  const server = await testServer(t);
  const things = await server.container(tenantContainer());
  const body = { tenant: 't1', scope: 's1' };
  const left = await refusal(things.items.create({ id: 'a', ...body }, { indexingDirective: 'exclude' }));
  assert.deepEqual([left?.code, /left out of the index/.test(left?.message ?? '')], [501, true]);
  assert.equal(
    (await things.items.create({ id: 'b', ...body }, { indexingDirective: 'include' })).statusCode,
    201,
  );
  const manual = { indexingMode: 'consistent', automatic: false } as const;
  const refused = await refusal(server.container(tenantContainer({ id: 'manual', indexingPolicy: manual })));
  assert.deepEqual([refused?.code, /not automatic/.test(refused?.message ?? '')], [501, true]);
});

test('names of other letters than plain ones stand in quotes of either kind in the paths of keys and indexes', async t => {
  const server = await testServer(t);
  const things = await server.container({
    id: 'things',
    partitionKey: { paths: ['/"user-id"/größe'] },
    indexingPolicy: { includedPaths: [{ path: '/"a-b"/[]/c/?' }, { path: '/*' }], excludedPaths: [] },
  });
  await things.items.create({ id: 'a', 'user-id': { größe: 1 }, 'a-b': [{ c: 1 }] });
  assert.equal((await things.item('a', 1).read()).resource?.id, 'a');
  const other = await server.container({
    id: 'other',
    partitionKey: { paths: [`/'level" 1*()'/'le/vel2'`] },
    indexingPolicy: { includedPaths: [{ path: "/'a b'/?" }, { path: '/*' }], excludedPaths: [] },
  });
  await other.items.create({ id: 'a', 'level" 1*()': { 'le/vel2': 'b' } });
  assert.equal((await other.item('a', 'b').read()).resource?.id, 'a');
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

test('a policy is completed: the tag is not indexed unless it is named, and a slash is the whole document', async t => {
  const { client } = await testServer(t);
  const { database } = await client.databases.create({ id: 'd' });
  const completed = async (id: string, policy: object): Promise<unknown[]> => {
    // Fields of the policy are left out on purpose, as clients do.
    const { resource } = await database.containers.create({
      id,
      partitionKey: '/pk',
      indexingPolicy: policy,
    });
    const { includedPaths = [], excludedPaths = [] } = resource?.indexingPolicy ?? {};
    return [includedPaths.map(({ path }) => path), excludedPaths.map(({ path }) => path)];
  };
  const tag = '/"_etag"/?';
  assert.deepEqual(await completed('none given', {}), [['/*'], [tag]]);
  assert.deepEqual(await completed('slash', { includedPaths: [{ path: '/' }] }), [['/*'], [tag]]);
  assert.deepEqual(await completed('excluded', { excludedPaths: [{ path: '/"systemMetadata"/*' }] }), [
    ['/*'],
    ['/"systemMetadata"/*', tag],
  ]);
  assert.deepEqual(
    await completed('named', { includedPaths: [{ path: '/*' }, { path: '/_etag/?' }], excludedPaths: [] }),
    [['/*', '/_etag/?'], []],
  );
  assert.deepEqual(await completed('no index', { indexingMode: 'none', automatic: false }), [[], []]);
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
