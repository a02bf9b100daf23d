import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  ServiceBusClient,
  type ServiceBusReceivedMessage,
  type ServiceBusReceiver,
  type ServiceBusSessionReceiver,
} from '@azure/service-bus';
import fc from 'fast-check';
import { bodyOf, CrashModel } from './crash-model.ts';
import { type MortalBus, startMortalBus } from './test-bus.ts';

const topology = {
  queues: [
    { name: 'work', lockSeconds: 60, maxDeliveryCount: 2000 },
    { name: 'ordered', lockSeconds: 60, maxDeliveryCount: 2000, requiresSession: true },
  ],
};

const sessions = ['red', 'green'] as const;
const actions = [
  'send',
  'batch',
  'schedule',
  'session batch',
  'complete',
  'abandon',
  'defer',
  'dead-letter',
  'take deferred',
  'session complete',
  'session abandon',
] as const;
type Action = (typeof actions)[number];

/** Long enough for a machine under load; what takes longer counts as in doubt. */
const impatient = { retryOptions: { maxRetries: 0, timeoutInMs: 5000 } };

/** What one client does between two kills, and after how many words of all clients the kill comes. */
const epoch = fc.record({
  clients: fc.array(fc.array(fc.constantFrom(...actions), { minLength: 8, maxLength: 16 }), {
    minLength: 3,
    maxLength: 3,
  }),
  words: fc.integer({ min: 6, max: 24 }),
});

test('after random histories of several clients with kills in between, nothing is lost, doubled or back', async t => {
  await fc.assert(
    fc.asyncProperty(fc.array(epoch, { minLength: 2, maxLength: 3 }), async epochs => {
      const bus = await startMortalBus(t, topology);
      const model = new CrashModel();
      for (const { clients, words } of epochs) {
        await untilKilled(bus, model, clients, words);
        await bus.start();
        await bus.jump(61);
      }
      await bus.jump(3600);
      assert.ok(model.certain > 0, 'the history came to something');
      model.compare(await everything(bus.client()));
    }),
    { numRuns: 3 },
  );
});

/** Runs the clients at the same time and kills the server in the middle of it. */
async function untilKilled(
  bus: MortalBus,
  model: CrashModel,
  plans: readonly (readonly Action[])[],
  words: number,
): Promise<void> {
  const killed = new AbortController();
  const { promise: enough, resolve: stop } = Promise.withResolvers<void>();
  let spoken = 0;
  const runs = plans.map(async plan => {
    const client = new ServiceBusClient(bus.connectionString, impatient);
    const player = new Player(client, model, killed.signal);
    for (const action of plan) {
      if (killed.signal.aborted) break;
      // What fails here was in doubt when the server died, or met a message that another client holds.
      await player.play(action).catch(() => undefined);
      spoken += 1;
      if (spoken >= words) stop();
    }
    return client;
  });
  await Promise.race([enough, Promise.all(runs)]);
  await bus.kill();
  killed.abort();
  // A client whose server died closes only after its timeouts; nobody waits for that here.
  for (const client of await Promise.all(runs)) client.close().catch(() => undefined);
}

/** One client that does what the history says and tells the model what it heard. */
class Player {
  readonly #client: ServiceBusClient;
  readonly #model: CrashModel;
  readonly #signal: AbortSignal;
  readonly #receiver: ServiceBusReceiver;

  constructor(client: ServiceBusClient, model: CrashModel, signal: AbortSignal) {
    this.#client = client;
    this.#model = model;
    this.#signal = signal;
    this.#receiver = client.createReceiver('work', { maxAutoLockRenewalDurationInMs: 0 });
  }

  async play(action: Action): Promise<void> {
    switch (action) {
      case 'send':
        return this.#send('work', 1);
      case 'batch':
        return this.#send('work', 3);
      case 'session batch':
        return this.#send('ordered', 3);
      case 'schedule':
        return this.#schedule();
      case 'take deferred':
        return this.#takeDeferred();
      case 'session complete':
      case 'session abandon':
        return this.#session(action);
      default:
        return this.#receive(action);
    }
  }

