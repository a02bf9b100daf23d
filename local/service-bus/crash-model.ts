import assert from 'node:assert/strict';
import type { ServiceBusReceivedMessage } from '@azure/service-bus';

/** What is known of a message: of a word that was not acknowledged nobody knows whether it counted. */
type Known = {
  readonly sent: 'acknowledged' | 'unknown';
  readonly fate: 'open' | 'completed' | 'dead' | 'deferred' | 'unknown';
};

/** Where a message may be found at the end. */
type Found = { readonly id: string; readonly where: 'queue' | 'dead letters'; readonly state: string };

/**
 * A model of what several clients did to queues whose server was killed now and then: at-least-once holds, nothing
 * acknowledged is lost, nothing completed returns, nothing appears that nobody sent.
 */
export class CrashModel {
  readonly #messages = new Map<string, Known>();
  readonly #complaints: string[] = [];
  /** The sequence numbers of messages that were put aside, by message id. */
  readonly deferred = new Map<string, NonNullable<ServiceBusReceivedMessage['sequenceNumber']>>();

  get size(): number {
    return this.#messages.size;
  }

  /** How many messages have a fate of which the model is certain. */
  get certain(): number {
    return [...this.#messages.values()].filter(({ fate }) => fate !== 'unknown' && fate !== 'open').length;
  }

  /** Names messages that are about to be sent; until the answer comes nobody knows. */
  sending(count: number): string[] {
    const ids = Array.from({ length: count }, (_, index) => `m${this.#messages.size + index}`);
    for (const id of ids) this.#messages.set(id, { sent: 'unknown', fate: 'open' });
    return ids;
  }

  acknowledged(ids: readonly string[]): void {
    for (const id of ids) this.#change(id, { sent: 'acknowledged' });
  }

  /** A message was delivered. */
  delivered(message: ServiceBusReceivedMessage): void {
    const id = String(message.messageId);
    const known = this.#messages.get(id);
    if (known === undefined) this.#complaints.push(`${id} was delivered, and nobody sent it`);
    else if (known.fate === 'completed' || known.fate === 'dead')
      this.#complaints.push(`${id} was delivered after it was ${known.fate}`);
    if (message.body !== bodyOf(id)) this.#complaints.push(`${id} was delivered with another body`);
  }

  /** A message is about to be settled: the fate holds when the answer comes. */
  settling(message: ServiceBusReceivedMessage): void {
    this.#change(String(message.messageId), { fate: 'unknown' });
  }

  settled(message: ServiceBusReceivedMessage, fate: Known['fate']): void {
    const id = String(message.messageId);
    this.#change(id, { fate });
    if (fate === 'deferred' && message.sequenceNumber !== undefined)
      this.deferred.set(id, message.sequenceNumber);
    else this.deferred.delete(id);
  }

  /** The messages of one stay in a session must come in order. */
  inOrder(sessionId: string, messages: readonly ServiceBusReceivedMessage[]): void {
    const numbers = messages.map(message => message.sequenceNumber?.toNumber() ?? 0);
    if (numbers.some((number, index) => index > 0 && number <= (numbers[index - 1] ?? 0)))
      this.#complaints.push(`session ${sessionId} was delivered in the order ${numbers.join(', ')}`);
  }

  /** Compares with everything that lies in all queues at the end. */
  compare(found: readonly Found[]): void {
    const places = Map.groupBy(found, ({ id }) => id);
    for (const [id, at] of places) {
      if (!this.#messages.has(id)) this.#complaints.push(`${id} is there, and nobody sent it`);
      if (at.length > 1) this.#complaints.push(`${id} is there ${at.length} times`);
    }
    for (const [id, known] of this.#messages) this.#compareOne(id, known, places.get(id)?.[0]);
    assert.deepEqual(this.#complaints, []);
  }

  #compareOne(id: string, { sent, fate }: Known, found: Found | undefined): void {
    const place = found === undefined ? 'nowhere' : `in the ${found.where}, ${found.state}`;
    const isRight = {
      open: sent === 'unknown' || found?.where === 'queue',
      completed: found === undefined,
      dead: found?.where === 'dead letters',
      deferred: found?.where === 'queue' && found.state === 'deferred',
      unknown: true,
    };
    if (!isRight[fate]) this.#complaints.push(`${id} (${sent}, ${fate}) is ${place}`);
  }

  #change(id: string, change: Partial<Known>): void {
    const known = this.#messages.get(id);
    if (known !== undefined) this.#messages.set(id, { ...known, ...change });
  }
}

/** The body that a message of that id has. */
export function bodyOf(id: string): string {
  return `body of ${id}`;
}
