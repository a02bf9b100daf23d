import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type MortalBus, startMortalBus } from './test-bus.ts';

const topology = {
  queues: [
    { name: 'work', lockSeconds: 60, maxDeliveryCount: 100 },
    { name: 'once', duplicateDetectionSeconds: 600 },
  ],
};

test('killed in a stream of sends and completes, nothing acknowledged is lost and nothing completed returns', async t => {
  const bus = await startMortalBus(t, topology);
  const acknowledged = new Set<string>();
  const completed = new Set<string>();
  const returned: string[] = [];
  for (let round = 0; round < 3; round += 1) {
    await streamUntilKilled(bus, round, acknowledged, completed, returned);
    await bus.start();
  }
  await bus.jump(61);
  const client = bus.client();
  const receiver = client.createReceiver('work', { receiveMode: 'receiveAndDelete' });
  const left = new Set<string>();
  for (;;) {
    const batch = await receiver.receiveMessages(500, { maxWaitTimeInMs: 500 });
    if (batch.length === 0) break;
    for (const message of batch) left.add(String(message.messageId));
  }
  assert.ok(completed.size > 20, 'the stream completed something before the kill');
  assert.deepEqual(
    [...acknowledged].filter(id => !completed.has(id) && !left.has(id)),
    [],
    'acknowledged and lost',
  );
  assert.deepEqual(
    [...completed].filter(id => left.has(id)),
    [],
    'completed and back',
  );
  assert.deepEqual(returned, [], 'delivered after its completion was acknowledged');
});

test('locks, scheduled messages, deferred messages and the duplicate window survive a kill', async t => {
  const bus = await startMortalBus(t, topology);
  const before = bus.client();
  await before.createSender('once').sendMessages({ body: 1, messageId: 'a' });
  await before.createSender('work').sendMessages([{ body: 'locked' }, { body: 'deferred' }]);
  await before.createSender('work').scheduleMessages({ body: 'scheduled' }, new Date(Date.now() + 30_000));
  const receiver = before.createReceiver('work');
  const [locked, deferred] = await receiver.receiveMessages(2, { maxWaitTimeInMs: 20_000 });
  assert.ok(locked && deferred?.sequenceNumber);
  await receiver.deferMessage(deferred);
  await before.close();
  await bus.kill();
  await bus.start();

  const after = bus.client();
  await after.createSender('once').sendMessages({ body: 2, messageId: 'a' });
  const once = after.createReceiver('once');
  assert.deepEqual(
    (await once.peekMessages(5)).map(message => message.body),
    [1],
  );
  const work = after.createReceiver('work');
  assert.deepEqual(await work.receiveMessages(1, { maxWaitTimeInMs: 400 }), [], 'the lock still holds');
  const [again] = await work.receiveDeferredMessages(deferred.sequenceNumber);
  assert.equal(again?.body, 'deferred');
  await bus.jump(31);
  assert.equal((await work.receiveMessages(1))[0]?.body, 'scheduled');
  await bus.jump(30);
  assert.equal((await work.receiveMessages(1))[0]?.body, 'locked');
});

test('a subscriber and a sender go on by themselves after the server was killed and started again', async t => {
  const bus = await startMortalBus(t, topology);
  const client = bus.client(bus.connectionString, {
    retryOptions: { maxRetries: 10, retryDelayInMs: 50, timeoutInMs: 2000 },
  });
  const sender = client.createSender('work');
  const before = Promise.withResolvers<void>();
  const after = Promise.withResolvers<void>();
  client.createReceiver('work').subscribe({
    processMessage: async message => (message.body === 'before' ? before : after).resolve(),
    processError: async () => undefined,
  });
  await sender.sendMessages({ body: 'before' });
  await before.promise;
  await bus.kill();
  await bus.start();
  await sender.sendMessages({ body: 'after' });
  await after.promise;
});

/** Sends and completes as fast as it goes and kills the server in the middle of it. */
async function streamUntilKilled(
  bus: MortalBus,
  round: number,
  acknowledged: Set<string>,
  completed: Set<string>,
  returned: string[],
): Promise<void> {
  // Patience for a machine under load. After the kill nobody waits for it: what hangs is aborted.
  const client = bus.client(bus.connectionString, {
    retryOptions: { maxRetries: 0, timeoutInMs: 30_000, retryDelayInMs: 20 },
  });
  const sender = client.createSender('work');
  const receiver = client.createReceiver('work');
  const ending = new AbortController();
  const { signal } = ending;
  const lanes = Promise.allSettled(
    Array.from({ length: 8 }, async (_, lane) => {
      for (let index = 0; !signal.aborted; index += 1) {
        const messageId = `${round}-${lane}-${index}`;
        await sender.sendMessages({ body: 'x', messageId }, { abortSignal: signal });
        acknowledged.add(messageId);
      }
    }),
  );
  const goal = completed.size + 40;
  const { promise: reached, resolve: reach } = Promise.withResolvers<void>();
  receiver.subscribe(
    {
      processMessage: async message => {
        const id = String(message.messageId);
        if (completed.has(id)) returned.push(id);
        await receiver.completeMessage(message);
        completed.add(id);
        if (completed.size >= goal) reach();
      },
      processError: async () => undefined,
    },
    { maxConcurrentCalls: 8, autoCompleteMessages: false },
  );
  await Promise.race([reached, lanes, sleep(60_000, undefined, { ref: false })]);
  await bus.kill();
  ending.abort();
  await lanes;
  await client.close().catch(() => undefined);
}
