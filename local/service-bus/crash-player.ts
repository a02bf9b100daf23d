import type {
  ServiceBusClient,
  ServiceBusReceivedMessage,
  ServiceBusReceiver,
  ServiceBusSessionReceiver,
} from '@azure/service-bus';
import { bodyOf, type CrashModel, type Found } from './crash-model.ts';

/** The entities that crash histories are about. Locks are long: the test moves the clock. */
export const crashTopology = {
  queues: [
    { name: 'work', lockSeconds: 60, maxDeliveryCount: 2000 },
    { name: 'ordered', lockSeconds: 60, maxDeliveryCount: 2000, requiresSession: true },
  ],
  topics: [
    {
      name: 'events',
      subscriptions: [
        { name: 'all', lockSeconds: 60, maxDeliveryCount: 2000 },
        { name: 'even', lockSeconds: 60, maxDeliveryCount: 2000, filter: 'parity = 0' },
      ],
    },
  ],
};

const settlements = ['complete', 'abandon', 'defer', 'dead-letter'] as const;
type Settlement = (typeof settlements)[number];

export const actions = [
  ...(['send', 'batch', 'publish', 'schedule', 'schedule on topic', 'cancel', 'session batch'] as const),
  ...settlements,
  ...settlements,
  ...(['take deferred', 'clear dead letters'] as const),
  ...(['session complete', 'session abandon', 'session dead-letter'] as const),
] as const;
export type Action = (typeof actions)[number];

const sessions = ['red', 'green'] as const;

/** Where messages are received without a session: a queue, or a subscription of a topic. */
const places = ['work', 'events/all', 'events/even'] as const;
const unrenewed = { maxAutoLockRenewalDurationInMs: 0 };

/** One client that does what a history says and tells the model what it heard, until the server is killed. */
export class CrashPlayer {
  readonly #client: ServiceBusClient;
  readonly #model: CrashModel;
  readonly #signal: AbortSignal;
  readonly #receivers = new Map<string, ServiceBusReceiver>();
  /** Counts actions, and with them goes through places and sessions. */
  #turn: number;

  constructor(client: ServiceBusClient, model: CrashModel, signal: AbortSignal, turn: number) {
    this.#client = client;
    this.#model = model;
    this.#signal = signal;
    this.#turn = turn;
  }

  async play(action: Action): Promise<void> {
    this.#turn += 1;
    switch (action) {
      case 'send':
        return this.#send('work', 1);
      case 'batch':
        return this.#send('work', 3);
      case 'publish':
        return this.#send('events', 2);
      case 'session batch':
        return this.#send('ordered', 3);
      case 'schedule':
        return this.#schedule('work');
      case 'schedule on topic':
        return this.#schedule('events');
      case 'cancel':
        return this.#cancel();
      case 'take deferred':
        return this.#takeDeferred();
      case 'clear dead letters':
        return this.#clearDeadLetters();
      case 'session complete':
      case 'session abandon':
      case 'session dead-letter':
        return this.#session(action.slice('session '.length) as Settlement);
      default:
        return this.#receive(action);
    }
  }

