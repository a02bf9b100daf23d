import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { TestContext } from 'node:test';
import { test } from 'node:test';
import type { Container } from '@azure/cosmos';
import { ChangeFeedStartFrom, CosmosClient } from '@azure/cosmos';
import { serverProgram } from '../supervisor/server-bundles.ts';
import { testFolder } from './test-server.ts';

type Started = { readonly child: ChildProcess; readonly things: Container; readonly key: string };

const topology = {
  cosmos: {
    database: 'd',
    containers: [
      {
        name: 'things',
        partitionKey: ['/tenant', '/scope'],
        defaultTtlSeconds: null,
        indexing: { included: ['/*'], excluded: [], composite: [] },
      },
    ],
  },
};

async function start(t: TestContext, folder: string): Promise<Started> {
  const file = join(folder, 'topology.json');
  writeFileSync(file, JSON.stringify(topology));
  const program = await serverProgram('cosmos');
  const child = spawn(
    process.execPath,
    [program, '--port', '0', '--data', folder, '--topology', file, '--no-tls'],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  t.after(() => child.kill('SIGKILL'));
  if (child.stdout === null) throw new Error('the child has a pipe for its output');
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  const { settings } = JSON.parse(line) as { settings: Record<string, string> };
  const client = new CosmosClient({
    endpoint: settings['COSMOS_ENDPOINT'] ?? '',
    key: settings['COSMOS_KEY'] ?? '',
  });
  t.after(() => client.dispose());
  return {
    child,
    things: client.database(settings['COSMOS_DATABASE'] ?? '').container('things'),
    key: settings['COSMOS_KEY'] ?? '',
  };
}

test('what was acknowledged survives SIGKILL, whole batches or none, under the same key', async t => {
  const folder = testFolder(t);
  const first = await start(t, folder);
  const acknowledged: number[] = [];
  const write = async (n: number): Promise<void> => {
    const half = (side: string) => ({
      operationType: 'Create' as const,
      resourceBody: { id: `${side}${n}`, tenant: 't1', scope: 's1', n },
    });
    const { code } = await first.things.items.batch([half('left'), half('right')], ['t1', 's1']);
    if (code === 200) acknowledged.push(n);
    if (acknowledged.length === 50) first.child.kill('SIGKILL');
  };
  const writers = Array.from({ length: 4 }, async (_, writer) => {
    for (let n = writer; n < 4000; n += 4) await write(n);
  });
  await Promise.allSettled(writers);
  assert.ok(acknowledged.length >= 50);
  const second = await start(t, folder);
  assert.equal(second.key, first.key);
  const { resources } = await second.things.items
    .query<number>('SELECT VALUE c.n FROM c', { partitionKey: ['t1', 's1'], maxItemCount: -1 })
    .fetchAll();
  const counts = new Map<number, number>();
  for (const n of resources) counts.set(n, (counts.get(n) ?? 0) + 1);
  assert.deepEqual(
    acknowledged.filter(n => counts.get(n) !== 2),
    [],
  );
  assert.deepEqual(
    [...counts].filter(([, count]) => count !== 2),
    [],
  );
});

test('continuations of queries and feeds go on after a restart, and the log never goes back', async t => {
  const folder = testFolder(t);
  const first = await start(t, folder);
  for (let n = 0; n < 9; n++) await first.things.items.create({ id: `d${n}`, tenant: 't1', scope: 's1' });
  await first.things.item('d8', ['t1', 's1']).delete();
  const text = 'SELECT VALUE c.id FROM c ORDER BY c.id';
  const options = { partitionKey: ['t1', 's1'], maxItemCount: 5 };
  const page = await first.things.items.query(text, options).fetchNext();
  const feed = first.things.items.getChangeFeedIterator({
    changeFeedStartFrom: ChangeFeedStartFrom.Beginning(['t1', 's1']),
    maxItemCount: 100,
  });
  const changes = await feed.readNext();
  assert.equal(changes.count, 8);
  const end = await feed.readNext();
  first.child.kill('SIGKILL');
  const second = await start(t, folder);
  const rest = await second.things.items
    .query(text, { ...options, continuationToken: page.continuationToken })
    .fetchNext();
  assert.deepEqual([...page.resources, ...rest.resources], ['d0', 'd1', 'd2', 'd3', 'd4', 'd5', 'd6', 'd7']);
  await second.things.items.create({ id: 'after', tenant: 't1', scope: 's1' });
  const next = await second.things.items
    .getChangeFeedIterator<{ id: string }>({
      changeFeedStartFrom: ChangeFeedStartFrom.Continuation(end.continuationToken),
    })
    .readNext();
  assert.deepEqual(
    next.result?.map(change => change.id),
    ['after'],
  );
});

test('transfers between documents, in batches under tags, keep the sum through kills under load', async t => {
  const folder = testFolder(t);
  const key = ['bank', 's1'];
  const accounts = ['a', 'b', 'c', 'd'];
  const body = (id: string, balance: number) => ({ id, tenant: 'bank', scope: 's1', balance });
  let server = await start(t, folder);
  for (const id of accounts) await server.things.items.create(body(id, 100));
  for (let round = 0; round < 3; round++) {
    let moved = 0;
    const transfer = async (from: string, to: string): Promise<void> => {
      const [source, target] = [
        await server.things.item(from, key).read(),
        await server.things.item(to, key).read(),
      ];
      const step = (one: typeof source, by: number) => ({
        operationType: 'Replace' as const,
        id: one.item.id,
        ifMatch: one.etag,
        resourceBody: body(one.item.id, one.resource?.balance + by),
      });
      const { code } = await server.things.items.batch([step(source, -1), step(target, 1)], key);
      if (code === 200) moved += 1;
      if (moved === 15) server.child.kill('SIGKILL');
    };
    const clerk = async (_: unknown, at: number): Promise<void> => {
      for (let n = 0; n < 2000; n++)
        await transfer(accounts[(at + n) % 4] ?? 'a', accounts[(at + n + 1) % 4] ?? 'b');
    };
    await Promise.allSettled(Array.from({ length: 3 }, clerk));
    server = await start(t, folder);
    const { resources } = await server.things.items
      .query('SELECT VALUE SUM(c.balance) FROM c', { partitionKey: key })
      .fetchAll();
    assert.deepEqual(resources, [400]);
  }
});
