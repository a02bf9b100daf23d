import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:https';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { ServiceBusAdministrationClient } from '@azure/service-bus';
import { type SecureBus, startSecureBus } from '../test-bus.ts';

const topology = {
  queues: [{ name: 'work', lockSeconds: 30 }],
  topics: [{ name: 'events', subscriptions: [{ name: 'all' }] }],
};

const endless = 'P10675199DT2H48M5.4775807S';

test('the namespace says what it is', async t => {
  const bus = await startSecureBus(t, topology);
  const { messagingSku, name, createdAt } = await bus.administration().getNamespaceProperties();
  assert.deepEqual([messagingSku, name], ['Standard', 'localhost']);
  assert.ok(createdAt.getTime() <= Date.now());
});

test('a queue that is told nothing has the defaults of the service', async t => {
  const bus = await startSecureBus(t, topology);
  const { _response, ...queue } = await bus.administration().createQueue('orders');
  assert.equal(_response.status, 201);
  assert.deepEqual(queue, {
    name: 'orders',
    forwardTo: undefined,
    userMetadata: undefined,
    lockDuration: 'PT1M',
    maxSizeInMegabytes: 1024,
    maxDeliveryCount: 10,
    enablePartitioning: false,
    requiresSession: false,
    enableBatchedOperations: true,
    defaultMessageTimeToLive: endless,
    autoDeleteOnIdle: endless,
    requiresDuplicateDetection: false,
    duplicateDetectionHistoryTimeWindow: 'PT10M',
    deadLetteringOnMessageExpiration: false,
    forwardDeadLetteredMessagesTo: undefined,
    authorizationRules: undefined,
    status: 'Active',
    enableExpress: false,
    availabilityStatus: 'Available',
    maxMessageSizeInKilobytes: 256,
  });
});

test('a queue keeps what it is told, and an update holds for the messages in it', async t => {
  const bus = await startSecureBus(t, topology);
  const administration = bus.administration();
  const given = {
    lockDuration: 'PT45S',
    defaultMessageTimeToLive: 'P2DT3H',
    deadLetteringOnMessageExpiration: true,
    requiresDuplicateDetection: true,
    duplicateDetectionHistoryTimeWindow: 'PT1M30S',
    maxDeliveryCount: 1,
    autoDeleteOnIdle: 'PT1H',
    userMetadata: 'for <you> & "me"',
    forwardDeadLetteredMessagesTo: 'work',
  };
  const made = await administration.createQueue('orders', given);
  for (const [name, value] of Object.entries(given)) {
    const expected =
      name === 'forwardDeadLetteredMessagesTo' ? `sb://${bus.fullyQualifiedNamespace}/work` : value;
    assert.equal(Reflect.get(made, name), expected, name);
  }
  await bus.client().createSender('orders').sendMessages({ body: 1 });
  await administration.updateQueue({ ...made, maxDeliveryCount: 2, lockDuration: 'PT1M' });
  const receiver = bus.client().createReceiver('orders');
  const [message] = await receiver.receiveMessages(1);
  assert.ok(message?.lockedUntilUtc && message.lockedUntilUtc.getTime() - Date.now() > 46_000);
  await receiver.abandonMessage(message);
  const [again] = await receiver.receiveMessages(1);
  assert.equal(again?.deliveryCount, 1);
});