  async #send(queue: string, count: number): Promise<void> {
    const ids = this.#model.sending(count);
    const session =
      queue === 'ordered'
        ? { sessionId: sessions[ids.length % 2 === 0 ? 0 : this.#model.size % 2] ?? '' }
        : {};
    const messages = ids.map(messageId => ({ messageId, body: bodyOf(messageId), ...session }));
    await this.#heard(this.#client.createSender(queue).sendMessages(messages));
    this.#model.acknowledged(ids);
  }

  async #schedule(): Promise<void> {
    const ids = this.#model.sending(1);
    const messages = ids.map(messageId => ({ messageId, body: bodyOf(messageId) }));
    const at = new Date(Date.now() + 30_000);
    await this.#heard(this.#client.createSender('work').scheduleMessages(messages, at));
    this.#model.acknowledged(ids);
  }

  async #receive(action: 'complete' | 'abandon' | 'defer' | 'dead-letter'): Promise<void> {
    const messages = await this.#heard(this.#receiver.receiveMessages(2, { maxWaitTimeInMs: 100 }));
    for (const message of messages) this.#model.delivered(message);
    for (const message of messages) await this.#settle(this.#receiver, message, action);
  }

  async #takeDeferred(): Promise<void> {
    const [id, sequence] = [...this.#model.deferred][0] ?? [];
    if (id === undefined || sequence === undefined) return;
    this.#model.deferred.delete(id);
    const [message] = await this.#heard(this.#receiver.receiveDeferredMessages(sequence));
    if (message === undefined) return;
    this.#model.delivered(message);
    await this.#settle(this.#receiver, message, 'complete');
  }

  async #session(action: 'session complete' | 'session abandon'): Promise<void> {
    const receiver = await this.#heard(
      this.#client.acceptSession('ordered', sessions[this.#model.size % 2] ?? '', {
        maxAutoLockRenewalDurationInMs: 0,
      }),
    );
    const messages = await this.#heard(receiver.receiveMessages(2, { maxWaitTimeInMs: 100 }));
    this.#model.inOrder(receiver.sessionId, messages);
    for (const message of messages) this.#model.delivered(message);
    for (const message of messages) {
      await this.#settle(receiver, message, action === 'session complete' ? 'complete' : 'abandon');
    }
    await this.#heard(receiver.close());
  }

  async #settle(
    receiver: ServiceBusReceiver | ServiceBusSessionReceiver,
    message: ServiceBusReceivedMessage,
    action: 'complete' | 'abandon' | 'defer' | 'dead-letter',
  ): Promise<void> {
    this.#model.settling(message);
    if (action === 'complete') await this.#heard(receiver.completeMessage(message));
    else if (action === 'abandon') await this.#heard(receiver.abandonMessage(message));
    else if (action === 'defer') await this.#heard(receiver.deferMessage(message));
    else await this.#heard(receiver.deadLetterMessage(message));
    const fates = {
      complete: 'completed',
      abandon: 'open',
      defer: 'deferred',
      'dead-letter': 'dead',
    } as const;
    this.#model.settled(message, fates[action]);
  }

  /** The answer, or an error as soon as the server is dead: nobody waits for its timeout. */
  #heard<Answer>(answer: Promise<Answer>): Promise<Answer> {
    const dead = new Promise<never>((_, reject) => {
      if (this.#signal.aborted) reject(new Error('killed'));
      this.#signal.addEventListener('abort', () => reject(new Error('killed')), { once: true });
    });
    return Promise.race([answer, dead]);
  }
}

async function everything(client: ServiceBusClient) {
  const found = [];
  for (const queue of ['work', 'ordered']) {
    for (const where of ['queue', 'dead letters'] as const) {
      const options = where === 'queue' ? {} : ({ subQueueType: 'deadLetter' } as const);
      const receiver = client.createReceiver(queue, options);
      for (;;) {
        const page = await receiver.peekMessages(100);
        if (page.length === 0) break;
        found.push(...page.map(({ messageId, state }) => ({ id: String(messageId), where, state })));
      }
    }
  }
  return found;
}
