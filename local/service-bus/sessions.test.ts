import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startMortalBus, startTestBus } from './test-bus.ts';

const topology = { queues: [{ name: 'ordered', requiresSession: true, lockSeconds: 30 }, { name: 'plain' }] };

const unrenewed = { maxAutoLockRenewalDurationInMs: 0 };

test('a session is delivered in order, also when sessions are mixed', async t => {
  const { client, sender } = await open(t);
  const mixed = Array.from({ length: 20 }, (_, body) => ({
    body,
    sessionId: body % 2 === 0 ? 'even' : 'odd',
  }));
  await sender.sendMessages(mixed);
  const receiver = await client.acceptSession('ordered', 'odd', unrenewed);
  const messages = await receiver.receiveMessages(10, { maxWaitTimeInMs: 20_000 });
  assert.deepEqual(
    messages.map(message => message.body),
    [1, 3, 5, 7, 9, 11, 13, 15, 17, 19],
  );
  for (const message of messages) await receiver.completeMessage(message);
  assert.deepEqual(await receiver.peekMessages(1), []);
});

test('accepting the next session gives each receiver another one, the oldest first', async t => {
  const { client, sender } = await open(t);
  await sender.sendMessages(['b', 'a', 'b'].map(sessionId => ({ body: 1, sessionId })));
  const first = await client.acceptNextSession('ordered', unrenewed);
  const second = await client.acceptNextSession('ordered', unrenewed);
  assert.deepEqual([first.sessionId, second.sessionId], ['b', 'a']);
  assert.ok(first.sessionLockedUntilUtc.getTime() > Date.now() + 20_000);
});

test('accepting the next session waits for a message and times out without one', async t => {
  const { bus, client, sender } = await open(t);
  const impatient = bus.client(bus.connectionString, { retryOptions: { maxRetries: 0, timeoutInMs: 1000 } });
  await assert.rejects(impatient.acceptNextSession('ordered'), { code: 'ServiceTimeout' });
  const accepted = client.acceptNextSession('ordered', unrenewed);
  await sender.sendMessages({ body: 'late', sessionId: 's' });
  const [message] = await (await accepted).receiveMessages(1);
  assert.equal(message?.body, 'late');
});

test('a session has one holder at a time and is free at once when that one closes', async t => {
  const { client, sender } = await open(t);
  await sender.sendMessages({ body: 1, sessionId: 's' });
  const holder = await client.acceptSession('ordered', 's', unrenewed);
  await holder.receiveMessages(1);
  await assert.rejects(client.acceptSession('ordered', 's'), { code: 'SessionCannotBeLocked' });
  await holder.close();
  const next = await client.acceptSession('ordered', 's', unrenewed);
  const [message] = await next.receiveMessages(1);
  assert.equal(message?.deliveryCount, 0, 'closing a session does not count as a delivery');
});

test('the sessions of a client that goes away are free at once', async t => {
  const { bus, client, sender } = await open(t);
  await sender.sendMessages({ body: 1, sessionId: 's' });
  const gone = bus.client();
  await gone.acceptSession('ordered', 's');
  await gone.close();
  const next = await client.acceptNextSession('ordered', unrenewed);
  assert.equal(next.sessionId, 's');
});

test('when a session lock expires the delivery counts and the old holder can settle nothing', async t => {
  const { bus, client, sender } = await open(t);
  await sender.sendMessages({ body: 1, sessionId: 's' });
  const late = await client.acceptSession('ordered', 's', unrenewed);
  const [message] = await late.receiveMessages(1);
  assert.ok(message);
  await bus.jump(31);
  const next = await client.acceptSession('ordered', 's', unrenewed);
  const [again] = await next.receiveMessages(1);
  assert.equal(again?.deliveryCount, 1);
  await assert.rejects(late.completeMessage(message), { code: 'SessionLockLost' });
});

test('a deferred message cannot be settled when the session is lost, and says so', async t => {
  const { bus, client, sender } = await open(t);
  await sender.sendMessages({ body: 1, sessionId: 's' });
  const receiver = await client.acceptSession('ordered', 's', unrenewed);
  const [message] = await receiver.receiveMessages(1);
  assert.ok(message?.sequenceNumber);
  await receiver.deferMessage(message);
  const [deferred] = await receiver.receiveDeferredMessages(message.sequenceNumber);
  assert.ok(deferred);
  await bus.jump(31);
  await assert.rejects(receiver.completeMessage(deferred), { code: 'SessionLockLost' });
});

test('a renewed session lock lives on', async t => {
  const { bus, client, sender } = await open(t);
  await sender.sendMessages({ body: 1, sessionId: 's' });
  const receiver = await client.acceptSession('ordered', 's', unrenewed);
  const [message] = await receiver.receiveMessages(1);
  assert.ok(message);
  await bus.jump(20);
  await receiver.renewSessionLock();
  await bus.jump(20);
  await receiver.completeMessage(message);
  await bus.jump(20);
  await assert.rejects(receiver.renewSessionLock(), { code: 'SessionLockLost' });
});

test('session state is kept across holders and restarts and cleared with null', async t => {
  const bus = await startMortalBus(t, topology);
  const client = bus.client();
  const first = await client.acceptSession('ordered', 's', unrenewed);
  assert.equal(await first.getSessionState(), null);
  await first.setSessionState({ step: 3 });
  await first.close();
  await client.close();
  await bus.kill();
  await bus.start();
  const second = await bus.client().acceptSession('ordered', 's', unrenewed);
  assert.deepEqual(await second.getSessionState(), { step: 3 });
  await second.setSessionState(null);
  assert.equal(await second.getSessionState(), null);
});

test('an abandoned message of a session is the next one again', async t => {
  const { client, sender } = await open(t);
  await sender.sendMessages([1, 2, 3].map(body => ({ body, sessionId: 's' })));
  const receiver = await client.acceptSession('ordered', 's', unrenewed);
  const [first] = await receiver.receiveMessages(1);
  assert.ok(first);
  await receiver.abandonMessage(first);
  const rest = await receiver.receiveMessages(3, { maxWaitTimeInMs: 20_000 });
  assert.deepEqual(
    rest.map(message => [message.body, message.deliveryCount]),
    [
      [1, 1],
      [2, 0],
      [3, 0],
    ],
  );
});

test('a deferred message of a session comes to the holder of the session', async t => {
  const { client, sender } = await open(t);
  await sender.sendMessages({ body: 'd', sessionId: 's' });
  const receiver = await client.acceptSession('ordered', 's', unrenewed);
  const [message] = await receiver.receiveMessages(1);
  assert.ok(message?.sequenceNumber);
  await receiver.deferMessage(message);
  const [deferred] = await receiver.receiveDeferredMessages(message.sequenceNumber);
  assert.ok(deferred);
  await receiver.completeMessage(deferred);
  assert.deepEqual(await receiver.peekMessages(1), []);
});

test('receivers with and without sessions are refused where they do not belong', async t => {
  const { client } = await open(t);
  await assert.rejects(client.createReceiver('ordered').receiveMessages(1), /requires sessions/);
  await assert.rejects(client.acceptSession('plain', 's'), { code: 'SessionCannotBeLocked' });
});

async function open(t: Parameters<typeof startTestBus>[0]) {
  const bus = await startTestBus(t, topology);
  const client = bus.client();
  return { bus, client, sender: client.createSender('ordered') };
}
