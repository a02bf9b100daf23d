import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { test } from 'node:test';
import { ServiceBusClient } from '@azure/service-bus';
import { WebSocket } from 'ws';
import { type SecureBus, startSecureBus } from './test-bus.ts';

const topology = { queues: [{ name: 'work' }] };
const quick = { retryOptions: { maxRetries: 0, timeoutInMs: 20_000 } };

test('a client with a credential sends and receives over TLS, trusted by the token of the local identity', async t => {
  const bus = await startSecureBus(t, topology);
  const client = new ServiceBusClient(bus.fullyQualifiedNamespace, bus.credential(), quick);
  t.after(() => client.close());
  await sendAndComplete(client);
});

test('a token for another audience and one that nobody known signed are refused', async t => {
  const bus = await startSecureBus(t, topology);
  const forged = {
    getToken: async () => ({ token: 'e30.e30.c2ln', expiresOnTimestamp: Date.now() + 60_000 }),
  };
  for (const credential of [bus.credential('https://vault.azure.net'), forged]) {
    const client = new ServiceBusClient(bus.fullyQualifiedNamespace, credential, quick);
    await assert.rejects(client.createSender('work').sendMessages({ body: 1 }), {
      code: 'UnauthorizedAccess',
    });
    await client.close();
  }
});

test('the same port takes AMQP over WebSockets', async t => {
  const bus = await startSecureBus(t, topology);
  await sendAndComplete(
    bus.client(bus.connectionString, { ...quick, webSocketOptions: { webSocket: WebSocket } }),
  );
});

test('a client over TLS with the keys of the connection string works too', async t => {
  const bus = await startSecureBus(t, topology);
  await sendAndComplete(bus.client(bus.connectionString.replace('UseDevelopmentEmulator=true;', '')));
});

test('a client that speaks nothing known does not disturb the others', async t => {
  const bus = await startSecureBus(t, topology);
  const socket = connect(Number(bus.fullyQualifiedNamespace.split(':')[1]), '127.0.0.1');
  socket.end('\u0001\u0002 what is this\r\n\r\n');
  await new Promise(resolve => socket.once('close', resolve).resume());
  await sendAndComplete(bus.client());
});

async function sendAndComplete(client: ReturnType<SecureBus['client']>): Promise<void> {
  await client.createSender('work').sendMessages({ body: { text: 'x'.repeat(100_000) } });
  const receiver = client.createReceiver('work');
  const [message] = await receiver.receiveMessages(1, { maxWaitTimeInMs: 20_000 });
  assert.equal(message?.body.text.length, 100_000);
  await receiver.completeMessage(message);
  assert.deepEqual(await receiver.peekMessages(1), []);
}
