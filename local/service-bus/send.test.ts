import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startTestBus } from './test-bus.ts';

const topology = {
  queues: [
    { name: 'work' },
    { name: 'once', duplicateDetectionSeconds: 600 },
    { name: 'ordered', requiresSession: true },
    { name: 'short', defaultTtlSeconds: 3600 },
  ],
};

test('a message keeps its body, its properties and their types', async t => {
  const bus = await startTestBus(t, topology);
  const client = bus.client();
  const sent = {
    body: { text: 'höher', numbers: [1, 2.5] },
    messageId: 'id-1',
    correlationId: 'corr',
    subject: 'subject',
    to: 'to',
    replyTo: 'reply',
    replyToSessionId: 'reply-session',
    sessionId: 'group',
    contentType: 'application/json',
    partitionKey: 'group',
    applicationProperties: {
      text: 'a',
      whole: 7,
      negative: -3,
      real: 1.5,
      flag: true,
      when: new Date(1_700_000_000_000),
    },
  };
  await client.createSender('work').sendMessages(sent);
  const [message] = await client.createReceiver('work').receiveMessages(1);
  assert.ok(message);
  const { applicationProperties, ...rest } = sent;
  for (const [name, value] of Object.entries(rest)) assert.deepEqual(Reflect.get(message, name), value, name);
  assert.deepEqual(message.applicationProperties, { ...applicationProperties, when: 1_700_000_000_000 });
  assert.equal(message.deliveryCount, 0);
  assert.equal(message.sequenceNumber?.toString(), '1');
  assert.ok(Math.abs(Date.now() - (message.enqueuedTimeUtc?.getTime() ?? 0)) < 60_000);
});

test('value, sequence and binary bodies arrive as they were sent', async t => {
  const bus = await startTestBus(t, topology);
  const client = bus.client();
  const sender = client.createSender('work');
  await sender.sendMessages({ body: 'plain', bodyType: 'value' });
  await sender.sendMessages({ body: [1, 'two'], bodyType: 'sequence' });
  await sender.sendMessages({ body: Buffer.from([0, 1, 255]) });
  const receiver = client.createReceiver('work', { skipParsingBodyAsJson: true });
  const messages = await receiver.receiveMessages(3, { maxWaitTimeInMs: 20_000 });
  assert.deepEqual(
    messages.map(message => message.body),
    ['plain', [1, 'two'], Buffer.from([0, 1, 255])],
  );
});

test('what an annotated AMQP message says in header, annotations and footer reaches the receiver', async t => {
  const bus = await startTestBus(t, topology);
  const client = bus.client();
  const creationTime = Date.now() + 60_000;
  const sent = {
    bodyType: 'value' as const,
    body: 'text',
    header: { durable: true, priority: 7, firstAcquirer: true, deliveryCount: 5 },
    deliveryAnnotations: { hop: 1 },
    messageAnnotations: { 'x-own': 'kept' },
    properties: { messageId: 'm', contentEncoding: 'gzip', groupSequence: 3, creationTime },
    footer: { sum: 42 },
  };
  await client.createSender('work').sendMessages(sent);
  const [message] = await client.createReceiver('work').receiveMessages(1);
  const raw = message?._rawAmqpMessage;
  assert.ok(raw);
  // The broker counts deliveries itself.
  assert.deepEqual(raw.header, { ...sent.header, deliveryCount: 0 });
  assert.deepEqual(raw.deliveryAnnotations, sent.deliveryAnnotations);
  assert.equal(raw.messageAnnotations?.['x-own'], 'kept');
  assert.deepEqual(raw.footer, sent.footer);
  assert.deepEqual([raw.bodyType, raw.body], ['value', 'text']);
  assert.equal(raw.properties?.creationTime, creationTime);
});