test('names that are taken, missing or wrong have the errors of the service', async t => {
  const bus = await startSecureBus(t, topology);
  const administration = bus.administration();
  const queue = await administration.getQueue('work');
  const subscription = await administration.getSubscription('events', 'all');
  const taken = { code: 'MessageEntityAlreadyExistsError', statusCode: 409 };
  const missing = { code: 'MessageEntityNotFoundError' };
  const wrong = { code: 'ServiceError', statusCode: 400 };
  await assert.rejects(administration.createQueue('work'), taken);
  await assert.rejects(administration.createTopic('work'), taken);
  await assert.rejects(administration.createSubscription('events', 'all'), taken);
  await assert.rejects(
    administration.createRule('events', 'all', '$Default', { sqlExpression: '1=1' }),
    taken,
  );
  await assert.rejects(administration.getQueue('nowhere'), missing);
  await assert.rejects(administration.getTopic('nowhere'), missing);
  await assert.rejects(administration.getSubscription('events', 'nobody'), missing);
  await assert.rejects(administration.getRule('events', 'all', 'none'), missing);
  await assert.rejects(administration.createSubscription('nowhere', 'all'), missing);
  await assert.rejects(administration.updateQueue({ ...queue, name: 'nowhere' }), missing);
  await assert.rejects(administration.deleteQueue('nowhere'), missing);
  await assert.rejects(administration.deleteRule('events', 'all', 'none'), missing);
  await assert.rejects(administration.createQueue('two words'), wrong);
  await assert.rejects(administration.createQueue('long', { lockDuration: 'PT6M' }), wrong);
  await assert.rejects(
    administration.createQueue('short', { defaultMessageTimeToLive: 'PT0S' }),
    /The value 0 is less than 1000\./,
  );
  await assert.rejects(administration.createQueue('parts', { enablePartitioning: true }), wrong);
  await assert.rejects(administration.createQueue('lost', { forwardTo: 'nowhere' }), wrong);
  await assert.rejects(administration.updateQueue({ ...queue, requiresSession: true }), wrong);
  await assert.rejects(administration.updateSubscription({ ...subscription, requiresSession: true }), wrong);
  await assert.rejects(administration.createRule('events', 'all', 'bad', { sqlExpression: 'a = ' }), wrong);
});

test('what exists is said of queues, topics, subscriptions and rules', async t => {
  const bus = await startSecureBus(t, topology);
  const administration = bus.administration();
  assert.deepEqual(
    await Promise.all([
      administration.queueExists('work'),
      administration.queueExists('nowhere'),
      administration.topicExists('events'),
      administration.topicExists('nowhere'),
      administration.subscriptionExists('events', 'all'),
      administration.subscriptionExists('events', 'nobody'),
      administration.ruleExists('events', 'all', '$Default'),
      administration.ruleExists('events', 'all', 'none'),
    ]),
    [true, false, true, false, true, false, true, false],
  );
});

test('lists come in pages and go on where a page ended', async t => {
  const bus = await startSecureBus(t, topology);
  const administration = bus.administration();
  for (const name of ['a', 'b', 'c', 'd']) await administration.createQueue(name);
  const first = await administration.listQueues().byPage({ maxPageSize: 2 }).next();
  assert.deepEqual(
    first.value.map((queue: { name: string }) => queue.name),
    ['a', 'b'],
  );
  const rest: string[] = [];
  const pages = administration
    .listQueues()
    .byPage({ maxPageSize: 2, continuationToken: first.value.continuationToken });
  for await (const page of pages) rest.push(...page.map(queue => queue.name));
  assert.deepEqual(rest, ['c', 'd', 'work']);
});

test('the runtime properties count messages by where they are', async t => {
  const bus = await startSecureBus(t, topology);
  const [client, administration] = [bus.client(), bus.administration()];
  const sender = client.createSender('work');
  await sender.sendMessages([1, 2, 3, 4].map(body => ({ body })));
  await sender.scheduleMessages({ body: 5 }, new Date(Date.now() + 60_000));
  const receiver = client.createReceiver('work');
  const [first, second, third] = await receiver.receiveMessages(3);
  assert.ok(first && second && third);
  await receiver.deadLetterMessage(first);
  await receiver.completeMessage(second);
  const counts = await administration.getQueueRuntimeProperties('work');
  assert.deepEqual(
    [
      counts.activeMessageCount,
      counts.deadLetterMessageCount,
      counts.scheduledMessageCount,
      counts.totalMessageCount,
    ],
    [2, 1, 1, 4],
  );
  assert.ok(Number(counts.sizeInBytes) > 0);
  assert.ok(counts.accessedAt >= counts.createdAt);
  await client.createSender('events').sendMessages([{ body: 1 }, { body: 2 }]);
  const topic = await administration.getTopicRuntimeProperties('events');
  const subscription = await administration.getSubscriptionRuntimeProperties('events', 'all');
  assert.deepEqual([topic.subscriptionCount, topic.scheduledMessageCount], [1, 0]);
  assert.deepEqual([subscription.activeMessageCount, subscription.totalMessageCount], [2, 2]);
});

