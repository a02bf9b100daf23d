import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { ServiceBusClient } from '@azure/service-bus';
import { startIdentityServer } from '../identity/server.ts';
import { startServiceBus } from '../service-bus/server.ts';
import { parseTopology } from '../service-bus/topology.ts';
import { type RunningHost, startTestHost } from './test-app.ts';
import { startTestStorage, type TestStorage } from './test-blob.ts';

let storage: TestStorage;
let bus: Awaited<ReturnType<typeof startServiceBus>>;
const folder = mkdtempSync(join(tmpdir(), 'host-instances-'));

before(async () => {
  storage = await startTestStorage();
  const topology = parseTopology({ serviceBus: { queues: [{ name: 'work', lockSeconds: 5 }] } });
  bus = await startServiceBus({ port: 0, directory: join(folder, 'bus'), topology });
});
after(async () => {
  await bus.close();
  await storage.close();
  rmSync(folder, { recursive: true });
});

const source = `import { app } from '@azure/functions';
app.timer('tick', { schedule: '* * * * * *', handler: async () => {} });
app.serviceBusQueue('work', { connection: 'SERVICE_BUS', queueName: 'work', handler: async (message, context) => {
  context.log('begun ' + message);
  if (message.endsWith('held')) await new Promise(() => {});
  await new Promise(resolve => setTimeout(resolve, 20));
} });`;

test('two instances share a queue and a timer, and one goes on with both when the other is killed', async t => {
  const app = {
    source,
    settings: { ...storage.settings, SERVICE_BUS: bus.connectionString },
    hostJson: { extensions: { serviceBus: { maxConcurrentCalls: 2 } } },
    // 15 seconds is the shortest lease that there is.
    options: ['--name', 'instances', '--timer-lease-seconds', '15', '--timer-poll-seconds', '0.5'],
  };
  const first = await startTestHost(t, app);
  await first.logged(/✓ tick/);
  const second = await startTestHost(t, app);
  const client = new ServiceBusClient(bus.connectionString);
  t.after(() => client.close());
  const sender = client.createSender('work');
  const bodies = Array.from({ length: 40 }, (_, index) => `m${index}`);
  await sender.sendMessages(bodies.map(body => ({ body, messageId: body })));
  const done = (host: RunningHost): string[] =>
    [...host.log().matchAll(/✓ work \S+ message (\S+)/g)].map(match => match[1] ?? '');
  await Promise.all([first.logged(/(✓ work[\s\S]*){5}/), second.logged(/(✓ work[\s\S]*){5}/)]);
  // Whoever has it never ends it; only the lock of the message decides when it comes again.
  await sender.sendMessages({ body: 'held', messageId: 'held' });
  await Promise.race([first.logged(/begun held/), second.logged(/begun held/)]);
  assert.doesNotMatch(second.log(), /✓ tick/);
  const [victim, survivor] = first.log().includes('begun held') ? [first, second] : [second, first];
  victim.child.kill('SIGKILL');
  await victim.exited;
  await survivor.logged(/begun held/);
  const all = new Set([...done(victim), ...done(survivor)]);
  assert.deepEqual(
    bodies.filter(body => !all.has(body)),
    [],
  );
  await survivor.logged(/✓ tick/);
});

test('the host’s storage is reached with a managed identity where no connection string is', async t => {
  const identity = await startIdentityServer({ port: 0, dataDir: join(folder, 'identity') });
  t.after(() => identity.close());
  const { AzureWebJobsStorage = '', ...trust } = storage.settings;
  const uri = /BlobEndpoint=([^;]+)/.exec(AzureWebJobsStorage)?.[1] ?? '';
  await startTestHost(t, {
    source: `import { app } from '@azure/functions';
app.timer('nightly', { schedule: '0 0 3 * * *', runOnStartup: true, handler: async () => {} });`,
    settings: {
      ...trust,
      AzureWebJobsStorage__blobServiceUri: uri,
      AzureWebJobsStorage__credential: 'managedidentity',
      IDENTITY_ENDPOINT: `http://localhost:${identity.port}/msi/token`,
      IDENTITY_HEADER: identity.header,
    },
    options: ['--name', 'identified'],
  }).then(host => host.logged(/✓ nightly [0-9a-f]{8} on startup/));
  const container = storage.client.getContainerClient('azure-webjobs-hosts');
  assert.ok(await container.getBlobClient('locks/local-identified/Host.Functions.nightly.Listener').exists());
});
