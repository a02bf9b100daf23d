import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Connection } from 'rhea';
import { IdleConnections } from './idle-connections.ts';
import { connectRaw, startTestBus } from './test-bus.ts';

const topology = { queues: [{ name: 'work' }] };

test('a connection on which no link is opened is closed after a minute', async t => {
  const bus = await startTestBus(t, topology);
  const connection = connectRaw(t, bus);
  const closed = new Promise<string>(resolve => {
    connection.once('connection_error', () => resolve(reasonOf(connection)));
  });
  await new Promise(resolve => connection.once('connection_open', resolve));
  await bus.jump(59);
  assert.ok(connection.is_open());
  await bus.jump(2);
  assert.match(await closed, /^amqp:connection:forced .* any active links in the past 60000 milliseconds\.$/);
});

test('a connection whose last link was closed has five minutes for another', () => {
  let now = 1000;
  const closed: number[] = [];
  const idle = new IdleConnections({ expect: () => undefined }, () => now);
  const watch = idle.watch(allowed => closed.push(allowed));
  watch.opened();
  watch.opened();
  now += 600_000;
  watch.closed();
  assert.equal(idle.nextEnd(), undefined);
  watch.closed();
  assert.equal(idle.nextEnd(), now + 300_000);
  watch.opened();
  idle.closeIdle(now + 300_000);
  watch.closed();
  idle.closeIdle(now + 299_999);
  assert.deepEqual(closed, []);
  idle.closeIdle(now + 300_000);
  idle.closeIdle(now + 300_000);
  assert.deepEqual(closed, [300_000]);
});

test('a client of the SDK whose connection was closed goes on by itself', async t => {
  const bus = await startTestBus(t, topology);
  const client = bus.client();
  const first = client.createSender('work');
  await first.sendMessages({ body: 1 });
  await first.close();
  await bus.jump(301);
  // A call that meets the end of the connection half-way fails; any later one connects anew.
  for (let isSent = false; !isSent; ) {
    isSent = await client
      .createSender('work')
      .sendMessages({ body: 2 })
      .then(
        () => true,
        () => false,
      );
  }
  assert.equal((await client.createReceiver('work').peekMessages(5)).length, 2);
});

function reasonOf(connection: Connection): string {
  const { condition, description } = connection.error as { condition: string; description: string };
  return `${condition} ${description}`;
}