  async #send(entity: string, count: number): Promise<void> {
    const ids = this.#model.sending(count, number => placesOf(entity, number));
    await this.#heard(
      this.#client.createSender(entity).sendMessages(ids.map(id => this.#message(entity, id))),
    );
    this.#model.acknowledged(ids);
  }

  async #schedule(entity: string): Promise<void> {
    const [id = ''] = this.#model.sending(1, number => placesOf(entity, number));
    const at = new Date(Date.now() + 30_000);
    const sender = this.#client.createSender(entity);
    const [sequence] = await this.#heard(sender.scheduleMessages(this.#message(entity, id), at));
    this.#model.acknowledged([id]);
    if (sequence !== undefined) this.#model.scheduled.push({ entity, sequence, id });
  }

  async #cancel(): Promise<void> {
    const wanted = this.#model.scheduled.shift();
    if (wanted === undefined) return;
    this.#model.cancelling(wanted.id);
    await this.#heard(this.#client.createSender(wanted.entity).cancelScheduledMessages(wanted.sequence));
    this.#model.cancelled(wanted.id);
  }

  #message(entity: string, messageId: string) {
    const number = Number(messageId.slice(1));
    return {
      messageId,
      body: bodyOf(messageId),
      applicationProperties: { parity: number % 2 },
      ...(entity === 'ordered' ? { sessionId: this.#sessionId() } : {}),
    };
  }

  #sessionId(): string {
    return sessions[this.#turn % sessions.length] ?? '';
  }

  async #receive(settlement: Settlement): Promise<void> {
    const place = places[this.#turn % places.length] ?? 'work';
    const receiver = this.#receiver(place);
    const messages = await this.#heard(receiver.receiveMessages(2, { maxWaitTimeInMs: 100 }));
    for (const message of messages) this.#model.delivered(place, message);
    for (const message of messages) await this.#settle(place, receiver, message, settlement);
  }

  async #takeDeferred(): Promise<void> {
    const [key, aside] = [...this.#model.deferred][0] ?? [];
    if (key === undefined || aside === undefined) return;
    this.#model.deferred.delete(key);
    const receiver = this.#receiver(aside.place);
    const [message] = await this.#heard(receiver.receiveDeferredMessages(aside.sequence));
    if (message === undefined) return;
    this.#model.delivered(aside.place, message);
    await this.#settle(aside.place, receiver, message, 'complete');
  }

  /** Takes what lies in a dead-letter queue for good. */
  async #clearDeadLetters(): Promise<void> {
    const place = places[this.#turn % places.length] ?? 'work';
    const receiver = openReceiver(this.#client, place, true);
    const messages = await this.#heard(receiver.receiveMessages(2, { maxWaitTimeInMs: 100 }));
    for (const message of messages) await this.#settle(place, receiver, message, 'complete');
    await this.#heard(receiver.close());
  }

  async #session(settlement: Settlement): Promise<void> {
    const receiver = await this.#heard(this.#client.acceptSession('ordered', this.#sessionId(), unrenewed));
    const messages = await this.#heard(receiver.receiveMessages(2, { maxWaitTimeInMs: 100 }));
    this.#model.inOrder(receiver.sessionId, messages);
    for (const message of messages) this.#model.delivered('ordered', message);
    for (const message of messages) await this.#settle('ordered', receiver, message, settlement);
    await this.#heard(receiver.close());
  }

  async #settle(
    place: string,
    receiver: ServiceBusReceiver | ServiceBusSessionReceiver,
    message: ServiceBusReceivedMessage,
    settlement: Settlement,
  ): Promise<void> {
    this.#model.settling(place, message);
    if (settlement === 'complete') await this.#heard(receiver.completeMessage(message));
    else if (settlement === 'abandon') await this.#heard(receiver.abandonMessage(message));
    else if (settlement === 'defer') await this.#heard(receiver.deferMessage(message));
    else await this.#heard(receiver.deadLetterMessage(message));
    const fates = { complete: 'gone', abandon: 'open', defer: 'deferred', 'dead-letter': 'dead' } as const;
    this.#model.settled(place, message, fates[settlement]);
  }

  #receiver(place: string): ServiceBusReceiver {
    const known = this.#receivers.get(place) ?? openReceiver(this.#client, place, false);
    this.#receivers.set(place, known);
    return known;
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

/** Everything that lies in any place, dead letters included. */
export async function everything(client: ServiceBusClient): Promise<Found[]> {
  const pages = [...places, 'ordered'].flatMap(place =>
    [false, true].map(async (isDead): Promise<Found[]> => {
      const receiver = openReceiver(client, place, isDead);
      const where = isDead ? 'dead letters' : 'entity';
      const found: Found[] = [];
      for (let page = await receiver.peekMessages(100); page.length > 0; ) {
        found.push(
          ...page.map(({ messageId, state }) => ({ place, id: String(messageId), where, state }) as const),
        );
        page = await receiver.peekMessages(100);
      }
      return found;
    }),
  );
  return (await Promise.all(pages)).flat();
}

function placesOf(entity: string, number: number): readonly string[] {
  if (entity !== 'events') return [entity];
  return number % 2 === 0 ? ['events/all', 'events/even'] : ['events/all'];
}

function openReceiver(client: ServiceBusClient, place: string, isDead: boolean): ServiceBusReceiver {
  const [entity = '', subscription] = place.split('/');
  const options = { ...unrenewed, ...(isDead ? { subQueueType: 'deadLetter' as const } : {}) };
  return subscription === undefined
    ? client.createReceiver(entity, options)
    : client.createReceiver(entity, subscription, options);
}
