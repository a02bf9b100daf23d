import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ServiceBusClient } from '@azure/service-bus';
import rhea from 'rhea';
import { startTestBus } from './test-bus.ts';

const topology = { queues: [{ name: 'work' }, { name: 'ordered', requiresSession: true }] };

test('sessions are listed by what is in them or, after a moment, by when their state was set', async t => {
  const bus = await startTestBus(t, topology);
  const client = bus.client();
  await client
    .createSender('ordered')
    .sendMessages(['b', 'a', 'b'].map(sessionId => ({ body: 1, sessionId })));
  await (await client.acceptSession('ordered', 'c')).setSessionState('kept');
  const list = async (after: Date): Promise<unknown> =>
    await insideOf(client, 'ordered').listMessageSessions(0, 10, after);
  const noMoment = new Date(Date.UTC(9999, 11, 31, 23, 59, 59));
  assert.deepEqual(await list(noMoment), ['a', 'b', 'c']);
  assert.deepEqual(await insideOf(client, 'ordered').listMessageSessions(1, 1, noMoment), ['b']);
  assert.deepEqual(await list(new Date(Date.now() - 60_000)), ['c']);
  assert.deepEqual(await list(new Date(Date.now() + 3_600_000)), []);
});

test('a batch delete removes the oldest free messages, no more than 500', async t => {
  const bus = await startTestBus(t, topology);
  const client = bus.client();
  await client.createSender('work').sendMessages([1, 2, 3, 4].map(body => ({ body })));
  const receiver = client.createReceiver('work');
  await receiver.receiveMessages(1);
  await bus.jump(1);
  const long = new Date(0);
  assert.equal(await deleteMessages(client, 'work', { count: 2, before: long }), 0);
  assert.equal(await deleteMessages(client, 'work', { count: 2 }), 2);
  const left = await receiver.peekMessages(5);
  assert.deepEqual(
    left.map(message => message.body),
    [1, 4],
  );
  await assert.rejects(deleteMessages(client, 'work', { count: 501 }), {
    message: /^ArgumentOutOfRangeError: .*between 1 and 500/,
  });
});

test('a batch delete of a session leaves the other sessions alone, and needs its lock', async t => {
  const bus = await startTestBus(t, topology);
  const client = bus.client();
  const sender = client.createSender('ordered');
  await sender.sendMessages(['a', 'b', 'a'].map(sessionId => ({ body: sessionId, sessionId })));
  await bus.jump(1);
  await assert.rejects(deleteMessages(client, 'ordered', { count: 9, session: 'a' }), {
    code: 'SessionLockLost',
  });
  await client.acceptSession('ordered', 'a');
  assert.equal(await deleteMessages(client, 'ordered', { count: 9, session: 'a' }), 2);
  const other = await client.acceptSession('ordered', 'b');
  assert.equal((await other.receiveMessages(1)).length, 1);
});

type Inside = {
  readonly replyTo: string;
  readonly initWithUniqueReplyTo: (options: object) => Promise<object>;
  readonly listMessageSessions: (skip: number, top: number, after: Date) => Promise<string[]>;
  readonly _makeManagementRequest: (
    request: object,
    logger: object,
    options: object,
  ) => Promise<{ body?: { 'message-count'?: number } | null }>;
};

/** What the SDK sends management requests with: 7.9 shows no method for some of them, later versions do. */
function insideOf(client: ServiceBusClient, entity: string): Inside {
  const context: { getManagementClient: (path: string) => Inside } = Reflect.get(
    client,
    '_connectionContext',
  );
  return context.getManagementClient(entity);
}

async function deleteMessages(
  client: ServiceBusClient,
  entity: string,
  { count, before, session }: { count: number; before?: Date; session?: string },
): Promise<number> {
  const inside = insideOf(client, entity);
  const options = await inside.initWithUniqueReplyTo({});
  const body = {
    'message-count': rhea.types.wrap_int(count),
    'enqueued-time-utc': before ?? new Date(Date.now() + 60_000),
    ...(session === undefined ? {} : { 'session-id': session }),
  };
  const application_properties = { operation: 'com.microsoft:batch-delete-messages' };
  const request = { body, reply_to: inside.replyTo, application_properties };
  const silent = { verbose: () => undefined, warning: () => undefined, logError: () => undefined };
  const reply = await inside._makeManagementRequest(request, silent, options);
  return reply.body?.['message-count'] ?? 0;
}
