import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ServiceBusReceivedMessage, ServiceBusReceiver, ServiceBusSender } from '@azure/service-bus';
import fc from 'fast-check';
import { startTestBus, type TestBus } from './test-bus.ts';

const maxDeliveryCount = 3;
const lockSeconds = 60;
const topology = { queues: [{ name: 'work', maxDeliveryCount, lockSeconds }] };

/** What the model knows of a message: where it is and how often it was delivered in vain. */
type Known = {
  where: 'ready' | 'locked' | 'deferred' | 'dead' | 'done';
  count: number;
  message?: ServiceBusReceivedMessage;
};

const actions = [
  'send',
  'receive',
  'complete',
  'abandon',
  'defer',
  'dead-letter',
  'take-deferred',
  'expire',
] as const;

const history = fc.array(fc.record({ action: fc.constantFrom(...actions), pick: fc.nat(1000) }), {
  minLength: 20,
  maxLength: 40,
});

test('after any history the queue and its dead-letter queue hold exactly what a simple model says', async t => {
  await fc.assert(
    fc.asyncProperty(history, async steps => {
      const bus = await startTestBus(t, topology);
      const client = bus.client();
      const model = new Model(
        bus,
        client.createSender('work'),
        client.createReceiver('work', { maxAutoLockRenewalDurationInMs: 0 }),
      );
      for (const { action, pick } of steps) await model.step(action, pick);
      const dead = client.createReceiver('work', { subQueueType: 'deadLetter' });
      await model.compare(dead);
      await client.close();
    }),
    { numRuns: 12 },
  );
});

class Model {
  readonly #bus: TestBus;
  readonly #sender: ServiceBusSender;
  readonly #receiver: ServiceBusReceiver;
  readonly #messages = new Map<string, Known>();

  constructor(bus: TestBus, sender: ServiceBusSender, receiver: ServiceBusReceiver) {
    this.#bus = bus;
    this.#sender = sender;
    this.#receiver = receiver;
  }

  async step(action: (typeof actions)[number], pick: number): Promise<void> {
    if (action === 'send') return this.#send();
    if (action === 'receive') return this.#receive();
    if (action === 'expire') return this.#expire();
    const known = this.#pick(action === 'take-deferred' ? 'deferred' : 'locked', pick);
    if (known?.message === undefined) return;
    await this.#settle(action, known, known.message);
  }

  /** The messages in a state, by id, against what peek shows of both queues. */
  async compare(deadLetters: ServiceBusReceiver): Promise<void> {
    const alive = await this.#receiver.peekMessages(100);
    const dead = await deadLetters.peekMessages(100);
    assert.deepEqual(ids(alive), this.#in('ready', 'locked', 'deferred'));
    assert.deepEqual(ids(dead), this.#in('dead'));
    for (const message of [...alive, ...dead]) {
      assert.equal(message.deliveryCount, this.#messages.get(String(message.messageId))?.count);
    }
  }

  async #send(): Promise<void> {
    const messageId = String(this.#messages.size).padStart(3, '0');
    await this.#sender.sendMessages({ body: messageId, messageId });
    this.#messages.set(messageId, { where: 'ready', count: 0 });
  }

  async #receive(): Promise<void> {
    const [expected] = this.#in('ready');
    if (expected === undefined) return;
    const [message] = await this.#receiver.receiveMessages(1, { maxWaitTimeInMs: 20_000 });
    assert.equal(message?.messageId, expected, 'the oldest ready message comes first');
    const known = this.#messages.get(expected);
    if (known === undefined || message === undefined) return;
    assert.equal(message.deliveryCount, known.count);
    known.where = 'locked';
    known.message = message;
  }

  async #settle(action: string, known: Known, message: ServiceBusReceivedMessage): Promise<void> {
    if (action === 'complete') {
      await this.#receiver.completeMessage(message);
      known.where = 'done';
    } else if (action === 'dead-letter') {
      await this.#receiver.deadLetterMessage(message);
      known.where = 'dead';
    } else if (action === 'abandon') {
      await this.#receiver.abandonMessage(message);
      count(known, 'ready');
    } else if (action === 'defer') {
      await this.#receiver.deferMessage(message);
      known.count += 1;
      known.where = 'deferred';
    } else if (message.sequenceNumber !== undefined) {
      const [taken] = await this.#receiver.receiveDeferredMessages(message.sequenceNumber);
      assert.ok(taken);
      await this.#receiver.completeMessage(taken);
      known.where = 'done';
    }
  }

  async #expire(): Promise<void> {
    await this.#bus.jump(lockSeconds + 1);
    for (const known of this.#messages.values()) {
      if (known.where !== 'locked' || known.message === undefined) continue;
      await assert.rejects(this.#receiver.completeMessage(known.message), { code: 'MessageLockLost' });
      count(known, 'ready');
    }
  }

  #pick(where: Known['where'], pick: number): Known | undefined {
    const found = [...this.#messages.values()].filter(known => known.where === where);
    return found[pick % Math.max(found.length, 1)];
  }

  #in(...where: Known['where'][]): string[] {
    return [...this.#messages].flatMap(([id, known]) => (where.includes(known.where) ? [id] : []));
  }
}

function count(known: Known, where: Known['where']): void {
  known.count += 1;
  known.where = known.count >= maxDeliveryCount ? 'dead' : where;
}

function ids(messages: readonly ServiceBusReceivedMessage[]): string[] {
  return messages.map(message => String(message.messageId)).toSorted();
}
