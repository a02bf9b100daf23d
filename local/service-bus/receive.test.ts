import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ServiceBusReceivedMessage } from '@azure/service-bus';
import { startTestBus } from './test-bus.ts';

const topology = {
  queues: [
    { name: 'work', lockSeconds: 30, maxDeliveryCount: 3 },
    { name: 'mortal', deadLetterOnExpiry: true },
  ],
};

const brief = { maxWaitTimeInMs: 400 };

test('a completed message is gone', async t => {
  const { receiver, sender } = await open(t);
  await sender.sendMessages({ body: 1 });
  await receiver.completeMessage(await one(receiver));
  assert.deepEqual(await receiver.peekMessages(1), []);
});

test('receive and delete removes what it delivers', async t => {
  const { client, sender } = await open(t);
  await sender.sendMessages([{ body: 1 }, { body: 2 }]);
  const receiver = client.createReceiver('work', { receiveMode: 'receiveAndDelete' });
  assert.equal((await one(receiver)).lockToken, undefined);
  assert.deepEqual(
    (await receiver.peekMessages(5)).map(message => message.body),
    [2],
  );
});

test('an abandoned message returns at once with changed properties and a higher count', async t => {
  const { receiver, sender } = await open(t);
  await sender.sendMessages({ body: 1, applicationProperties: { kept: 'k', changed: 1 } });
  await receiver.abandonMessage(await one(receiver), { changed: 2, added: 'a' });
  const again = await one(receiver);
  assert.equal(again.deliveryCount, 1);
  assert.deepEqual(again.applicationProperties, { kept: 'k', changed: 2, added: 'a' });
});

test('after the maximum of deliveries the message is dead-lettered', async t => {
  const { client, receiver, sender } = await open(t);
  await sender.sendMessages({ body: 1, messageId: 'm' });
  for (let delivery = 0; delivery < 3; delivery += 1) {
    const message = await one(receiver);
    assert.equal(message.deliveryCount, delivery);
    await receiver.abandonMessage(message);
  }
  assert.deepEqual(await receiver.receiveMessages(1, brief), []);
  const dead = await one(client.createReceiver('work', { subQueueType: 'deadLetter' }));
  assert.equal(dead.deadLetterReason, 'MaxDeliveryCountExceeded');
  assert.equal(dead.messageId, 'm');
});

test('a dead-lettered message carries reason, description and properties, and keeps its sequence number', async t => {
  const { client, receiver, sender } = await open(t);
  await sender.sendMessages({ body: 1 });
  const message = await one(receiver);
  const why = { deadLetterReason: 'bad', deadLetterErrorDescription: 'very', extra: 5 };
  await receiver.deadLetterMessage(message, why);
  const deadLetters = client.createReceiver('work', { subQueueType: 'deadLetter' });
  const dead = await one(deadLetters);
  assert.equal(dead.deadLetterReason, 'bad');
  assert.equal(dead.deadLetterErrorDescription, 'very');
  assert.equal(dead.applicationProperties?.['extra'], 5);
  assert.deepEqual(dead.sequenceNumber, message.sequenceNumber);
  assert.equal(dead.deliveryCount, 0);
  await assert.rejects(deadLetters.deadLetterMessage(dead), /cannot be dead-lettered/);
});

test('abandoning in the dead-letter queue does not count', async t => {
  const { client, receiver, sender } = await open(t);
  await sender.sendMessages({ body: 1 });
  await receiver.deadLetterMessage(await one(receiver));
  const deadLetters = client.createReceiver('work', { subQueueType: 'deadLetter' });
  for (let delivery = 0; delivery < 4; delivery += 1) {
    const dead = await one(deadLetters);
    assert.equal(dead.deliveryCount, 0);
    await deadLetters.abandonMessage(dead);
  }
  await deadLetters.completeMessage(await one(deadLetters));
});

test('a deferred message whose life is over expires when it is asked for, and not before', async t => {
  const life = { defaultTtlSeconds: 3600 };
  const bus = await startTestBus(t, {
    queues: [
      { name: 'kept', deadLetterOnExpiry: true, ...life },
      { name: 'lost', ...life },
    ],
  });
  const client = bus.client();
  for (const [queue, dead] of [
    ['kept', ['TTLExpiredException']],
    ['lost', []],
  ] as const) {
    await client.createSender(queue).sendMessages({ body: 1 });
    const receiver = client.createReceiver(queue);
    const [message] = await receiver.receiveMessages(1);
    assert.ok(message?.sequenceNumber);
    await receiver.deferMessage(message);
    await bus.jump(3601);
    assert.equal((await receiver.peekMessages(1))[0]?.state, 'deferred');
    const asked = receiver.receiveDeferredMessages(message.sequenceNumber);
    await assert.rejects(asked, { code: 'MessageNotFound' });
    assert.deepEqual(await receiver.peekMessages(1), []);
    const letters = await client.createReceiver(queue, { subQueueType: 'deadLetter' }).peekMessages(1);
    assert.deepEqual(
      letters.map(letter => letter.deadLetterReason),
      dead,
    );
  }
});

