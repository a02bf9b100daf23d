import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';

const MAIN = join(import.meta.dirname, 'main.ts');
const MODULES = join(import.meta.dirname, '..', 'node_modules');

/** The example of the README is what is tested. */
const TOPOLOGY =
  /```json\n([\s\S]*?)```/.exec(readFileSync(join(import.meta.dirname, 'README.md'), 'utf8'))?.[1] ?? '';

/** What a stranger would write: nothing but the public SDKs and the environment. */
const SCRIPT = `
  import { CosmosClient } from '@azure/cosmos';
  import { ServiceBusClient } from '@azure/service-bus';
  import { BlobServiceClient } from '@azure/storage-blob';
  const { COSMOS_ENDPOINT, COSMOS_KEY, COSMOS_DATABASE, SERVICE_BUS } = process.env;
  const cosmos = new CosmosClient({ endpoint: COSMOS_ENDPOINT, key: COSMOS_KEY });
  const orders = cosmos.database(COSMOS_DATABASE).container('orders');
  await orders.items.create({ id: '1', customer: 'ada', year: 2026, number: 1, total: 3 });
  await orders.items.create({ id: '2', customer: 'ada', year: 2027, number: 2, total: 4 });
  const product = await cosmos.database(COSMOS_DATABASE).container('products').items.create({ id: 'p' });
  const { resources } = await orders.items
    .query('SELECT VALUE SUM(c.total) FROM c', { partitionKey: ['ada'] }).fetchAll();
  const bus = new ServiceBusClient(SERVICE_BUS);
  await bus.createSender('parcels').sendMessages({ body: { order: '1' }, messageId: 'm1' });
  const receiver = bus.createReceiver('parcels');
  const [message] = await receiver.receiveMessages(1);
  await receiver.completeMessage(message);
  const subscriber = bus.createReceiver('events', 'mail');
  await bus.createSender('events').sendMessages([
    { body: 'no', applicationProperties: { kind: 'paid' } },
    { body: 'yes', applicationProperties: { kind: 'placed' } },
  ]);
  const [event] = await subscriber.receiveMessages(2);
  const files = BlobServiceClient.fromConnectionString(process.env.AzureWebJobsStorage);
  await files.getContainerClient('pictures').getBlockBlobClient('a').upload('x', 1);
  const containers = [];
  for await (const { name } of files.listContainers()) containers.push(name);
  console.log(JSON.stringify([resources, message.messageId, message.body, product.statusCode, event.body, containers]));
  await bus.close();
  cosmos.dispose();`;

test('three servers with the entities of a foreign topology serve a script that knows nothing of this repository', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'foreign-'));
  writeFileSync(join(folder, 'topology.json'), TOPOLOGY);
  writeFileSync(join(folder, 'script.mjs'), SCRIPT);
  symlinkSync(MODULES, join(folder, 'node_modules'), 'dir');
  const options = ['--json', '--ports', 'free', '--data', 'data', '--topology', 'topology.json'];
  const servers = spawn(process.execPath, [MAIN, 'cosmos', 'service-bus', 'blob', ...options], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const [line] = await once(createInterface({ input: servers.stdout }), 'line');
    const script = spawn(process.execPath, ['script.mjs'], {
      cwd: folder,
      env: { PATH: process.env['PATH'], ...JSON.parse(String(line)) },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    assert.deepEqual(JSON.parse(await text(script.stdout)), [
      [7],
      'm1',
      { order: '1' },
      201,
      'yes',
      ['invoices', 'pictures'],
    ]);
    servers.kill('SIGTERM');
    assert.deepEqual(await once(servers, 'exit'), [0, null]);
  } finally {
    servers.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
});