test('a full queue refuses what is sent and a forwarded message stays behind', async t => {
  const bus = await startTestBus(t, {
    queues: [
      { name: 'full', maxSizeMegabytes: 1 },
      { name: 'behind', forwardTo: 'full' },
    ],
  });
  const client = bus.client();
  const sender = client.createSender('full');
  const fill = async (): Promise<never> => {
    for (;;) await sender.sendMessages({ body: 'x'.repeat(200_000) });
  };
  await assert.rejects(fill(), { code: 'QuotaExceeded' });
  await client.createSender('behind').sendMessages({ body: 1 });
  const [stuck] = await client
    .createReceiver('behind', { subQueueType: 'transferDeadLetter' })
    .receiveMessages(1);
  assert.equal(stuck?.deadLetterReason, 'QuotaExceededException');
  const receiver = client.createReceiver('full', { receiveMode: 'receiveAndDelete' });
  await receiver.receiveMessages(1);
  await sender.sendMessages({ body: 'room again' });
});

test('a message without an id gets one', async t => {
  const bus = await startTestBus(t, topology);
  const client = bus.client();
  await client.createSender('work').sendMessages({ body: 1 });
  const [message] = await client.createReceiver('work').receiveMessages(1);
  assert.match(String(message?.messageId), /^[0-9a-f]{32}$/);
});

test('a batch is taken whole and in order', async t => {
  const bus = await startTestBus(t, topology);
  const client = bus.client();
  const sender = client.createSender('work');
  const batch = await sender.createMessageBatch();
  for (let index = 0; index < 50; index += 1) assert.ok(batch.tryAddMessage({ body: index }));
  assert.equal(batch.maxSizeInBytes, 262_144);
  await sender.sendMessages(batch);
  const messages = await client.createReceiver('work').receiveMessages(50, { maxWaitTimeInMs: 20_000 });
  assert.deepEqual(
    messages.map(message => message.body),
    Array.from({ length: 50 }, (_, index) => index),
  );
});

test('a message of more than 256 KB is refused and the sender goes on', async t => {
  const bus = await startTestBus(t, topology);
  const client = bus.client();
  const sender = client.createSender('work');
  await assert.rejects(sender.sendMessages({ body: 'x'.repeat(262_144) }), { code: 'MessageSizeExceeded' });
  await sender.sendMessages({ body: 'x'.repeat(260_000) });
  const [message] = await client.createReceiver('work').receiveMessages(1);
  assert.equal(message?.body.length, 260_000);
});

test('a duplicate within the window is accepted and dropped, alone, in a batch and scheduled', async t => {
  const bus = await startTestBus(t, topology);
  const client = bus.client();
  const sender = client.createSender('once');
  const receiver = client.createReceiver('once', { receiveMode: 'receiveAndDelete' });
  await sender.sendMessages({ body: 'first', messageId: 'a' });
  await sender.sendMessages([
    { body: 'again', messageId: 'a' },
    { body: 'new', messageId: 'b' },
  ]);
  await sender.scheduleMessages({ body: 'later', messageId: 'b' }, new Date(Date.now() + 20_000));
  assert.deepEqual(bodies(await receiver.receiveMessages(2, { maxWaitTimeInMs: 20_000 })), ['first', 'new']);
  await bus.jump(30);
  await sender.sendMessages({ body: 'still', messageId: 'a' });
  await bus.jump(580);
  await sender.sendMessages({ body: 'forgotten', messageId: 'a' });
  assert.deepEqual(bodies(await receiver.receiveMessages(1, { maxWaitTimeInMs: 20_000 })), ['forgotten']);
  assert.deepEqual(await receiver.peekMessages(1), []);
});

test('a scheduled message arrives at its time with a new sequence number', async t => {
  const bus = await startTestBus(t, topology);
  const client = bus.client();
  const sender = client.createSender('work');
  const receiver = client.createReceiver('work');
  const at = new Date(Date.now() + 3_600_000);
  const [sequence] = await sender.scheduleMessages({ body: 'later', messageId: 's' }, at);
  assert.deepEqual(await receiver.receiveMessages(1, { maxWaitTimeInMs: 300 }), []);
  const [peeked] = await receiver.peekMessages(1);
  assert.equal(peeked?.state, 'scheduled');
  await bus.jump(3601);
  const [message] = await receiver.receiveMessages(1);
  assert.equal(message?.body, 'later');
  assert.deepEqual(message?.scheduledEnqueueTimeUtc, at);
  assert.notEqual(message?.sequenceNumber?.toString(), sequence?.toString());
});

