import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { ServiceBusClient, type ServiceBusMessage } from '@azure/service-bus';
import { startServiceBus } from '../service-bus/server.ts';
import { parseTopology } from '../service-bus/topology.ts';
import { type RunningHost, startTestHost, type TestApp } from './test-app.ts';

const topology = parseTopology({
  serviceBus: {
    queues: [
      { name: 'work', maxDeliveryCount: 3 },
      { name: 'done' },
      { name: 'in', forwardTo: 'done' },
      { name: 'sessions', requiresSession: true },
    ],
    topics: [{ name: 'events', subscriptions: [{ name: 'all' }] }],
  },
});

type Bus = {
  readonly settings: Record<string, string>;
  send(entity: string, messages: ServiceBusMessage[]): Promise<void>;
  /** How many messages wait in a queue, dead letters included on request. */
  waiting(queue: string, deadLetters?: boolean): Promise<number>;
};

async function startBus(t: TestContext): Promise<Bus> {
  const directory = mkdtempSync(join(tmpdir(), 'host-bus-'));
  const server = await startServiceBus({ port: 0, directory, topology });
  const client = new ServiceBusClient(server.connectionString);
  t.after(async () => {
    await client.close();
    await server.close();
    rmSync(directory, { recursive: true });
  });
  return {
    settings: { SERVICE_BUS: server.connectionString },
    send: async (entity, messages) => {
      const sender = client.createSender(entity);
      await sender.sendMessages(messages);
      await sender.close();
    },
    waiting: async (queue, deadLetters = false) => {
      const receiver = client.createReceiver(queue, deadLetters ? { subQueueType: 'deadLetter' } : {});
      const messages = await receiver.peekMessages(100);
      await receiver.close();
      return messages.length;
    },
  };
}

function startApp(
  t: TestContext,
  bus: Bus,
  body: string,
  app: Omit<TestApp, 'source'> = {},
): Promise<RunningHost> {
  const source = `import { app } from '@azure/functions';\n${body}`;
  return startTestHost(t, { source, ...app, settings: { ...bus.settings, ...app.settings } });
}

