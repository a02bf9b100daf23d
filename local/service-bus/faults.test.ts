import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startTestBus, type TestBus } from './test-bus.ts';

/** The SDK notices a cut connection under a pending send only by its own timeout. */
const impatient = { retryOptions: { maxRetries: 0, timeoutInMs: 1500 } };
const persistent = { retryOptions: { maxRetries: 2, retryDelayInMs: 10, timeoutInMs: 20_000 } };

const topology = {
  queues: [
    { name: 'work', lockSeconds: 30 },
    { name: 'turns', requiresSession: true },
  ],
};

const received = async (bus: TestBus): Promise<unknown[]> => {
  const receiver = bus.client().createReceiver('work', { receiveMode: 'receiveAndDelete' });
  return (await receiver.receiveMessages(10, { maxWaitTimeInMs: 500 })).map(({ body }) => body);
};

test('a connection cut after the effect leaves the message in the queue and the sender in doubt', async t => {
  const bus = await startTestBus(t, topology);
  await bus.faults.reset({ operation: 'send', entity: 'work', at: 'after', count: 1 });
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
  await bus.faults.reset({ operation: 'send', at: 'before', count: 1 });
  await assert.rejects(
    bus.client(bus.connectionString, impatient).createSender('work').sendMessages({ body: 1 }),
  );
  assert.deepEqual(await bus.client().createReceiver('work').peekMessages(1), []);
});

test('a throttled send succeeds when it is retried, and tells its code when it is not', async t => {
  const bus = await startTestBus(t, topology);
  const throttled = await bus.faults.throttle({ operation: 'send', count: 2 });
  await bus.client(bus.connectionString, persistent).createSender('work').sendMessages({ body: 1 });
  assert.equal(await throttled.struck(), 2);
  await bus.faults.throttle({ operation: 'send' });
  const sender = bus.client(bus.connectionString, impatient).createSender('work');
  await assert.rejects(sender.sendMessages({ body: 2 }), { code: 'ServiceBusy' });
  assert.deepEqual(await received(bus), [1]);
});

test('a refused link, renewal and management call tell what the rule says', async t => {
  const bus = await startTestBus(t, topology);
  await bus.faults.refuse({ operation: 'attach', entity: 'work', status: 404, count: 1 });
  const client = bus.client(bus.connectionString, impatient);
  await assert.rejects(client.createSender('work').sendMessages({ body: 1 }), {
    code: 'MessagingEntityNotFound',
  });
  await client.createSender('work').sendMessages({ body: 1 });
  const receiver = client.createReceiver('work');
  const [message] = await receiver.receiveMessages(1);
  assert.ok(message);
  await bus.faults.refuse({ operation: 'renew', status: 503, count: 1 });
  await assert.rejects(receiver.renewMessageLock(message), { code: 'ServiceBusy' });
  await receiver.renewMessageLock(message);
  await bus.faults.refuse({ operation: 'manage', match: 'peek', status: 500, count: 1 });
  await assert.rejects(receiver.peekMessages(1), { code: 'GeneralError' });
  await receiver.completeMessage(message);
});

test('a fault is told in the words of the service', async t => {
  const bus = await startTestBus(t, topology);
  const client = bus.client(bus.connectionString, impatient);
  for (const [status, code, words] of [
    [401, 'UnauthorizedAccess', /^Unauthorized access\./],
    [404, 'MessagingEntityNotFound', /The messaging entity 'work' could not be found/],
    [408, 'ServiceTimeout', /did not complete within the allotted timeout of 00:01:00/],
    [410, 'MessageLockLost', /The lock supplied is invalid/],
    [429, 'ServiceBusy', /the entity is being throttled\. Error code: 50009/],
    [500, 'GeneralError', /The service was unable to process the request/],
    [503, 'ServiceBusy', /the entity is being throttled\. Error code: 50009/],
  ] as const) {
    await using _ = await bus.faults.refuse({ operation: 'send', status });
    await assert.rejects(client.createSender('work').sendMessages({ body: 1 }), (error: Error) => {
      assert.equal(Reflect.get(error, 'code'), code);
      assert.match(error.message, words);
      assert.doesNotMatch(error.message, /fault/);
      return true;
    });
  }
});

test('a lost lock fails the completion and the message comes again', async t => {
  const bus = await startTestBus(t, topology);
  const client = bus.client();
  await client.createSender('work').sendMessages({ body: 1 });
  const receiver = client.createReceiver('work');
  const [message] = await receiver.receiveMessages(1);
  assert.ok(message);
  await bus.faults.loseLock({ operation: 'settle', count: 1 });
  await assert.rejects(receiver.completeMessage(message), { code: 'MessageLockLost' });
  const [again] = await receiver.receiveMessages(1);
  assert.equal(again?.deliveryCount, 1);
  assert.ok(again);
  await bus.faults.loseLock({ operation: 'renew', count: 1 });
  await assert.rejects(receiver.renewMessageLock(again), { code: 'MessageLockLost' });
});