test('a rule made by the administration client filters, changes and comes back as it was given', async t => {
  const bus = await startSecureBus(t, topology);
  const [client, administration] = [bus.client(), bus.administration()];
  const when = new Date('2026-05-01T12:00:00.000Z');
  const filter = {
    sqlExpression: 'size > @least AND kind = @kind',
    sqlParameters: { '@least': 3, '@kind': 'ring' },
  };
  const correlation = { correlationId: 'c', applicationProperties: { n: 2.5, flag: true, text: 'WA', when } };
  await administration.createSubscription('events', 'some', {
    defaultRuleOptions: {
      name: 'first',
      filter,
      action: { sqlExpression: "SET sys.Label = 'big'; REMOVE kind" },
    },
  });
  await administration.createRule('events', 'some', 'second', correlation);
  const first = await administration.getRule('events', 'some', 'first');
  assert.deepEqual(first.filter, filter);
  assert.equal(Reflect.get(first.action, 'sqlExpression'), "SET sys.Label = 'big'; REMOVE kind");
  const second = await administration.getRule('events', 'some', 'second');
  assert.deepEqual(Reflect.get(second.filter, 'applicationProperties'), correlation.applicationProperties);
  await client.createSender('events').sendMessages([
    { body: 1, applicationProperties: { size: 4, kind: 'ring' } },
    { body: 2, applicationProperties: { size: 3, kind: 'ring' } },
    { body: 3, correlationId: 'c', applicationProperties: correlation.applicationProperties },
  ]);
  const messages = await client.createReceiver('events', 'some').peekMessages(5);
  assert.deepEqual(
    messages.map(({ body, subject, applicationProperties }) => [
      body,
      subject,
      applicationProperties?.['kind'],
    ]),
    [
      [1, 'big', undefined],
      [3, undefined, undefined],
    ],
  );
  await administration.updateRule('events', 'some', { ...first, filter: { sqlExpression: '1=0' } });
  await client
    .createSender('events')
    .sendMessages({ body: 4, applicationProperties: { size: 4, kind: 'ring' } });
  assert.deepEqual(await client.createReceiver('events', 'some').peekMessages(5), [], 'no further message');
});

test('a deleted queue closes its receivers, and its name begins anew', async t => {
  const bus = await startSecureBus(t, topology);
  const [client, administration] = [bus.client(), bus.administration()];
  const failed = Promise.withResolvers<unknown>();
  await client.createSender('work').sendMessages({ body: 1 });
  const [held] = await client.createReceiver('work').receiveMessages(1);
  client.createReceiver('work').subscribe({
    processMessage: async () => undefined,
    processError: async ({ error }) => failed.resolve(Reflect.get(error, 'code')),
  });
  await administration.deleteQueue('work');
  assert.equal(await failed.promise, 'MessagingEntityNotFound');
  await administration.createQueue('work');
  const receiver = client.createReceiver('work');
  assert.deepEqual(await receiver.peekMessages(1), []);
  assert.ok(held);
  await assert.rejects(receiver.completeMessage(held));
});

test('a status forbids to send, to receive or both, also on links that are open', async t => {
  const bus = await startSecureBus(t, topology);
  const [client, administration] = [bus.client(), bus.administration()];
  const [sender, receiver] = [client.createSender('work'), client.createReceiver('work')];
  const queue = await administration.getQueue('work');
  const refused = { code: 'MessagingEntityDisabled' };
  await sender.sendMessages({ body: 1 });
  await administration.updateQueue({ ...queue, status: 'SendDisabled' });
  await assert.rejects(sender.sendMessages({ body: 2 }), refused);
  await assert.rejects(sender.scheduleMessages({ body: 2 }, new Date(Date.now() + 60_000)), refused);
  assert.equal((await receiver.receiveMessages(1))[0]?.body, 1);
  await administration.updateQueue({ ...queue, status: 'ReceiveDisabled' });
  await sender.sendMessages({ body: 3 });
  await assert.rejects(client.createReceiver('work').receiveMessages(1), refused);
  await assert.rejects(client.createReceiver('work').peekMessages(1), refused);
  await administration.updateQueue({ ...queue, status: 'Disabled' });
  await assert.rejects(sender.sendMessages({ body: 4 }), refused);
});

