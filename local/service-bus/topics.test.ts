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
  await rules.createRule('sql', { sqlExpression: "colour = 'red'" }, { sqlExpression: "SET seen = 'yes'" });
  await rules.createRule('props', { subject: 'blue', applicationProperties: { size: 3 } });
  await assert.rejects(rules.createRule('sql', { sqlExpression: '1=1' }), {
    code: 'MessagingEntityAlreadyExists',
  });
  await assert.rejects(rules.createRule('wrong', { sqlExpression: 'colour = ' }), /not valid/);
  const listed = [];
  for await (const rule of rules.listRules()) listed.push(rule);
  const [props, sql] = listed;
  assert.deepEqual(sql?.filter, { sqlExpression: "colour = 'red'" });
  assert.deepEqual(sql?.action, { sqlExpression: "SET seen = 'yes'" });
  assert.equal(Reflect.get(props?.filter ?? {}, 'subject'), 'blue');
  assert.deepEqual(Reflect.get(props?.filter ?? {}, 'applicationProperties'), { size: 3 });
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

test('rules are listed in the order of their names, a page at a time', async t => {
  const { client } = await open(t);
  const rules = client.createRuleManager('events', 'all');
  await rules.createRule('sqlRule', { sqlExpression: 'price > 10' });
  await rules.createRule('correlationRule', { correlationId: 'c' });
  const pages: string[][] = [];
  for await (const page of rules.listRules().byPage({ maxPageSize: 2 })) {
    if (page !== undefined) pages.push(page.map(rule => rule.name));
  }
  assert.deepEqual(pages, [['$Default', 'correlationRule'], ['sqlRule']]);
});

test('what rules and receivers set is the property of that name in any case', async t => {
  const { client, sender } = await open(t);
  const rules = client.createRuleManager('events', 'all');
  await rules.deleteRule('$Default');
  await rules.createRule('urgent', { subject: 'order' }, { sqlExpression: "SET Priority = 'high'" });
  await sender.sendMessages({ body: 1, subject: 'order', applicationProperties: { priority: 'low' } });
  const receiver = client.createReceiver('events', 'all');
  const [message] = await receiver.receiveMessages(1);
  assert.deepEqual(message?.applicationProperties, { priority: 'high', RuleName: 'urgent' });
  await receiver.abandonMessage(message, { PRIORITY: 'none' });
  const [again] = await receiver.receiveMessages(1);
  assert.deepEqual(again?.applicationProperties, { priority: 'none', RuleName: 'urgent' });
});

test('a rule with an action makes a copy of its own, rules without one share a copy', async t => {
  const { client, sender } = await open(t);
  const rules = client.createRuleManager('events', 'all');
  await rules.createRule('plain', { subject: 'order' });
  await rules.createRule(
    'half',
    { subject: 'order' },
    { sqlExpression: 'SET amount = amount / 2; REMOVE region' },
  );
  await rules.createRule(
    'label',
    { sqlExpression: 'amount > 100' },
    { sqlExpression: "SET sys.Label = sys.Label + '!'; SET sys.ReplyTo = 'desk'" },
  );
  await sender.sendMessages({
    body: 1,
    subject: 'order',
    applicationProperties: { amount: 151, region: 'north' },
  });
  const copies = await client.createReceiver('events', 'all').receiveMessages(5, { maxWaitTimeInMs: 20_000 });
  assert.deepEqual(
    copies.map(({ subject, replyTo, applicationProperties }) => ({
      subject,
      replyTo,
      ...applicationProperties,
    })),
    [
      { subject: 'order', replyTo: undefined, amount: 151, region: 'north' },
      { subject: 'order', replyTo: undefined, amount: 75, RuleName: 'half' },
      { subject: 'order!', replyTo: 'desk', amount: 151, region: 'north', RuleName: 'label' },
    ],
  );
});

test('a message that a filter cannot be evaluated on is dead-lettered', async t => {
  const { client, sender } = await open(t);
  const rules = client.createRuleManager('events', 'all');
  await rules.deleteRule('$Default');
  await rules.createRule('division', { sqlExpression: '10 / amount > 1' });
  await sender.sendMessages([0, 5].map(amount => ({ body: amount, applicationProperties: { amount } })));
  const good = await client.createReceiver('events', 'all').peekMessages(5);
  const dead = await client.createReceiver('events', 'all', { subQueueType: 'deadLetter' }).peekMessages(5);
  assert.deepEqual(
    good.map(message => message.body),
    [5],
  );
  assert.deepEqual(
    dead.map(message => [message.body, message.deadLetterReason]),
    [[0, 'FilterEvaluationException']],
  );
});

test('a filter or action that names a system property which is none is refused', async t => {
  const { client } = await open(t);
  const rules = client.createRuleManager('events', 'all');
  const all = { sqlExpression: '1=1' };
  for (const [filter, action] of [
    [{ sqlExpression: "amount = 1 AND sys.Nothing = 'x'" }],
    [all, { sqlExpression: "SET sys.Nothing = 'x'" }],
    [all, { sqlExpression: "SET sys.EnqueuedTimeUtc = 'x'" }],
    [all, { sqlExpression: 'SET amount = sys.Nothing' }],
    [all, { sqlExpression: 'REMOVE sys.Nothing' }],
  ] as const) {
    await assert.rejects(rules.createRule('wrong', filter, action), {
      code: 'GeneralError',
      message: /^ArgumentError: The expression .* system property/,
    });
  }
  assert.deepEqual(await names(rules), ['$Default']);
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
