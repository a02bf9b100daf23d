import assert from 'node:assert/strict';
import { test } from 'node:test';
import rhea, { type Typed } from 'rhea';
import { startTestBus } from './test-bus.ts';

/** The place of the target in the list of an attach frame (AMQP 1.0 part 2, section 2.7.3). */
const targetAt = 6;

test('a transaction coordinator is refused by name', async t => {
  const bus = await startTestBus(t, {});
  const port = Number(/:(\d+);/.exec(bus.connectionString)?.[1]);
  const container = rhea.create_container();
  const connection = container.connect({ host: '127.0.0.1', port, reconnect: false, username: 'anyone' });
  const refused = Promise.withResolvers<unknown>();
  connection.once('connection_open', () => {
    const sender = connection.open_sender('coordinator');
    const { attach } = (sender as unknown as { local: { attach: { value: Typed[] } } }).local;
    attach.value[targetAt] = coordinator();
    sender.once('sender_error', () => {
      const { condition, description } = sender.error as { condition: string; description: string };
      refused.resolve([condition, description]);
      connection.close();
    });
  });
  assert.deepEqual(await refused.promise, [
    'amqp:not-implemented',
    'Transactions are not supported by the local Service Bus.',
  ]);
});

/** rhea has no coordinator (AMQP 1.0 part 4, section 4.5.1), only the types that it is made of. */
function coordinator(): Typed {
  const { List32 } = rhea.types as unknown as { List32: new (items: readonly Typed[]) => Typed };
  return rhea.types.described(rhea.types.wrap_ulong(0x30), new List32([rhea.types.wrap(null)]));
}
