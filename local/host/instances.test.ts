import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { ServiceBusClient } from '@azure/service-bus';
import { startTestStorage, type TestStorage } from '../blob/test-storage.ts';
import { OWNER } from '../identity/identities.ts';
import { startIdentityServer } from '../identity/server.ts';
import { startServiceBus } from '../service-bus/server.ts';
import { parseTopology } from '../service-bus/topology.ts';
import { ensureCertificates } from '../tls/certificates.ts';
import { startTestHost } from './test-app.ts';

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

const source = `import { appendFileSync } from 'node:fs';
import { app } from '@azure/functions';
app.timer('tick', { schedule: '* * * * * *', handler: async () => {} });
app.serviceBusQueue('work', { connection: 'SERVICE_BUS', queueName: 'work', handler: async (message, context) => {
  context.log('begun ' + message);
  if (message.endsWith('held')) await new Promise(() => {});
  await new Promise(resolve => setTimeout(resolve, 20));
  appendFileSync(process.env.DONE, message + '\\n');
} });`;

async function idsIn(client: ServiceBusClient): Promise<string[]> {
  // A new receiver peeks from the start.
  const receiver = client.createReceiver('work');
  const messages = await receiver.peekMessages(50);
  await receiver.close();
  return messages.map(({ messageId }) => String(messageId));
}

test('two instances share a queue and a timer, and one goes on with both when the other is killed', async t => {
  const done = join(folder, 'done');
  const app = {
    source,
    settings: { ...storage.settings, SERVICE_BUS: bus.connectionString, DONE: done },
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
  await Promise.all([first.logged(/(✓ work[\s\S]*){5}/), second.logged(/(✓ work[\s\S]*){5}/)]);
  // Whoever has it never ends it; only the lock of the message decides when it comes again.
  await sender.sendMessages({ body: 'held', messageId: 'held' });
  await Promise.race([first.logged(/begun held/), second.logged(/begun held/)]);
  assert.doesNotMatch(second.log(), /✓ tick/);
  const [victim, survivor] = first.log().includes('begun held') ? [first, second] : [second, first];
  victim.child.kill('SIGKILL');
  await victim.exited;
  await survivor.logged(/begun held/);
  while ((await idsIn(client)).some(id => id !== 'held'));
  const ended = new Set(readFileSync(done, 'utf8').split('\n'));
  assert.deepEqual(
    bodies.filter(body => !ended.has(body)),
    [],
  );
  await survivor.logged(/✓ tick/);
});

test('Service Bus is reached with a managed identity, over TCP and over WebSockets', async t => {
  for (const transportType of ['amqpTcp', 'amqpWebSockets']) {
    const identity = await startIdentityServer({ port: 0, dataDir: join(folder, transportType, 'identity') });
    const tls = await ensureCertificates(join(folder, transportType));
    const own = await startServiceBus({
      port: 0,
      directory: join(folder, transportType, 'bus'),
      topology: parseTopology({ serviceBus: { queues: [{ name: 'work' }] } }),
      tls: { cert: readFileSync(tls.cert, 'utf8'), key: readFileSync(tls.key, 'utf8') },
      jwksFile: identity.jwksFile,
    });
    t.after(async () => {
      await own.close();
      await identity.close();
    });
    const client = new ServiceBusClient(own.connectionString);
    await client.createSender('work').sendMessages({ body: 'x', messageId: 'known' });
    await client.close();
    const host = await startTestHost(t, {
      source: `import { app } from '@azure/functions';
app.serviceBusQueue('work', { connection: 'BUS', queueName: 'work', handler: async () => {} });`,
      settings: {
        NODE_EXTRA_CA_CERTS: tls.ca,
        BUS__fullyQualifiedNamespace: `localhost:${/localhost:(\d+)/.exec(own.connectionString)?.[1]}`,
        BUS__credential: 'managedidentity',
        BUS__clientId: OWNER.clientId,
        IDENTITY_ENDPOINT: `http://localhost:${identity.port}/msi/token`,
        IDENTITY_HEADER: identity.header,
      },
      hostJson: { extensions: { serviceBus: { transportType } } },
    });
    await host.logged(/✓ work [0-9a-f]{8} message known delivery 1/);
  }
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
