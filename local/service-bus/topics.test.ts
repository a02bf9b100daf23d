import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startTestBus } from './test-bus.ts';

const topology = {
  topics: [
    {
      name: 'events',
      duplicateDetectionSeconds: 600,
      subscriptions: [
        { name: 'all' },
        { name: 'big', filter: "amount > 100 AND sys.Label LIKE 'order%'" },
        { name: 'north', filter: { subject: 'order', applicationProperties: { region: 'north' } } },
      ],
    },
  ],
};

test('each subscription gets what its filter lets through', async t => {
  const { client, sender } = await open(t);
  await sender.sendMessages([
    { body: 1, subject: 'order', applicationProperties: { amount: 150, region: 'north' } },
    { body: 2, subject: 'order', applicationProperties: { amount: 50, region: 'south' } },
    { body: 3, subject: 'refund', applicationProperties: { amount: 500, region: 'north' } },
    { body: 4 },
  ]);
  const received: Record<string, unknown[]> = {};
  for (const name of ['all', 'big', 'north']) {
    received[name] = (await client.createReceiver('events', name).peekMessages(5)).map(
      message => message.body,
    );
  }
  assert.deepEqual(received, { all: [1, 2, 3, 4], big: [1], north: [1] });
});

test('subscriptions settle apart and have their own dead-letter queue', async t => {
  const { client, sender } = await open(t);
  await sender.sendMessages({ body: 1, subject: 'order', applicationProperties: { amount: 101 } });
  const all = client.createReceiver('events', 'all');
  const big = client.createReceiver('events', 'big');
  const [one] = await all.receiveMessages(1);
  const [other] = await big.receiveMessages(1);
  assert.ok(one && other);
  await all.completeMessage(one);
  await big.deadLetterMessage(other, { deadLetterReason: 'no', deadLetterErrorDescription: 'thanks' });
  const [dead] = await client
    .createReceiver('events', 'big', { subQueueType: 'deadLetter' })
    .receiveMessages(1);
  assert.equal(dead?.deadLetterReason, 'no');
});

test('a duplicate on a topic reaches no subscription, and scheduling works on topics', async t => {
  const { bus, client, sender } = await open(t);
  await sender.scheduleMessages({ body: 1, messageId: 'm' }, new Date(Date.now() + 60_000));
  await sender.sendMessages({ body: 2, messageId: 'm' });
  const receiver = client.createReceiver('events', 'all', { receiveMode: 'receiveAndDelete' });
  assert.deepEqual(await receiver.receiveMessages(1, { maxWaitTimeInMs: 300 }), []);
  await bus.jump(61);
  assert.equal((await receiver.receiveMessages(1))[0]?.body, 1);
});

test('rules can be listed, added and removed', async t => {
  const { client, sender } = await open(t);
  const rules = client.createRuleManager('events', 'all');
  assert.deepEqual(await names(rules), ['$Default']);
  await rules.deleteRule('$Default');
  await rules.createRule('sql', { sqlExpression: "colour = 'red'" });
  await rules.createRule('props', { subject: 'blue', applicationProperties: { size: 3 } });
  await assert.rejects(rules.createRule('sql', { sqlExpression: '1=1' }), {
    code: 'MessagingEntityAlreadyExists',
  });
  await assert.rejects(rules.createRule('wrong', { sqlExpression: 'colour = ' }), /not valid/);
  const listed = [];
  for await (const rule of rules.listRules()) listed.push(rule.filter);
  assert.deepEqual(listed[0], { sqlExpression: "colour = 'red'" });
  assert.equal(Reflect.get(listed[1] ?? {}, 'subject'), 'blue');
  await sender.sendMessages([
    { body: 1, applicationProperties: { colour: 'red' } },
    { body: 2, subject: 'blue', applicationProperties: { size: 3 } },
    { body: 3, subject: 'blue' },
  ]);
  const messages = await client.createReceiver('events', 'all').peekMessages(5);
  assert.deepEqual(
    messages.map(message => message.body),
    [1, 2],
  );
});

async function names(rules: { listRules: () => AsyncIterable<{ name: string }> }): Promise<string[]> {
  const found: string[] = [];
  for await (const rule of rules.listRules()) found.push(rule.name);
  return found;
}

async function open(t: Parameters<typeof startTestBus>[0]) {
  const bus = await startTestBus(t, topology);
  const client = bus.client();
  return { bus, client, sender: client.createSender('events') };
}