test('a message reaches its function with its metadata and is completed', async t => {
  const bus = await startBus(t);
  const host = await startApp(
    t,
    bus,
    `app.serviceBusQueue('work', { connection: 'SERVICE_BUS', queueName: '%WORK_QUEUE%', handler: async (message, context) => {
      const { deliveryCount, messageId, subject, correlationId, sequenceNumber, enqueuedTimeUtc, lockToken, applicationProperties } = context.triggerMetadata;
      context.log('got ' + JSON.stringify({ message, deliveryCount, messageId, subject, correlationId, applicationProperties, trace: context.traceContext.traceParent }));
      context.log('kinds ' + [typeof sequenceNumber, !Number.isNaN(Date.parse(enqueuedTimeUtc)), typeof lockToken].join());
    } });`,
    { settings: { WORK_QUEUE: 'work' } },
  );
  await bus.send('work', [
    {
      body: { order: 7 },
      messageId: 'm-1',
      subject: 'orders',
      correlationId: 'c',
      applicationProperties: {
        tenant: 'acme',
        'Diagnostic-Id': '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
      },
    },
  ]);
  await host.logged(/✓ work [0-9a-f]{8} message m-1 delivery 1/);
  assert.match(
    host.log(),
    /got \{"message":\{"order":7\},"deliveryCount":1,"messageId":"m-1","subject":"orders","correlationId":"c"/,
  );
  assert.match(host.log(), /"tenant":"acme"/);
  assert.match(host.log(), /"trace":"00-0af7651916cd43dd8448eb211c80319c-[0-9a-f]{16}-01"/);
  assert.match(host.log(), /kinds number,true,string/);
  host.child.kill('SIGTERM');
  assert.equal(await host.exited, 0);
  assert.equal(await bus.waiting('work'), 0);
});

test('a message that never expires does so in the year 9999, and dates in its properties are texts', async t => {
  const bus = await startBus(t);
  const host = await startApp(
    t,
    bus,
    `app.serviceBusQueue('work', { connection: 'SERVICE_BUS', queueName: 'work', handler: async (_, context) => {
      const { expiresAtUtc, expiresAt, applicationProperties } = context.triggerMetadata;
      context.log('got ' + JSON.stringify([expiresAtUtc, expiresAt, applicationProperties])); } });`,
  );
  const applicationProperties = {
    whole: new Date('2026-11-25T10:00:00Z'),
    part: new Date('2026-11-25T10:00:00.250Z'),
  };
  await bus.send('work', [{ body: 'x', applicationProperties }]);
  await host.logged(/got \[/);
  const [, expiry = ''] = /got (\[.*\])/.exec(host.log()) ?? [];
  assert.deepEqual(JSON.parse(expiry), [
    '9999-12-31T23:59:59.9999999',
    '9999-12-31T23:59:59.9999999+00:00',
    { whole: '2026-11-25T10:00:00Z', part: '2026-11-25T10:00:00.25Z' },
  ]);
});

test('what a body says of itself stands over the metadata of its message', async t => {
  const bus = await startBus(t);
  const host = await startApp(
    t,
    bus,
    `app.serviceBusQueue('work', { connection: 'SERVICE_BUS', queueName: 'work', handler: async (message, context) => {
      const { messageId, subject, kind } = context.triggerMetadata;
      context.log('got ' + [messageId, subject, kind, message.lines]); } });`,
  );
  const body = { messageId: 'forged', kind: 'order', lines: [1, 2] };
  await bus.send('work', [{ body, messageId: 'm-1', subject: 'orders' }]);
  await host.logged(/got forged,orders,order,1,2/);
});

test('a function that throws gets its message again at once, until the message is a dead letter', async t => {
  const bus = await startBus(t);
  const host = await startApp(
    t,
    bus,
    `app.serviceBusQueue('work', { connection: 'SERVICE_BUS', queueName: 'work', handler: async () => { throw new Error('no'); } });`,
  );
  await bus.send('work', [{ body: 'x', messageId: 'm-2' }]);
  await host.logged(/✗ work [0-9a-f]{8} message m-2 delivery 3/);
  host.child.kill('SIGTERM');
  assert.equal(await host.exited, 0);
  assert.equal(await bus.waiting('work', true), 1);
  assert.equal(host.log().match(/✗ work/g)?.length, 3);
});

test('text that is not JSON stays text, and bytes stay bytes when the binding asks for them', async t => {
  const bus = await startBus(t);
  const host = await startApp(
    t,
    bus,
    `app.serviceBusQueue('work', { connection: 'SERVICE_BUS', queueName: 'work', handler: async (m, context) => context.log('text ' + JSON.stringify(m)) });
     app.serviceBusTopic('events', { connection: 'SERVICE_BUS', topicName: 'events', subscriptionName: 'all',
       trigger: { type: 'serviceBusTrigger', name: 'message', connection: 'SERVICE_BUS', topicName: 'events', subscriptionName: 'all', dataType: 'binary' },
       handler: async (m, context) => context.log('bytes ' + Buffer.isBuffer(m) + [...m].join()) });`,
  );
  await bus.send('work', [{ body: Buffer.from('plain words') }]);
  await bus.send('events', [{ body: Buffer.from([1, 0, 255]) }]);
  await host.logged(/text "plain words"/);
  await host.logged(/bytes true1,0,255/);
});

test('no more than maxConcurrentCalls run at once, and that many do', async t => {
  const bus = await startBus(t);
  const host = await startApp(
    t,
    bus,
    `let now = 0, most = 0, count = 0; const full = Promise.withResolvers();
     app.serviceBusQueue('work', { connection: 'SERVICE_BUS', queueName: 'work', handler: async (m, context) => {
       now += 1; most = Math.max(most, now);
       if (now === 4) full.resolve();
       await full.promise;
       await new Promise(resolve => setTimeout(resolve, 30));
       now -= 1; count += 1;
       if (count === 20) context.log('most ' + most);
     } });`,
    { hostJson: { extensions: { serviceBus: { maxConcurrentCalls: 4, prefetchCount: 3 } } } },
  );
  await bus.send(
    'work',
    Array.from({ length: 20 }, (_, index) => ({ body: index })),
  );
  await host.logged(/most \d+/);
  assert.match(host.log(), /most 4\b/);
});

test('a session has one message at a time in order, and sessions run side by side up to the limit', async t => {
  const bus = await startBus(t);
  const host = await startApp(
    t,
    bus,
    `const seen = {}, full = Promise.withResolvers(); let now = 0, most = 0, count = 0;
     app.serviceBusQueue('sessions', { connection: 'SERVICE_BUS', queueName: 'sessions', isSessionsEnabled: true, handler: async (m, context) => {
       now += 1; most = Math.max(most, now);
       if (now === 2) full.resolve();
       await full.promise;
       await new Promise(resolve => setTimeout(resolve, 30));
       (seen[context.triggerMetadata.sessionId] ??= []).push(m);
       now -= 1; count += 1;
       if (count === 9) context.log('most ' + most + ' ' + JSON.stringify(seen));
     } });`,
    {
      hostJson: {
        extensions: { serviceBus: { maxConcurrentSessions: 2, sessionIdleTimeout: '00:00:00.2' } },
      },
    },
  );
  const messages = [0, 1, 2].flatMap(body => ['a', 'b', 'c'].map(sessionId => ({ body, sessionId })));
  await bus.send('sessions', messages);
  await host.logged(/most \d+/);
  const found = /most (\d) (\{.*\})/.exec(host.log());
  assert.equal(found?.[1], '2');
  assert.deepEqual(JSON.parse(found?.[2] ?? '{}'), { a: [0, 1, 2], b: [0, 1, 2], c: [0, 1, 2] });
  host.child.kill('SIGTERM');
  assert.equal(await host.exited, 0);
});

test('maxConcurrentCallsPerSession lets calls of one session run side by side', async t => {
  const bus = await startBus(t);
  const host = await startApp(
    t,
    bus,
    `let now = 0; const full = Promise.withResolvers();
     app.serviceBusQueue('sessions', { connection: 'SERVICE_BUS', queueName: 'sessions', isSessionsEnabled: true, handler: async (m, context) => {
       now += 1; if (now === 3) full.resolve();
       await full.promise;
       context.log('through ' + m);
     } });`,
    {
      hostJson: { extensions: { serviceBus: { maxConcurrentCallsPerSession: 3, maxConcurrentSessions: 1 } } },
    },
  );
  await bus.send(
    'sessions',
    [0, 1, 2].map(body => ({ body, sessionId: 'one' })),
  );
  await host.logged(/(through \d[\s\S]*){3}/);
  host.child.kill('SIGTERM');
  assert.equal(await host.exited, 0);
  assert.equal(await bus.waiting('sessions'), 0);
});

test('a message of a session that fails comes again at once, within its session', async t => {
  const bus = await startBus(t);
  const host = await startApp(
    t,
    bus,
    `app.serviceBusQueue('sessions', { connection: 'SERVICE_BUS', queueName: 'sessions', isSessionsEnabled: true, handler: async (m, context) => {
       if (m === 'first' && context.triggerMetadata.deliveryCount < 3) throw new Error('again'); } });`,
  );
  await bus.send(
    'sessions',
    ['first', 'second'].map(body => ({ body, messageId: body, sessionId: 'one' })),
  );
  await host.logged(/✓ sessions [0-9a-f]{8} message second delivery 1/);
  assert.match(host.log(), /✗[^✗]*delivery 1[^✗]*✗[^✗]*delivery 2[^✗]*✓[^✗]*first delivery 3[^✗]*second/s);
});

test('cardinality many brings many messages in one call, with their metadata as arrays, and completes them', async t => {
  const bus = await startBus(t);
  await bus.send(
    'work',
    Array.from({ length: 5 }, (_, index) => ({
      body: { index },
      messageId: `m-${index}`,
      applicationProperties: { at: index },
      ...(index === 2 ? { subject: 'two' } : {}),
    })),
  );
  const host = await startApp(
    t,
    bus,
    `const seen = [];
     app.serviceBusQueue('work', { connection: 'SERVICE_BUS', queueName: 'work', cardinality: 'many', handler: async (messages, context) => {
       const { messageIdArray, deliveryCountArray, subjectArray, applicationPropertiesArray, sequenceNumberArray } = context.triggerMetadata;
       seen.push(...messages);
       context.log(JSON.stringify({ sizes: messages.length, messageIdArray, deliveryCountArray, subjectArray, at: applicationPropertiesArray.map(p => p.at), kinds: typeof sequenceNumberArray[0] }));
       if (seen.length === 5) context.log('all ' + JSON.stringify(seen)); } });`,
    { hostJson: { extensions: { serviceBus: { maxMessageBatchSize: 3 } } } },
  );
  await host.logged(/all \[\{"index":0\},.*\{"index":4\}\]/);
  const sizes = [...host.log().matchAll(/"sizes":(\d)/g)].map(match => Number(match[1]));
  assert.ok(sizes.every(size => size <= 3) && sizes.length < 5, String(sizes));
  assert.match(host.log(), /"messageIdArray":\["m-0"/);
  // Like the real host, which leaves out what is empty, so that places shift.
  assert.match(host.log(), /"subjectArray":\["two"\]/);
  assert.match(host.log(), /"kinds":"number"/);
  host.child.kill('SIGTERM');
  assert.equal(await host.exited, 0);
  assert.equal(await bus.waiting('work'), 0);
});

test('a batch that fails is abandoned as a whole', async t => {
  const bus = await startBus(t);
  await bus.send('work', [{ body: 'a' }, { body: 'b' }]);
  const host = await startApp(
    t,
    bus,
    `app.serviceBusQueue('work', { connection: 'SERVICE_BUS', queueName: 'work', cardinality: 'many', handler: async (messages, context) => {
       context.log('counts ' + context.triggerMetadata.deliveryCountArray);
       if (context.triggerMetadata.deliveryCountArray[0] < 3) throw new Error('no'); } });`,
  );
  await host.logged(/✓ work [0-9a-f]{8} batch of/);
  assert.match(host.log(), /counts 1,1[\s\S]*✗ work[\s\S]*counts 2,2[\s\S]*✗ work[\s\S]*counts 3,3/);
});

test('minMessageBatchSize waits for more messages, but not longer than maxBatchWaitTime', async t => {
  const body = `app.serviceBusQueue('work', { connection: 'SERVICE_BUS', queueName: 'work', cardinality: 'many', handler: async (messages, context) => {
    context.log('batch ' + messages.join()); } });`;
  const hostJson = (maxBatchWaitTime: string) => ({
    extensions: { serviceBus: { minMessageBatchSize: 3, maxBatchWaitTime } },
  });
  const patient = await startBus(t);
  const waiting = await startApp(t, patient, body, { hostJson: hostJson('00:02:00') });
  for (const message of ['a', 'b', 'c']) {
    await patient.send('work', [{ body: message }]);
    // Longer than the SDK gathers messages for one receive.
    if (message !== 'c') await new Promise(resolve => setTimeout(resolve, 1500));
  }
  await waiting.logged(/batch a,b,c/);
  const hasty = await startBus(t);
  const partial = await startApp(t, hasty, body, { hostJson: hostJson('00:00:00.1') });
  await hasty.send('work', [{ body: 'alone' }]);
  await partial.logged(/batch alone/);
});

test('a batch of sessions is of one session', async t => {
  const bus = await startBus(t);
  await bus.send(
    'sessions',
    ['a', 'b', 'a', 'b'].map((sessionId, body) => ({ body, sessionId })),
  );
  const host = await startApp(
    t,
    bus,
    `app.serviceBusQueue('sessions', { connection: 'SERVICE_BUS', queueName: 'sessions', isSessionsEnabled: true, cardinality: 'many', handler: async (messages, context) => {
       context.log('batch ' + messages.join() + ' of ' + context.triggerMetadata.sessionIdArray.join()); } });`,
    { hostJson: { extensions: { serviceBus: { sessionIdleTimeout: '00:00:00.5' } } } },
  );
  await host.logged(/batch 0,2 of a,a/);
  await host.logged(/batch 1,3 of b,b/);
});

test('a host that stops finishes and completes the message in its hands, and takes no other', async t => {
  const bus = await startBus(t);
  const host = await startApp(
    t,
    bus,
    `app.serviceBusQueue('work', { connection: 'SERVICE_BUS', queueName: 'work', handler: async (m, context) => {
       context.log('begun ' + m); await new Promise(resolve => process.once('SIGTERM', () => setTimeout(resolve, 100))); context.log('ended ' + m); } });`,
    { hostJson: { extensions: { serviceBus: { maxConcurrentCalls: 1 } } } },
  );
  await bus.send('work', [{ body: 'first' }, { body: 'second' }]);
  await host.logged(/begun first/);
  host.child.kill('SIGTERM');
  assert.equal(await host.exited, 0);
  assert.match(host.log(), /ended first/);
  assert.doesNotMatch(host.log(), /begun second/);
  assert.equal(await bus.waiting('work'), 1);
});

test('a function that runs longer than functionTimeout ends the process', async t => {
  const bus = await startBus(t);
  const host = await startApp(
    t,
    bus,
    `app.serviceBusQueue('work', { connection: 'SERVICE_BUS', queueName: 'work', handler: () => new Promise(() => setTimeout(() => {}, 60_000)) });`,
    { hostJson: { functionTimeout: '00:00:01' } },
  );
  await bus.send('work', [{ body: 'x' }]);
  assert.equal(await host.exited, 1);
  assert.match(host.log(), /work ran longer than functionTimeout/);
});

test('a trigger that cannot receive says so at start, with the name of the entity', async t => {
  const bus = await startBus(t);
  const host = await startApp(
    t,
    bus,
    `const handler = async () => {};
app.serviceBusQueue('forwarded', { connection: 'SERVICE_BUS', queueName: 'in', handler });
app.serviceBusQueue('batched', { connection: 'SERVICE_BUS', queueName: 'in', cardinality: 'many', handler });
app.serviceBusTopic('missing', { connection: 'SERVICE_BUS', topicName: 'events', subscriptionName: 'none', handler });
app.serviceBusQueue('mistaken', { connection: 'SERVICE_BUS', queueName: 'work', isSessionsEnabled: true, handler });`,
  );
  await host.logged(/forwarded: Service Bus receive on in: .*an entity with auto-forwarding enabled/);
  await host.logged(/batched: Service Bus receive on in: .*an entity with auto-forwarding enabled/);
  await host.logged(/missing: Service Bus receive on events\/none: .* could not be found/);
  await host.logged(/mistaken: Service Bus accept session on work: .*does not require sessions/);
});