test('a key of a queue opens that queue for what it may do', async t => {
  const bus = await startSecureBus(t, topology);
  const rule = {
    claimType: 'SharedAccessKey',
    keyName: 'sender',
    primaryKey: 'Zmlyc3Q=',
    secondaryKey: 'c2Vjb25k',
  };
  await bus
    .administration()
    .createQueue('orders', { authorizationRules: [{ ...rule, accessRights: ['Send'] }] });
  for (const key of [rule.primaryKey, rule.secondaryKey]) {
    const client = bus.client(
      bus.connectionString.replace(
        /SharedAccessKeyName=.*?;SharedAccessKey=.*?;/,
        `SharedAccessKeyName=sender;SharedAccessKey=${key};`,
      ),
    );
    await client.createSender('orders').sendMessages({ body: 1 });
    const denied = { code: 'UnauthorizedAccess' };
    await assert.rejects(client.createReceiver('orders').receiveMessages(1), denied);
    await assert.rejects(client.createReceiver('orders').peekMessages(1), denied);
    await assert.rejects(client.createSender('work').sendMessages({ body: 1 }), denied);
  }
});

test('without the right to manage, and with a wrong key, nothing is administered', async t => {
  const bus = await startSecureBus(t, topology);
  const wrong = bus.connectionString.replace(/SharedAccessKey=[^;]*/, 'SharedAccessKey=wrong');
  await assert.rejects(bus.administration(wrong).getQueue('work'), {
    code: 'UnauthorizedRequestError',
    statusCode: 401,
  });
  const tokens = new ServiceBusAdministrationClient(bus.fullyQualifiedNamespace, bus.credential(), {
    retryOptions: { maxRetries: 0 },
  });
  assert.equal((await tokens.getQueue('work')).lockDuration, 'PT30S');
  const other = new ServiceBusAdministrationClient(
    bus.fullyQualifiedNamespace,
    bus.credential('https://vault.azure.net'),
  );
  await assert.rejects(other.getQueue('work'), { statusCode: 401 });
});

test('who makes an entity forward must be allowed to manage the target, too', async t => {
  const bus = await startSecureBus(t, topology);
  const administration = bus.administration();
  await administration.createQueue('target');
  const wrong = (header: string, value: string) => ({
    requestOptions: { customHeaders: { [header]: value } },
  });
  for (const [options, header] of [
    [{ forwardTo: 'target' }, 'ServiceBusSupplementaryAuthorization'],
    [{ forwardDeadLetteredMessagesTo: 'target' }, 'ServiceBusDlqSupplementaryAuthorization'],
  ] as const) {
    const denied = { code: 'UnauthorizedRequestError', statusCode: 401 };
    const made = administration.createQueue('source', {
      ...options,
      ...wrong(header, 'SharedAccessSignature no'),
    });
    await assert.rejects(made, denied);
    await administration.createQueue('source', options);
    const queue = await administration.getQueue('source');
    await assert.rejects(administration.updateQueue(queue, wrong(header, '')), denied);
    await administration.updateQueue({ ...queue, lockDuration: 'PT30S' });
    await administration.deleteQueue('source');
  }
});

test('what lies in a queue when it begins to forward goes on, and its receivers are closed', async t => {
  const bus = await startSecureBus(t, topology);
  const administration = bus.administration();
  const queue = await administration.createQueue('source');
  await administration.createQueue('target');
  const client = bus.client();
  await client.createSender('source').sendMessages([{ body: 1 }, { body: 2 }]);
  const receiver = client.createReceiver('source', { maxAutoLockRenewalDurationInMs: 0 });
  const [held] = await receiver.receiveMessages(1);
  assert.equal(held?.body, 1);
  await administration.updateQueue({ ...queue, forwardTo: 'target' });
  const target = client.createReceiver('target', { receiveMode: 'receiveAndDelete' });
  assert.equal((await target.receiveMessages(1))[0]?.body, 2);
  await bus.jump(61);
  assert.equal((await target.receiveMessages(1))[0]?.body, 1);
  await assert.rejects(receiver.receiveMessages(1), { message: /auto-forwarding enabled/ });
});

