import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { test } from 'node:test';
import type { Container, PatchOperation } from '@azure/cosmos';
import { refusal, tenantContainer, testServer } from './test-server.ts';

const key = ['t1', 's1'];

async function withDocument(t: TestContext, document: object): Promise<Container> {
  const server = await testServer(t);
  const things = await server.container(tenantContainer());
  await things.items.create({ id: 'a', tenant: 't1', scope: 's1', ...document });
  return things;
}

async function patched(things: Container, operations: PatchOperation[]): Promise<Record<string, unknown>> {
  const { resource } = await things.item('a', key).patch(operations);
  return resource as Record<string, unknown>;
}

async function problem(things: Container, operation: object): Promise<string> {
  const refused = await refusal(things.item('a', key).patch([operation as PatchOperation]));
  assert.equal(refused?.code, 400, JSON.stringify(operation));
  return refused?.message ?? '';
}

test('add puts members, inserts before an index and appends with a hyphen', async t => {
  const things = await withDocument(t, { list: [1, 2] });
  const result = await patched(things, [
    { op: 'add', path: '/list/0', value: 0 },
    { op: 'add', path: '/list/-', value: 3 },
    { op: 'add', path: '/list/4', value: 4 },
    { op: 'add', path: '/made', value: { deep: [] } },
    { op: 'add', path: '/made/deep/-', value: null },
  ]);
  assert.deepEqual([result['list'], result['made']], [[0, 1, 2, 3, 4], { deep: [null] }]);
  assert.match(
    await problem(things, { op: 'add', path: '/list/9', value: 1 }),
    /For Operation\(1\).*out of range/,
  );
});

test('an index is digits, and a member called __proto__ is one like others', async t => {
  const things = await withDocument(t, { list: [1, 2] });
  for (const index of ['', '01', '1e0', '+1', '-1', '0x1', '1.0'])
    assert.match(await problem(things, { op: 'add', path: `/list/${index}`, value: 3 }), /out of range/);
  assert.match(await problem(things, { op: 'remove', path: '/list/01' }), /Remove Operation/);
  assert.match(await problem(things, { op: 'set', path: '/__proto__/x', value: 1 }), /no path found/);
  assert.match(await problem(things, { op: 'set', path: '/constructor/x', value: 1 }), /no path found/);
  const { resource } = await things
    .item('a', key)
    .patch([{ op: 'set', path: '/__proto__', value: { x: 1 } }]);
  assert.deepEqual(Object.getOwnPropertyDescriptor(resource ?? {}, '__proto__')?.value, { x: 1 });
  assert.equal('x' in {}, false);
});

test('set and replace overwrite elements, and replace and remove want a path that is there', async t => {
  const things = await withDocument(t, { list: [1, 2], a: 1 });
  const result = await patched(things, [
    { op: 'set', path: '/list/1', value: 'two' },
    { op: 'replace', path: '/a', value: { b: 1 } },
    { op: 'set', path: '/new', value: true },
    { op: 'remove', path: '/list/0' },
  ]);
  assert.deepEqual([result['list'], result['a'], result['new']], [['two'], { b: 1 }, true]);
  assert.match(await problem(things, { op: 'replace', path: '/none', value: 1 }), /Replace Operation/);
  assert.match(await problem(things, { op: 'remove', path: '/none' }), /Remove Operation/);
});

test('incr adds to a number, makes a missing one and refuses the rest', async t => {
  const things = await withDocument(t, { n: 1, text: 'x' });
  const result = await patched(things, [
    { op: 'incr', path: '/n', value: -2.5 },
    { op: 'incr', path: '/made', value: 7 },
  ]);
  assert.deepEqual([result['n'], result['made']], [-1.5, 7]);
  assert.match(await problem(things, { op: 'incr', path: '/text', value: 1 }), /only operates on numbers/);
  assert.match(await problem(things, { op: 'incr', path: '/n', value: '1' }), /only operates on numbers/);
});

test('move takes a value to another path, but not into itself', async t => {
  const things = await withDocument(t, { from: { x: 1 }, list: [1, 2] });
  const result = await patched(things, [
    { op: 'move', from: '/from/x', path: '/to' },
    { op: 'move', from: '/list/0', path: '/list/1' },
  ] as unknown as PatchOperation[]);
  assert.deepEqual([result['from'], result['to'], result['list']], [{}, 1, [2, 1]]);
  assert.match(
    await problem(things, { op: 'move', from: '/from', path: '/from/in' }),
    /child of the from path/,
  );
  assert.match(await problem(things, { op: 'move', from: '/none', path: '/x' }), /Move Operation/);
});

test('a path is not made recursively, and the error tells where it ends', async t => {
  const things = await withDocument(t, {});
  assert.match(
    await problem(things, { op: 'add', path: '/parent/child', value: 1 }),
    /For Operation\(1\): Add Operation can only create a child object of an existing node\(array or object\) and cannot create path recursively, no path found beyond: 'parent'/,
  );
});

test('the id, the key and what the service sets cannot be patched, and an operation must be known', async t => {
  const things = await withDocument(t, {});
  for (const path of ['/id', '/tenant', '/scope', '/_ts', '/_etag', '/_rid'])
    assert.match(await problem(things, { op: 'set', path, value: 'x' }), /cannot be patched/);
  assert.match(await problem(things, { op: 'frob', path: '/a', value: 1 }), /'frob' is not supported/);
  const many = Array.from(
    { length: 11 },
    (_, at): PatchOperation => ({ op: 'set', path: `/f${at}`, value: at }),
  );
  assert.match((await refusal(things.item('a', key).patch(many)))?.message ?? '', /can't exceed '10'/);
});

test('a patch is all or nothing, and a condition that does not hold is 412', async t => {
  const things = await withDocument(t, { state: 'open', n: 1 });
  const halfway: PatchOperation[] = [
    { op: 'incr', path: '/n', value: 1 },
    { op: 'remove', path: '/none' },
  ];
  assert.match((await refusal(things.item('a', key).patch(halfway)))?.message ?? '', /For Operation\(2\)/);
  assert.equal((await things.item('a', key).read()).resource?.n, 1);
  const operations: PatchOperation[] = [{ op: 'set', path: '/state', value: 'closed' }];
  const under = (condition: string) => things.item('a', key).patch({ operations, condition });
  assert.equal((await refusal(under("from c where c.state = 'closed'")))?.code, 412);
  assert.equal((await under("from c where c.state = 'open' and c.n = 1")).resource?.state, 'closed');
  for (const wrong of [
    "from c where c.state = 'closed' order by c.n",
    'from c',
    "where c.state = 'closed'",
    'from c join l in c.list where l = 1',
    'from c where true offset 0 limit 1',
  ])
    assert.equal((await refusal(under(wrong)))?.code, 400, wrong);
  assert.match((await refusal(under('from c where d.n')))?.message ?? '', /'d' could not be resolved/);
});