test('a session whose lock is lost goes to the next receiver with its messages', async t => {
  const bus = await startTestBus(t, topology);
  const client = bus.client();
  await client.createSender('turns').sendMessages({ body: 1, sessionId: 's' });
  const first = await client.acceptSession('turns', 's');
  const [message] = await first.receiveMessages(1);
  assert.ok(message);
  await bus.faults.loseLock({ operation: 'settle', entity: 'turns', count: 1 });
  await assert.rejects(first.completeMessage(message), { code: 'SessionLockLost' });
  const [again] = await (await client.acceptSession('turns', 's')).receiveMessages(1);
  assert.deepEqual([again?.body, again?.deliveryCount], [1, 1]);
});

test('a duplicate delivery brings the same message twice', async t => {
  const bus = await startTestBus(t, topology);
  const client = bus.client();
  await bus.faults.duplicate({ match: 'm', count: 1 });
  await client.createSender('work').sendMessages({ body: 1, messageId: 'm' });
  const receiver = client.createReceiver('work');
  const [first] = await receiver.receiveMessages(1);
  const [second] = await receiver.receiveMessages(1);
  assert.ok(first && second);
  assert.deepEqual([first.messageId, second.messageId], ['m', 'm']);
  await assert.rejects(receiver.completeMessage(first), { code: 'MessageLockLost' });
  await receiver.completeMessage(second);
});

test('a receiver whose link is detached or whose connection is cut goes on by itself', async t => {
  const bus = await startTestBus(t, topology);
  const client = bus.client(bus.connectionString, persistent);
  const receiver = client.createReceiver('work');
  const faults = [
    await bus.faults.detach({ operation: 'deliver', count: 1 }),
    await bus.faults.reset({ operation: 'deliver', at: 'before', count: 1 }),
  ];
  const seen = new Promise(resolve => {
    receiver.subscribe({
      processMessage: async message => resolve(message.body),
      processError: async () => undefined,
    });
  });
  await bus.client().createSender('work').sendMessages({ body: 'through' });
  assert.equal(await seen, 'through');
  assert.deepEqual(await Promise.all(faults.map(fault => fault.struck())), [1, 1]);
});

test('delayed messages of a link keep their order, and others overtake them', async t => {
  const bus = await startTestBus(t, topology);
  const client = bus.client();
  const sender = client.createSender('work');
  await sender.createMessageBatch();
  await bus.faults.delay({ operation: 'send', match: 'slow', ms: [200, 400], count: 1 });
  await Promise.all([
    sender.sendMessages({ body: 1, messageId: 'slow' }),
    sender.sendMessages({ body: 2, messageId: 'behind' }),
    client.createSender('work').sendMessages({ body: 3, messageId: 'beside' }),
  ]);
  assert.deepEqual(await received(bus), [3, 1, 2]);
});

test('a slow disk holds up the acknowledgement', async t => {
  const bus = await startTestBus(t, topology);
  const sender = bus.client().createSender('work');
  await sender.createMessageBatch();
  const disk = await bus.faults.slowDisk({ ms: 60 });
  const began = performance.now();
  await sender.sendMessages({ body: 1 });
  assert.ok(performance.now() - began >= 60);
  assert.ok((await disk.struck()) >= 1);
});

test('a jump of the clock ends locks, and tokens only when asked to', async t => {
  const bus = await startTestBus(t, topology);
  const client = bus.client();
  await client.createSender('work').sendMessages({ body: 1 });
  const receiver = client.createReceiver('work');
  const [message] = await receiver.receiveMessages(1);
  assert.ok(message);
  await bus.faults.jumpClock(31_000);
  await assert.rejects(receiver.completeMessage(message), { code: 'MessageLockLost' });
  assert.equal((await receiver.receiveMessages(1))[0]?.deliveryCount, 1);
  await bus.faults.jumpClock(2 * 3_600_000, { tokens: true });
  const late = bus.client(bus.connectionString, impatient);
  await assert.rejects(late.createSender('work').sendMessages({ body: 2 }), { code: 'UnauthorizedAccess' });
});

test('a queue that does not exist and an effect that an operation cannot have are refused', async t => {
  const bus = await startTestBus(t, topology);
  await assert.rejects(bus.faults.throttle({ entity: 'wrok' }), /"field":"entity"/);
  await assert.rejects(
    bus.faults.add({ effect: 'duplicate', operation: 'settle' }),
    /"field":"operation","message":"operation 'settle' cannot be struck by duplicate; it must be one of deliver\./,
  );
});
