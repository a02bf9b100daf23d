import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { type TestContext, test } from 'node:test';
import rhea, { type Connection, type Message } from 'rhea';
import { connectRaw, startTestBus, type TestBus } from './test-bus.ts';

// The SDKs for .NET, Java and Python differ from that for JavaScript in what they put on the wire and what they rely on.

const topology = { queues: [{ name: 'work' }, { name: 'ordered', requiresSession: true }] };

test('entities can be named behind the address of the namespace, and are in the answer to the attach', async t => {
  const bus = await startTestBus(t, topology);
  const connection = await connectAs(t, bus);
  for (const scheme of ['amqps', 'amqp', 'sb']) {
    const address = `${scheme}://localhost/work`;
    const sender = connection.open_sender(address);
    await once(sender, 'sendable');
    sender.send({ body: scheme });
    await once(sender, 'accepted');
    const receiver = connection.open_receiver(address);
    const [{ message }] = await once(receiver, 'message');
    assert.equal(message.body, scheme);
    assert.equal(sender.target.address, address);
    assert.equal(receiver.source.address, address);
    receiver.close();
    await once(receiver, 'receiver_close');
  }
  const source = {
    address: 'amqps://localhost/ordered',
    filter: { 'com.microsoft:session-filter': 'a' },
  };
  const session = connection.open_receiver({ source });
  await once(session, 'receiver_open');
  assert.equal(session.source.address, source.address);
});

test('a link that is refused is answered without source and target, and with all fields of the error', async t => {
  const bus = await startTestBus(t, topology);
  const connection = await connectAs(t, bus);
  for (const kind of ['sender', 'receiver'] as const) {
    const link = connection[`open_${kind}`]('nowhere');
    await once(link, `${kind}_error`);
    for (const end of [link.source, link.target]) assert.equal(Reflect.get(end, 'value'), null, kind);
    const { condition, info } = link.error as { condition: string; info: unknown };
    assert.deepEqual([condition, info], ['amqp:not-found', {}]);
  }
});

test('a request that names no reply-to is answered over the link from its node', async t => {
  const bus = await startTestBus(t, topology);
  const connection = await connectAs(t, bus);
  const node = 'amqps://localhost/work/$management';
  const fields = { 'from-sequence-number': rhea.types.wrap_long(1), 'message-count': rhea.types.wrap_int(1) };
  const reply = await request(connection, node, {
    message_id: 1,
    application_properties: { operation: 'com.microsoft:peek-message' },
    body: rhea.types.wrap_map(fields),
  });
  assert.equal(reply.correlation_id, 1);
  assert.equal(reply.application_properties?.['statusCode'], 204);
});

test('a settlement is answered with the outcome that was asked for', async t => {
  const bus = await startTestBus(t, topology);
  const client = bus.client();
  await client.createSender('work').sendMessages([1, 2, 3, 4].map(body => ({ body })));
  const receiver = client.createReceiver('work');
  const steps = [
    [receiver.completeMessage, 'accepted'],
    [receiver.deferMessage, 'modified'],
    [receiver.deadLetterMessage, 'rejected'],
    [receiver.abandonMessage, 'modified'],
  ] as const;
  for (const [step, answer] of steps) {
    const [message] = await receiver.receiveMessages(1);
    assert.ok(message);
    await step.call(receiver, message);
    const { remote_state: state } = Reflect.get(message, 'delivery') as { remote_state: object };
    assert.equal(Reflect.get(state.constructor, 'composite_type'), answer);
  }
});

test('a shared access signature is taken as such when it is put as a token of another type', async t => {
  const bus = await startTestBus(t, topology);
  const connection = await connectAs(t, bus, false);
  const put = async (token: string): Promise<unknown> => {
    const application_properties = {
      operation: 'put-token',
      type: 'jwt',
      name: 'amqps://localhost/work',
    };
    const reply = await request(connection, '$cbs', {
      message_id: 'put',
      application_properties,
      body: token,
    });
    return reply.application_properties?.['status-code'];
  };
  assert.equal(await put(`${tokenOf(bus)}x`), 401);
  assert.equal(await put(tokenOf(bus)), 202);
});

/** A connection that may use every entity, unless it is to put tokens itself. */
async function connectAs(t: TestContext, bus: TestBus, isAuthorized = true): Promise<Connection> {
  const connection = connectRaw(t, bus);
  // rhea would write about it.
  connection.on('disconnected', () => undefined);
  await once(connection, 'connection_open');
  if (isAuthorized) {
    const application_properties = {
      operation: 'put-token',
      type: 'servicebus.windows.net:sastoken',
      name: 'sb://localhost/',
    };
    await request(connection, '$cbs', { message_id: 'all', application_properties, body: tokenOf(bus) });
  }
  return connection;
}

/** Asks a node and waits for the answer on a link that receives from it; no address for replies is named. */
async function request(connection: Connection, node: string, message: Message): Promise<Message> {
  const receiver = connection.open_receiver(node);
  await once(receiver, 'receiver_open');
  const sender = connection.open_sender(node);
  await once(sender, 'sendable');
  sender.send(message);
  const [answer] = await once(receiver, 'message');
  sender.close();
  receiver.close();
  return answer.message;
}

/** A token of the namespace's own key, good for an hour. */
function tokenOf({ connectionString }: TestBus): string {
  const [name = '', key = ''] = ['Name', ''].map(
    part => new RegExp(`SharedAccessKey${part}=([^;]+)`).exec(connectionString)?.[1],
  );
  const resource = encodeURIComponent('sb://localhost/');
  const expiry = Math.floor(Date.now() / 1000) + 3600;
  const signature = createHmac('sha256', key).update(`${resource}\n${expiry}`).digest('base64');
  return `SharedAccessSignature sr=${resource}&sig=${encodeURIComponent(signature)}&se=${expiry}&skn=${name}`;
}