test('a deferred message comes only by its sequence number', async t => {
  const { receiver, sender } = await open(t);
  await sender.sendMessages({ body: 'd' });
  const message = await one(receiver);
  const sequence = message.sequenceNumber;
  assert.ok(sequence);
  await receiver.deferMessage(message, { why: 'later' });
  assert.deepEqual(await receiver.receiveMessages(1, brief), []);
  assert.equal((await receiver.peekMessages(1))[0]?.state, 'deferred');
  const [deferred] = await receiver.receiveDeferredMessages(sequence);
  assert.ok(deferred);
  assert.equal(deferred.deliveryCount, 1);
  assert.equal(deferred.applicationProperties?.['why'], 'later');
  await assert.rejects(receiver.receiveDeferredMessages(sequence), { code: 'MessageNotFound' });
  await receiver.abandonMessage(deferred);
  const [again] = await receiver.receiveDeferredMessages(sequence);
  assert.ok(again);
  await receiver.completeMessage(again);
  await assert.rejects(receiver.completeMessage(again), { code: 'MessageLockLost' });
  assert.deepEqual(await receiver.peekMessages(1), []);
});

test('settling after the lock expired fails, and the message was delivered again with a higher count', async t => {
  const { bus, receiver, client, sender } = await open(t);
  await sender.sendMessages({ body: 1 });
  const late = await one(receiver);
  await bus.jump(31);
  const other = client.createReceiver('work');
  const again = await one(other);
  assert.equal(again.deliveryCount, 1);
  await assert.rejects(receiver.completeMessage(late), { code: 'MessageLockLost', retryable: false });
  await other.completeMessage(again);
});

test('a renewed lock lives on, a lost one cannot be renewed', async t => {
  const { bus, receiver, sender } = await open(t);
  await sender.sendMessages([{ body: 1 }, { body: 2 }]);
  const kept = await one(receiver);
  const lost = await one(receiver);
  await bus.jump(20);
  const until = await receiver.renewMessageLock(kept);
  assert.ok(until.getTime() > Date.now() + 45_000);
  await bus.jump(20);
  await receiver.completeMessage(kept);
  await assert.rejects(receiver.renewMessageLock(lost), { code: 'MessageLockLost' });
});

test('closing the link leaves the lock in place until it expires, and the message can still be settled', async t => {
  const { bus, client, receiver, sender } = await open(t);
  await sender.sendMessages([{ body: 1 }, { body: 2 }]);
  const settled = await one(receiver);
  const forgotten = await one(receiver);
  await receiver.close();
  const other = client.createReceiver('work');
  assert.deepEqual(await other.receiveMessages(1, brief), []);
  await other.completeMessage(settled);
  await bus.jump(31);
  const again = await one(other);
  assert.equal(again.body, forgotten.body);
  assert.equal(again.deliveryCount, 1);
});

test('a receiver whose process went away holds its locks until they expire', async t => {
  const { bus, sender } = await open(t);
  await sender.sendMessages({ body: 1 });
  const first = bus.client();
  await one(first.createReceiver('work'));
  await first.close();
  const second = bus.client().createReceiver('work');
  assert.deepEqual(await second.receiveMessages(1, brief), []);
  await bus.jump(31);
  assert.equal((await one(second)).deliveryCount, 1);
});

test('peek shows active, locked and deferred messages in order and goes on where it stopped', async t => {
  const { receiver, sender } = await open(t);
  await sender.sendMessages([1, 2, 3, 4].map(body => ({ body })));
  await receiver.deferMessage(await one(receiver));
  await one(receiver);
  const first = await receiver.peekMessages(3);
  const rest = await receiver.peekMessages(3);
  assert.deepEqual([first.map(message => message.body), rest.map(message => message.body)], [[1, 2, 3], [4]]);
  assert.deepEqual(
    first.map(message => message.state),
    ['deferred', 'active', 'active'],
  );
  assert.equal(first[0]?.lockToken, undefined);
});

test('a peek can leave the bodies out and says how large they were', async t => {
  const { receiver, sender } = await open(t);
  await sender.sendMessages({ body: 'x'.repeat(100), subject: 'large', applicationProperties: { kept: 1 } });
  // The types of 7.9 do not show what its code takes.
  const withoutBodies: object = { omitMessageBody: true };
  const [bare] = await receiver.peekMessages(1, withoutBodies);
  assert.ok(bare);
  assert.deepEqual([bare.body, bare.subject, bare.applicationProperties], [undefined, 'large', { kept: 1 }]);
  const size = bare._rawAmqpMessage.deliveryAnnotations?.['omitted-message-body-size'];
  assert.ok(Number(size) >= 100, `${size}`);
  assert.equal((await one(receiver)).body.length, 100);
});

test('a receive that finds less than it wants returns what there is, and loses nothing', async t => {
  const { receiver, sender } = await open(t);
  await sender.sendMessages([{ body: 1 }, { body: 2 }]);
  assert.equal((await receiver.receiveMessages(10, { maxWaitTimeInMs: 20_000 })).length, 2);
  await sender.sendMessages({ body: 3 });
  assert.equal((await one(receiver)).body, 3);
});