test('an update with the tag of an older state is refused', async t => {
  const bus = await startSecureBus(t, topology);
  const queue = await bus.administration().getQueue('work');
  const tag = queue._response.headers.get('etag') ?? '';
  const change = (ifMatch: string): Promise<unknown> =>
    bus.administration().updateQueue(queue, { requestOptions: { customHeaders: { 'if-match': ifMatch } } });
  await change(tag);
  await assert.rejects(change('"1"'), { statusCode: 412 });
});

test('an unused queue deletes itself, a used one does not', async t => {
  const bus = await startSecureBus(t, topology);
  const administration = bus.administration();
  for (const name of ['used', 'unused']) await administration.createQueue(name, { autoDeleteOnIdle: 'PT5M' });
  await bus.jump(200);
  await bus.client().createSender('used').sendMessages({ body: 1 });
  await bus.jump(200);
  assert.deepEqual(
    [await administration.queueExists('used'), await administration.queueExists('unused')],
    [true, false],
  );
});

test('what is no description is a bad request', async t => {
  const bus = await startSecureBus(t, topology);
  const put = putter(bus);
  const described = (kind: string, inner: string): string =>
    `<entry><content><${kind}Description>${inner}</${kind}Description></content></entry>`;
  const rule = '<AuthorizationRules><AuthorizationRule/></AuthorizationRules>';
  for (const [path, body] of [
    ['/odd', '<entry><content>'],
    ['/odd', '<entry/>'],
    ['/odd', described('Queue', rule)],
    ['/odd', described('Subscription', '')],
    ['/odd', described('Queue', '<ForwardTo>sb://localhost:1xx</ForwardTo>')],
    ['/odd', described('Queue', '<ForwardTo>sb://localhost:1xx/work</ForwardTo>')],
    ['/odd', described('Queue', '<ForwardTo>sb://localhost/</ForwardTo>')],
    ['/events/subscriptions/odd', described('Queue', '')],
    ['/events/subscriptions/all/rules/odd', described('Queue', '')],
  ] as const) {
    const { status, detail } = await put(path, body);
    assert.equal(status, 400, `${path} ${body}: ${detail}`);
    assert.equal(detail.split('SubCode=40000').length, 2, detail);
  }
});

test('a name begins and ends with a letter or digit and has no empty part', async t => {
  const bus = await startSecureBus(t, topology);
  const administration = bus.administration();
  const all = { sqlExpression: '1=1' };
  for (const name of ['$x', 'a_', '_a', 'a//b', 'a.', 'a b'])
    await assert.rejects(administration.createQueue(encodeURIComponent(name)), { statusCode: 400 }, name);
  for (const name of ['$x', 'a_', 'a.b-']) {
    await assert.rejects(administration.createSubscription('events', name), { statusCode: 400 }, name);
    await assert.rejects(administration.createRule('events', 'all', name, all), { statusCode: 400 }, name);
  }
  for (const name of ['a', 'a.b_c-d/e', '7']) await administration.createQueue(name);
  await administration.deleteRule('events', 'all', '$Default');
  await administration.createRule('events', 'all', '$Default', all);
});

test('a token that a jump of the clock ended administers no more', async t => {
  const bus = await startSecureBus(t, topology);
  const put = putter(bus, (await bus.credential().getToken(''))?.token);
  const queue = '<entry><content><QueueDescription/></content></entry>';
  assert.equal((await put('/first', queue)).status, 201);
  await bus.faults.jumpClock(7_200_000, { tokens: true });
  assert.equal((await put('/second', queue)).status, 401);
});

/** Sends descriptions as they are, past what the client would not send. */
function putter(
  bus: SecureBus,
  given?: string,
): (path: string, body: string) => Promise<{ readonly status: number | undefined; readonly detail: string }> {
  const [hostname, port] = bus.fullyQualifiedNamespace.split(':');
  return async (path, body) => {
    const token = given ?? (await bus.credential().getToken(''))?.token;
    const asked = request({
      hostname,
      port,
      path,
      method: 'PUT',
      headers: { authorization: `Bearer ${token}` },
    });
    asked.end(body);
    const [response] = await once(asked, 'response');
    return { status: response.statusCode, detail: await text(response) };
  };
}
