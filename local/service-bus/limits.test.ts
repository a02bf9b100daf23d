import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { ServiceBusMessage, ServiceBusReceivedMessage } from '@azure/service-bus';
import { startTestBus } from './test-bus.ts';

const topology = { queues: [{ name: 'work' }, { name: 'ordered', requiresSession: true }] };

test('an application property holds a simple value: objects, arrays and bytes are refused', async t => {
  const { client, sender } = await open(t);
  for (const value of [{ inner: 1 }, [1], [], Buffer.from('bytes')]) {
    await assert.rejects(sender.sendMessages(withProperties({ value })), {
      code: 'MessageSizeExceeded',
      message: /^Serialization operation failed due to unsupported type/,
    });
  }
  await assert.rejects(sender.sendMessages([{ body: 'fine' }, withProperties({ value: [1] })]), {
    code: 'MessageSizeExceeded',
  });
  const later = new Date(Date.now() + 60_000);
  await assert.rejects(sender.scheduleMessages(withProperties({ value: [1] }), later), {
    code: 'MessageSizeExceeded',
  });
  const simple = { text: 'a', number: 1.5, flag: false, nothing: null, moment: new Date(0) };
  await sender.sendMessages({ body: 1, applicationProperties: simple });
  assert.equal((await client.createReceiver('work').peekMessages(10)).length, 1);
});

test('a message of more transfers than a session has room for is refused, too', async t => {
  const { client, sender } = await open(t);
  await sender.sendMessages({ body: 'first' });
  // What the SDK keeps to itself: with small frames two megabytes are enough.
  const { _connectionContext: context } = client as unknown as {
    _connectionContext: { connection: { _connection: { remote: { open: { max_frame_size: number } } } } };
  };
  context.connection._connection.remote.open.max_frame_size = 512;
  await assert.rejects(sender.sendMessages({ body: 'x'.repeat(2_000_000) }), { code: 'MessageSizeExceeded' });
  await sender.sendMessages({ body: 'last' });
  assert.equal((await client.createReceiver('work').peekMessages(10)).length, 2);
});

test('a property of more than 32 KB and properties of more than 64 KB are refused', async t => {
  const { client, sender } = await open(t);
  await assert.rejects(sender.sendMessages(withProperties({ value: 'x'.repeat(32_769) })), {
    code: 'GeneralError',
    message: /^InternalServerError: The service was unable to process the request/,
  });
  const third = 'x'.repeat(22_000);
  await assert.rejects(sender.sendMessages(withProperties({ a: third, b: third, c: third })), {
    code: 'MessageSizeExceeded',
    message: /The size quota for this stream \(65536\) has been exceeded/,
  });
  await sender.sendMessages(withProperties({ value: 'x'.repeat(32_768), b: third }));
  assert.equal((await client.createReceiver('work').peekMessages(10)).length, 1);
});

test('ids and keys of more than 128 characters are refused, and a partition key that is not the session id', async t => {
  const { client, sender } = await open(t);
  const long = 'x'.repeat(129);
  for (const wrong of [
    raw({ messageId: long }),
    raw({ messageId: '' }),
    raw({ groupId: long }),
    raw({ replyToGroupId: long }),
    raw({}, { 'x-opt-partition-key': long }),
  ]) {
    await assert.rejects(sender.sendMessages(wrong), { message: /^ArgumentError: The \w+ of a message/ });
  }
  await assert.rejects(sender.sendMessages(raw({ groupId: 'a' }, { 'x-opt-partition-key': 'b' })), {
    message: /^InvalidOperationError: The PartitionKey/,
  });
  const most = 'x'.repeat(128);
  await sender.sendMessages(raw({ messageId: most, groupId: most }, { 'x-opt-partition-key': most }));
  const [message] = await client.createReceiver('work').peekMessages(10);
  assert.equal(message?.messageId, most);
});

test('a time to live of nothing is refused', async t => {
  const { sender } = await open(t);
  await assert.rejects(sender.sendMessages({ ...raw({}), header: { timeToLive: 0 } }), {
    message: /^InternalServerError/,
  });
});

test('a receiver cannot give a message properties that a sender could not', async t => {
  const { client, sender } = await open(t);
  await sender.sendMessages([{ body: 1 }, { body: 2 }]);
  const receiver = client.createReceiver('work');
  const [first, second] = await receiver.receiveMessages(2, { maxWaitTimeInMs: 20_000 });
  assert.ok(first && second);
  const wrong: object = { value: { inner: 1 } };
  await assert.rejects(receiver.abandonMessage(first, { ...wrong }), { code: 'MessageSizeExceeded' });
  const wordy = { deadLetterReason: 'x'.repeat(33_000), deadLetterErrorDescription: 'long' };
  await assert.rejects(receiver.deadLetterMessage(second, wordy), { message: /^InternalServerError/ });
  const states = await client.createReceiver('work').peekMessages(10);
  assert.deepEqual(
    states.map(({ body, deliveryCount }) => [body, deliveryCount]),
    [
      [1, 0],
      [2, 0],
    ],
  );
});

test("a session's state is at most as large as a message", async t => {
  const { client } = await open(t);
  const receiver = await client.acceptSession('ordered', 'a');
  await assert.rejects(receiver.setSessionState(Buffer.alloc(262_145)), { code: 'MessageSizeExceeded' });
  assert.equal(await receiver.getSessionState(), null);
  await receiver.setSessionState(Buffer.alloc(200_000));
  assert.equal((await receiver.getSessionState())?.length, 200_000);
});

type AmqpMessage = ServiceBusReceivedMessage['_rawAmqpMessage'];

/** The types of the SDK know only simple values, which JavaScript does not. */
function withProperties(applicationProperties: Record<string, unknown>): ServiceBusMessage {
  return { body: 1, ...({ applicationProperties } as object) };
}

/** A message as AMQP has it, which the SDK does not look at before it sends it. */
function raw(
  properties: NonNullable<AmqpMessage['properties']>,
  messageAnnotations: Record<string, unknown> = {},
): AmqpMessage {
  return { body: 1, bodyType: 'data', properties, messageAnnotations };
}

async function open(t: TestContext) {
  const client = (await startTestBus(t, topology)).client();
  return { client, sender: client.createSender('work') };
}
