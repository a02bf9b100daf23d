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

test('nobody receives or peeks where messages are forwarded, but their dead letters stay within reach', async t => {
  const bus = await startTestBus(t, topology);
  const client = bus.client();
  const receivers = [
    client.createReceiver('in'),
    client.createReceiver('events', 'copied', { receiveMode: 'receiveAndDelete' }),
    client.createReceiver('out', { subQueueType: 'deadLetter' }),
  ];
  for (const receiver of receivers) {
    await assert.rejects(receiver.receiveMessages(1, { maxWaitTimeInMs: 1000 }), {
      code: 'GeneralError',
      message:
        'InvalidOperationError: Cannot create a message receiver on an entity with auto-forwarding enabled.',
    });
    await assert.rejects(receiver.peekMessages(1), {
      message:
        'InvalidOperationError: Cannot create a message browser on an entity with auto-forwarding enabled.',
    });
  }
  for (const subQueueType of ['deadLetter', 'transferDeadLetter'] as const) {
    assert.deepEqual(await client.createReceiver('in', { subQueueType }).peekMessages(1), []);
  }
});

test('a forwarded message with an id that came before is dropped like one that is sent', async t => {
  const bus = await startTestBus(t, {
    queues: [
      { name: 'in', forwardTo: 'once' },
      { name: 'once', duplicateDetectionSeconds: 600 },
    ],
  });
  const client = bus.client();
  const twin = { body: 1, messageId: 'twin' };
  await client.createSender('in').sendMessages([twin, { body: 2, messageId: 'other' }, twin]);
  const found = await client.createReceiver('once').peekMessages(10);
  assert.deepEqual(
    found.map(message => message.messageId),
    ['twin', 'other'],
  );
});

test('a dead letter that a filter or a missing session makes is forwarded too', async t => {
  const bus = await startTestBus(t, {
    queues: [{ name: 'graveyard' }],
    topics: [
      {
        name: 'events',
        subscriptions: [
          { name: 'ordered', requiresSession: true, forwardDeadLettersTo: 'graveyard' },
          { name: 'broken', filter: '1 / amount = 1', forwardDeadLettersTo: 'graveyard' },
        ],
      },
    ],
  });
  const client = bus.client();
  await client.createSender('events').sendMessages({ body: 1, applicationProperties: { amount: 0 } });
  const found = await client.createReceiver('graveyard').peekMessages(10);
  assert.deepEqual(
    found.map(message => [message.deadLetterReason, message.deadLetterSource]),
    [
      ['Session ID is null', 'events/Subscriptions/ordered'],
      ['FilterEvaluationException', 'events/Subscriptions/broken'],
    ],
  );
});
