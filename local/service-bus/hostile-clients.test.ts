import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { test } from 'node:test';
import fc from 'fast-check';
import rhea, { type Typed } from 'rhea';
import { WebSocket } from 'ws';
import { described, writeValue } from './amqp-values.ts';
import { startTestBus, type TestBus } from './test-bus.ts';

const topology = { queues: [{ name: 'work' }, { name: 'turns', requiresSession: true }] };

/** The header of AMQP 1.0 without SASL. */
const amqpHeader = Buffer.from('AMQP\0\x01\0\0', 'latin1');
const open = 0x10;
const begin = 0x11;
const attach = 0x12;
const transfer = 0x14;

test('what is no request, or not addressed as one, is refused and the server lives', async t => {
  const bus = await startTestBus(t, topology);
  const authorization = tokenOf(bus);
  const host = `Host: localhost:${portOf(bus)}`;
  const about: readonly (readonly [start: string, headers: string[], status: number | undefined])[] = [
    ['GET // HTTP/1.1', [host], 401],
    ['GET //[ HTTP/1.1', [host], 401],
    ['GET /?api-version=2021-05 HTTP/1.1', ['Host: ['], 400],
    ['GET http://elsewhere/work HTTP/1.1', [host], 401],
    ['GET * HTTP/1.1', [host], 400],
    ['GET /%E0%A4%A?api-version=2021-05 HTTP/1.1', [host, `Authorization: ${authorization}`], 400],
    ['GET / HTTP/1.1', [host, `X-Long: ${'x'.repeat(100_000)}`], 431],
    ['CONNECT work:443 HTTP/1.1', [host], undefined],
    ['GET /$servicebus/websocket HTTP/1.1', [host, 'Connection: upgrade', 'Upgrade: websocket'], 400],
    ['PUT /work HTTP/1.1', [host, 'Content-Length: -1'], 400],
  ];
  for (const [start, headers, status] of about)
    assert.equal(await statusOf(bus, `${start}\r\n${headers.join('\r\n')}\r\n\r\n`), status, start);
  await stillServes(bus);
});

test('whatever path, host and token a request has, it is answered', async t => {
  const bus = await startTestBus(t, topology);
  const word = fc
    .string({ unit: 'binary-ascii', maxLength: 30 })
    .map(text => text.replaceAll(/[\r\n\0 ]/g, '%'));
  const request = fc.record({ path: word, host: word, token: fc.option(word), isOwn: fc.boolean() });
  const property = fc.asyncProperty(request, async ({ path, host, token, isOwn }) => {
    const credentials = isOwn ? tokenOf(bus) : token;
    const lines = [`GET /${path} HTTP/1.1`, `Host: ${isOwn ? 'localhost' : host}`, 'Connection: close'];
    if (credentials !== null) lines.push(`Authorization: ${credentials}`);
    const status = await statusOf(bus, `${lines.join('\r\n')}\r\n\r\n`);
    assert.ok(status !== undefined && status < 500, `${status} for ${lines[0]}`);
  });
  await fc.assert(property, { numRuns: 40 });
  await stillServes(bus);
});

test('a link whose address is no text, and frames that are none, end their own connection at most', async t => {
  const bus = await startTestBus(t, topology);
  const address = (value: Typed): Typed => described(0x28, 'list', [value]);
  for (const role of [true, false]) {
    for (const value of [
      rhea.types.wrap_int(5),
      rhea.types.wrap_boolean(true),
      rhea.types.wrap_map({ a: 1 }),
    ]) {
      const ends = [address(value), described(0x29, 'list', [value])];
      await offer(bus, frames([attach, linkFields(role, ends)]));
    }
  }
  const oversized = Buffer.alloc(8);
  oversized.writeUInt32BE(0xffff_ffff);
  const doff = Buffer.from([0, 0, 0, 12, 200, 0, 0, 0, 1, 2, 3, 4]);
  for (const bytes of [oversized, Buffer.alloc(8), doff, Buffer.from('00000008ff000000', 'hex')])
    await offer(bus, bytes);
  await stillServes(bus);
});

test('whatever bytes and performatives follow the header of AMQP, others are served', async t => {
  const bus = await startTestBus(t, topology);
  const bytes = fc.uint8Array({ maxLength: 200 }).map(array => Buffer.from(array));
  const performative = fc.tuple(
    fc.integer({ min: 0x10, max: 0x18 }),
    fc.array(anyValue(), { maxLength: 14 }),
  );
  const sequence = fc.array(performative, { maxLength: 5 }).map(list => frames(...list));
  const links = fc
    .tuple(fc.boolean(), fc.array(anyValue(), { maxLength: 9 }), bytes)
    .map(([role, rest, payload]) => {
      const first = [
        rhea.types.wrap_uint(0),
        rhea.types.wrap_uint(0),
        rhea.types.wrap_binary(Buffer.from('a')),
      ];
      return frames([attach, linkFields(role, rest)], [transfer, first, payload]);
    });
  const property = fc.asyncProperty(fc.oneof(bytes, sequence, links), given => offer(bus, given));
  await fc.assert(property, { numRuns: 40 });
  await stillServes(bus);
});

