import assert from 'node:assert/strict';
import type { ServiceBusReceivedMessage } from '@azure/service-bus';

/** What is known of a copy of a message: of a word that was not acknowledged nobody knows whether it counted. */
type Known = {
  readonly sent: 'acknowledged' | 'unknown';
  readonly fate: 'open' | 'gone' | 'dead' | 'deferred' | 'unknown';
};

/** Where a copy may be found at the end. */
export type Found = {
  readonly place: string;
  readonly id: string;
  readonly where: 'entity' | 'dead letters';
  readonly state: string;
};

type SequenceNumber = NonNullable<ServiceBusReceivedMessage['sequenceNumber']>;

/**
 * A model of what several clients did to queues and subscriptions (places) whose server was killed now and then:
 * at-least-once holds, nothing acknowledged is lost, nothing completed returns, nothing appears that nobody sent.
 */
export class CrashModel {
  /** Copies by place and message id. */
  readonly #copies = new Map<string, Known>();
  readonly #complaints: string[] = [];
  #sent = 0;
  /** Copies that were put aside, by key: their place and sequence number. */
  readonly deferred = new Map<string, { readonly place: string; readonly sequence: SequenceNumber }>();
  /** Acknowledged scheduled messages: the entity, the sequence number to cancel them by, and their copies-to-be. */
  readonly scheduled: { readonly entity: string; readonly sequence: SequenceNumber; readonly id: string }[] =
    [];

  /** How many copies have a fate of which the model is certain. */
  get certain(): number {
    return [...this.#copies.values()].filter(({ fate }) => fate !== 'unknown' && fate !== 'open').length;
  }

  /** Names messages that are about to be sent, whose number says which places they reach; until the answer nobody knows. */
  sending(count: number, placesOf: (number: number) => readonly string[]): string[] {
    return Array.from({ length: count }, () => {
      const number = this.#sent++;
      for (const place of placesOf(number))
        this.#copies.set(keyOf(place, `m${number}`), { sent: 'unknown', fate: 'open' });
      return `m${number}`;
    });
  }

  acknowledged(ids: readonly string[]): void {
    for (const id of ids) this.#changeAll(id, { sent: 'acknowledged' });
  }

  /** A scheduled message is about to be cancelled. */
  cancelling(id: string): void {
    this.#changeAll(id, { fate: 'unknown' });
  }

  cancelled(id: string): void {
    this.#changeAll(id, { fate: 'gone' });
  }

  /** A copy was delivered. */
  delivered(place: string, message: ServiceBusReceivedMessage): void {
    const id = String(message.messageId);
    const known = this.#copies.get(keyOf(place, id));
    if (known === undefined)
      this.#complaints.push(`${id} was delivered by ${place}, and nobody sent it there`);
    else if (known.fate === 'gone' || known.fate === 'dead')
      this.#complaints.push(`${id} was delivered by ${place} after it was ${known.fate}`);
    if (message.body !== bodyOf(id)) this.#complaints.push(`${id} was delivered with another body`);
  }

  /** A copy is about to be settled: the fate holds when the answer comes. */
  settling(place: string, message: ServiceBusReceivedMessage): void {
    this.#change(keyOf(place, String(message.messageId)), { fate: 'unknown' });
  }

  settled(place: string, message: ServiceBusReceivedMessage, fate: Known['fate']): void {
    const key = keyOf(place, String(message.messageId));
    const { sequenceNumber: sequence } = message;
    this.#change(key, { fate });
    if (fate === 'deferred' && sequence !== undefined) this.deferred.set(key, { place, sequence });
    else this.deferred.delete(key);
  }

  /** The messages of one stay in a session must come in order. */
  inOrder(sessionId: string, messages: readonly ServiceBusReceivedMessage[]): void {
    const numbers = messages.map(message => message.sequenceNumber?.toNumber() ?? 0);
    if (numbers.some((number, index) => index > 0 && number <= (numbers[index - 1] ?? 0)))
      this.#complaints.push(`session ${sessionId} was delivered in the order ${numbers.join(', ')}`);
  }

  /** Compares with everything that lies in all places at the end. */
  compare(found: readonly Found[]): void {
    const copies = Map.groupBy(found, ({ place, id }) => keyOf(place, id));
    for (const [key, at] of copies) {
      if (!this.#copies.has(key)) this.#complaints.push(`${key} is there, and nobody sent it`);
      if (at.length > 1) this.#complaints.push(`${key} is there ${at.length} times`);
    }
    for (const [key, known] of this.#copies) this.#compareOne(key, known, copies.get(key)?.[0]);
    assert.deepEqual(this.#complaints, []);
  }

  #compareOne(key: string, { sent, fate }: Known, found: Found | undefined): void {
    const place = found === undefined ? 'nowhere' : `in the ${found.where}, ${found.state}`;
    const isRight = {
      open: sent === 'unknown' || found?.where === 'entity',
      gone: found === undefined,
      dead: found?.where === 'dead letters',
      deferred: found?.where === 'entity' && found.state === 'deferred',
      unknown: true,
    };
    if (!isRight[fate]) this.#complaints.push(`${key} (${sent}, ${fate}) is ${place}`);
  }

  #changeAll(id: string, change: Partial<Known>): void {
    for (const key of this.#copies.keys()) if (key.endsWith(` ${id}`)) this.#change(key, change);
  }

  #change(key: string, change: Partial<Known>): void {
    const known = this.#copies.get(key);
    if (known !== undefined) this.#copies.set(key, { ...known, ...change });
  }
}

function keyOf(place: string, id: string): string {
  return `${place} ${id}`;
}

/** The body that a message of that id has. */
export function bodyOf(id: string): string {
  return `body of ${id}`;
}