test('draining loses nothing in receive and delete, also while messages arrive', async t => {
  const { client, sender } = await open(t);
  let sent = 0;
  const sending = Promise.all(
    Array.from({ length: 4 }, async () => {
      while (sent < 400) await sender.sendMessages({ body: sent++ });
    }),
  );
  const seen: unknown[] = [];
  const receiveSome = async (): Promise<number> => {
    const receiver = client.createReceiver('work', { receiveMode: 'receiveAndDelete' });
    const batch = await receiver.receiveMessages(50, { maxWaitTimeInMs: 10 });
    await receiver.close();
    seen.push(...batch.map(message => message.body));
    return batch.length;
  };
  while (sent < 400) await receiveSome();
  await sending;
  // Ten milliseconds without a message do not say that there is none: who looks without taking knows.
  const isLeft = async (): Promise<boolean> => {
    const onlooker = client.createReceiver('work');
    const left = await onlooker.peekMessages(1);
    await onlooker.close();
    return left.length > 0;
  };
  while (await isLeft()) await receiveSome();
  assert.deepEqual([new Set(seen).size, seen.length], [sent, sent]);
});

test('expired messages go to the dead-letter queue where the entity says so', async t => {
  const bus = await startTestBus(t, topology);
  const client = bus.client();
  await client.createSender('mortal').sendMessages({ body: 1, timeToLive: 1000 });
  await bus.jump(2);
  const dead = await one(client.createReceiver('mortal', { subQueueType: 'deadLetter' }));
  assert.equal(dead.deadLetterReason, 'TTLExpiredException');
});

test('two receivers share a queue: every message once, and both get some', async t => {
  const { bus, sender } = await open(t);
  const messages = Array.from({ length: 300 }, (_, body) => ({ body }));
  await sender.sendMessages(messages);
  const once = { receiveMode: 'receiveAndDelete' } as const;
  const receivers = [bus.client().createReceiver('work', once), bus.client().createReceiver('work', once)];
  const seen = new Set<unknown>();
  const shares = await Promise.all(
    receivers.map(async receiver => {
      const batch = await receiver.receiveMessages(100, { maxWaitTimeInMs: 20_000 });
      for (const message of batch) seen.add(message.body);
      return batch.length;
    }),
  );
  assert.ok(shares.every(share => share > 0));
  for (const receiver of receivers) {
    for (let share = 1; share > 0; ) {
      const batch = await receiver.receiveMessages(100, { maxWaitTimeInMs: 200 });
      share = batch.length;
      for (const message of batch) {
        assert.ok(!seen.has(message.body));
        seen.add(message.body);
      }
    }
  }
  assert.equal(seen.size, 300);
});

test('a subscriber gets messages as they come', async t => {
  const { receiver, sender } = await open(t);
  const seen = new Promise<unknown[]>((resolve, reject) => {
    const bodies: unknown[] = [];
    receiver.subscribe({
      processMessage: async message => {
        bodies.push(message.body);
        if (bodies.length === 20) resolve(bodies);
      },
      processError: async ({ error }) => reject(error),
    });
  });
  for (let body = 0; body < 20; body += 1) await sender.sendMessages({ body });
  assert.deepEqual(
    await seen,
    Array.from({ length: 20 }, (_, index) => index),
  );
});

async function open(t: Parameters<typeof startTestBus>[0]) {
  const bus = await startTestBus(t, topology);
  const client = bus.client();
  const receiver = client.createReceiver('work', { maxAutoLockRenewalDurationInMs: 0 });
  return { bus, client, sender: client.createSender('work'), receiver };
}

async function one(receiver: {
  receiveMessages: (
    count: number,
    options?: { maxWaitTimeInMs: number },
  ) => Promise<ServiceBusReceivedMessage[]>;
}): Promise<ServiceBusReceivedMessage> {
  const [message] = await receiver.receiveMessages(1, { maxWaitTimeInMs: 20_000 });
  assert.ok(message, 'a message was expected');
  return message;
}

test('an idle link is detached after ten minutes and its client goes on by itself', async t => {
  const bus = await startTestBus(t, topology);
  const client = bus.client(bus.connectionString, { retryOptions: { maxRetries: 3, retryDelayInMs: 10 } });
  const sender = client.createSender('work');
  const bodies: unknown[] = [];
  const errors: unknown[] = [];
  const both = Promise.withResolvers<void>();
  client.createReceiver('work').subscribe({
    processMessage: async ({ body }) => {
      if (bodies.push(body) === 2) both.resolve();
    },
    processError: async ({ error }) => {
      errors.push(Reflect.get(error, 'code'));
    },
  });
  await sender.sendMessages({ body: 1 });
  while (bodies.length === 0) await new Promise(resolve => setTimeout(resolve, 10));
  await bus.jump(601);
  await sender.sendMessages({ body: 2 });
  await both.promise;
  assert.deepEqual(bodies, [1, 2]);
});