test('bytes that are no frames do not end the server over WebSockets either', async t => {
  const bus = await startTestBus(t, topology);
  for (const bytes of [Buffer.from('no AMQP'), Buffer.concat([amqpHeader, Buffer.alloc(30, 7)])]) {
    const socket = new WebSocket(`ws://localhost:${portOf(bus)}/$servicebus/websocket`, 'AMQPWSB10');
    await once(socket, 'open');
    socket.send(bytes);
    socket.send('text');
    await Promise.race([once(socket, 'close'), once(socket, 'message')]);
    socket.terminate();
  }
  await stillServes(bus);
});

/** A value of any type that AMQP knows. */
function anyValue(): fc.Arbitrary<Typed> {
  const { types } = rhea;
  return fc.oneof(
    fc.constant(types.wrap(null)),
    fc.boolean().map(types.wrap_boolean),
    fc.integer({ min: 0, max: 10 }).map(types.wrap_uint),
    fc.integer().map(types.wrap_int),
    fc.string().map(types.wrap_string),
    fc.constantFrom('work', 'work/$management', '$cbs').map(types.wrap_string),
    fc.string().map(types.wrap_symbol),
    fc.constantFrom(0x23, 0x24, 0x28, 0x29, 0x30).map(code => described(code, 'list', [types.wrap_int(1)])),
  );
}

function linkFields(role: boolean, ends: readonly Typed[]): Typed[] {
  const { types } = rhea;
  const unset = types.wrap(null);
  return [types.wrap_string('link'), types.wrap_uint(0), types.wrap_boolean(role), unset, unset, ...ends];
}

/** An open, a begin and what follows, as the frames of channel 0. */
function frames(
  ...performatives: readonly (readonly [code: number, fields: readonly Typed[], payload?: Buffer])[]
): Buffer {
  const { types } = rhea;
  const numbers = [types.wrap(null), types.wrap_uint(0), types.wrap_uint(100), types.wrap_uint(100)];
  const all: typeof performatives = [[open, [types.wrap_string('me')]], [begin, numbers], ...performatives];
  return Buffer.concat(
    all.map(([code, fields, payload = Buffer.alloc(0)]) => {
      const body = Buffer.concat([writeValue(described(code, 'list', fields)), payload]);
      const head = Buffer.from([0, 0, 0, 0, 2, 0, 0, 0]);
      head.writeUInt32BE(8 + body.length);
      return Buffer.concat([head, body]);
    }),
  );
}

/** Sends bytes after the header of AMQP and waits until the server has read them, or has hung up. */
async function offer(bus: TestBus, bytes: Buffer): Promise<void> {
  const socket = socketTo(bus);
  await once(socket, 'connect');
  socket.end(Buffer.concat([amqpHeader, bytes]));
  await gone(socket);
}

async function statusOf(bus: TestBus, request: string): Promise<number | undefined> {
  const socket = socketTo(bus);
  socket.write(request);
  const chunks: Buffer[] = [];
  socket.on('data', chunk => {
    chunks.push(chunk);
    socket.end();
  });
  await gone(socket);
  const status = /^HTTP\/1\.1 (\d+)/.exec(Buffer.concat(chunks).toString('latin1'))?.[1];
  return status === undefined ? undefined : Number(status);
}

function socketTo(bus: TestBus): Socket {
  // How the server ends a connection is its own affair here.
  return connect(portOf(bus), '127.0.0.1').on('error', () => undefined);
}

async function gone(socket: Socket): Promise<void> {
  socket.resume();
  if (!socket.closed) await once(socket, 'close').catch(() => undefined);
}

async function stillServes(bus: TestBus): Promise<void> {
  const client = bus.client();
  await client.createSender('work').sendMessages({ body: 'still here' });
  const receiver = client.createReceiver('work', { receiveMode: 'receiveAndDelete' });
  const [message] = await receiver.receiveMessages(1);
  assert.equal(message?.body, 'still here');
}

function portOf(bus: TestBus): number {
  return Number(/:(\d+);/.exec(bus.connectionString)?.[1]);
}

/** A token of the namespace's own key, good for an hour. */
function tokenOf({ connectionString }: TestBus): string {
  const key = /SharedAccessKey=([^;]+)/.exec(connectionString)?.[1] ?? '';
  const name = /SharedAccessKeyName=([^;]+)/.exec(connectionString)?.[1] ?? '';
  const resource = encodeURIComponent('sb://localhost/');
  const expiry = Math.floor(Date.now() / 1000) + 3600;
  const signature = createHmac('sha256', key).update(`${resource}\n${expiry}`).digest('base64');
  return `SharedAccessSignature sr=${resource}&sig=${encodeURIComponent(signature)}&se=${expiry}&skn=${name}`;
}
