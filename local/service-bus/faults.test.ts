import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startTestBus } from './test-bus.ts';

/** The SDK notices a cut connection under a pending send only by its own timeout. */
const impatient = { retryOptions: { maxRetries: 0, timeoutInMs: 1500 } };

const topology = { queues: [{ name: 'work', lockSeconds: 30 }] };

test('a connection cut after the effect leaves the message in the queue and the sender in doubt', async t => {
  const bus = await startTestBus(t, topology);
  await bus.fault({ kind: 'drop-after', operation: 'send', entity: 'work', count: 1 });
  const waiting = new AbortController();
  const sending = bus
    .client()
    .createSender('work')
    .sendMessages({ body: 1 }, { abortSignal: waiting.signal });
  const inDoubt = assert.rejects(sending);
  const [message] = await bus.client().createReceiver('work').receiveMessages(1);
  assert.equal(message?.body, 1);
  waiting.abort();
  await inDoubt;
});

test('a connection cut before the effect leaves nothing', async t => {
  const bus = await startTestBus(t, topology);
  await bus.fault({ kind: 'drop-before', operation: 'send', count: 1 });
  await assert.rejects(
    bus.client(bus.connectionString, impatient).createSender('work').sendMessages({ body: 1 }),
  );
  assert.deepEqual(await bus.client().createReceiver('work').peekMessages(1), []);
});

test('a throttled send succeeds when it is retried', async t => {
  const bus = await startTestBus(t, topology);
  await bus.fault({ kind: 'busy', operation: 'send', count: 1 });
  const client = bus.client(bus.connectionString, { retryOptions: { maxRetries: 1, retryDelayInMs: 10 } });
  await client.createSender('work').sendMessages({ body: 1 });
});

test('a lost lock fails the completion and the message comes again', async t => {
  const bus = await startTestBus(t, topology);
  const client = bus.client();
  await client.createSender('work').sendMessages({ body: 1 });
  const receiver = client.createReceiver('work');
  const [message] = await receiver.receiveMessages(1);
  assert.ok(message);
  await bus.fault({ kind: 'lose-lock', operation: 'settle', count: 1 });
  await assert.rejects(receiver.completeMessage(message), { code: 'MessageLockLost' });
  const [again] = await receiver.receiveMessages(1);
  assert.equal(again?.deliveryCount, 1);
});

test('a duplicate delivery brings the same message twice', async t => {
  const bus = await startTestBus(t, topology);
  const client = bus.client();
  await bus.fault({ kind: 'duplicate', operation: 'deliver', count: 1 });
  await client.createSender('work').sendMessages({ body: 1, messageId: 'm' });
  const receiver = client.createReceiver('work');
  const [first] = await receiver.receiveMessages(1);
  const [second] = await receiver.receiveMessages(1);
  assert.ok(first && second);
  assert.deepEqual([first.messageId, second.messageId], ['m', 'm']);
  await assert.rejects(receiver.completeMessage(first), { code: 'MessageLockLost' });
  await receiver.completeMessage(second);
});

test('a detached receiver goes on by itself', async t => {
  const bus = await startTestBus(t, topology);
  const client = bus.client(bus.connectionString, { retryOptions: { maxRetries: 1, retryDelayInMs: 10 } });
  const receiver = client.createReceiver('work');
  await bus.fault({ kind: 'detach', operation: 'deliver', count: 1 });
  const seen = new Promise(resolve => {
    receiver.subscribe({
      processMessage: async message => resolve(message.body),
      processError: async () => undefined,
    });
  });
  await client.createSender('work').sendMessages({ body: 'through' });
  assert.equal(await seen, 'through');
});