test('the scheduled enqueue time of a sent message is heeded too', async t => {
  const bus = await startTestBus(t, topology);
  const client = bus.client();
  const sender = client.createSender('work');
  await sender.sendMessages({ body: 'later', scheduledEnqueueTimeUtc: new Date(Date.now() + 60_000) });
  await sender.sendMessages({ body: 'now', scheduledEnqueueTimeUtc: new Date(Date.now() - 60_000) });
  const receiver = client.createReceiver('work', { receiveMode: 'receiveAndDelete' });
  assert.deepEqual(bodies(await receiver.receiveMessages(1, { maxWaitTimeInMs: 20_000 })), ['now']);
  await bus.jump(61);
  assert.deepEqual(bodies(await receiver.receiveMessages(1)), ['later']);
});

test('a cancelled message never arrives and cannot be cancelled again', async t => {
  const bus = await startTestBus(t, topology);
  const client = bus.client();
  const sender = client.createSender('work');
  const sequences = await sender.scheduleMessages([{ body: 1 }, { body: 2 }], new Date(Date.now() + 10_000));
  const first = sequences[0];
  assert.ok(first);
  await sender.cancelScheduledMessages(first);
  await bus.jump(11);
  const receiver = client.createReceiver('work', { receiveMode: 'receiveAndDelete' });
  assert.deepEqual(bodies(await receiver.receiveMessages(1, { maxWaitTimeInMs: 20_000 })), [2]);
  await assert.rejects(sender.cancelScheduledMessages(first), { code: 'MessageNotFound' });
});

test('of several scheduled messages all are cancelled or none', async t => {
  const bus = await startTestBus(t, topology);
  const client = bus.client();
  const sender = client.createSender('work');
  const soon = new Date(Date.now() + 10_000);
  const [kept, gone] = await sender.scheduleMessages([{ body: 1 }, { body: 2 }], soon);
  assert.ok(kept && gone);
  await sender.cancelScheduledMessages(gone);
  await assert.rejects(sender.cancelScheduledMessages([kept, gone]), { code: 'MessageNotFound' });
  await bus.jump(11);
  const receiver = client.createReceiver('work', { receiveMode: 'receiveAndDelete' });
  assert.deepEqual(bodies(await receiver.receiveMessages(2, { maxWaitTimeInMs: 20_000 })), [1]);
});

test('a queue with sessions refuses a message without one', async t => {
  const bus = await startTestBus(t, topology);
  const sender = bus.client().createSender('ordered');
  await assert.rejects(sender.sendMessages({ body: 1 }), /SessionId was not set/);
  await sender.sendMessages({ body: 1, sessionId: 's' });
});

test('the shorter of message and entity time to live counts', async t => {
  const bus = await startTestBus(t, topology);
  const client = bus.client();
  await client.createSender('short').sendMessages([
    { body: 'long', timeToLive: 86_400_000 },
    { body: 'brief', timeToLive: 5000 },
  ]);
  const receiver = client.createReceiver('short');
  const peeked = await receiver.peekMessages(2);
  assert.deepEqual(
    peeked.map(message => message.timeToLive),
    [3_600_000, 5000],
  );
  assert.equal(peeked[0]?.expiresAtUtc?.getTime(), (peeked[0]?.enqueuedTimeUtc?.getTime() ?? 0) + 3_600_000);
  await bus.jump(6);
  assert.deepEqual(bodies(await receiver.receiveMessages(1, { maxWaitTimeInMs: 20_000 })), ['long']);
});

function bodies(messages: readonly { body: unknown }[]): unknown[] {
  return messages.map(message => message.body);
}
