import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startTestBus } from './test-bus.ts';

const topology = {
  queues: [
    { name: 'in', forwardTo: 'out' },
    { name: 'out', forwardDeadLettersTo: 'graveyard' },
    { name: 'graveyard' },
    { name: 'a', forwardTo: 'b' },
    { name: 'b', forwardTo: 'a' },
  ],
  topics: [
    {
      name: 'events',
      subscriptions: [
        { name: 'copied', forwardTo: 'out' },
        { name: 'ordered', requiresSession: true },
      ],
    },
  ],
};

test('messages of a queue and of a subscription are forwarded', async t => {
  const bus = await startTestBus(t, topology);
  const client = bus.client();
  await client.createSender('in').sendMessages({ body: 1, messageId: 'm', sessionId: 's' });
  await client.createSender('events').sendMessages({ body: 2 });
  const messages = await client.createReceiver('out').receiveMessages(2, { maxWaitTimeInMs: 20_000 });
  assert.deepEqual(
    messages.map(message => message.body),
    [1, 2],
  );
  assert.equal(messages[0]?.sessionId, 's');
});

test('a forwarded dead letter names its source', async t => {
  const bus = await startTestBus(t, topology);
  const client = bus.client();
  await client.createSender('out').sendMessages({ body: 1 });
  const receiver = client.createReceiver('out');
  const [message] = await receiver.receiveMessages(1);
  assert.ok(message);
  await receiver.deadLetterMessage(message, { deadLetterReason: 'r', deadLetterErrorDescription: 'd' });
  const [dead] = await client.createReceiver('graveyard').receiveMessages(1);
  assert.equal(dead?.deadLetterSource, 'out');
  assert.equal(dead?.deadLetterReason, 'r');
});

test('after four hops a message stays in the transfer dead-letter queue of the entity that would forward it', async t => {
  const bus = await startTestBus(t, topology);
  const client = bus.client();
  await client.createSender('a').sendMessages({ body: 1 });
  const [dead] = await client.createReceiver('a', { subQueueType: 'transferDeadLetter' }).receiveMessages(1);
  assert.equal(dead?.deadLetterReason, 'MaxTransferHopCountExceeded');
});

test('a message without a session is dead-lettered by a subscription that needs one', async t => {
  const bus = await startTestBus(t, topology);
  const client = bus.client();
  await client.createSender('events').sendMessages({ body: 1 });
  const [dead] = await client
    .createReceiver('events', 'ordered', { subQueueType: 'deadLetter' })
    .receiveMessages(1);
  assert.equal(dead?.deadLetterReason, 'Session ID is null');
});
