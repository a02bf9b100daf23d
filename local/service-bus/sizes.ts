import type { Entity } from './entity.ts';
import type { MessageTable } from './message-table.ts';
import { Refusal } from './refusals.ts';

const megabyte = 1_048_576;

/**
 * How full entities are. What arrives is added up; what leaves is not, and only when the sum reaches the limit are the
 * bytes counted, so that sending costs nothing.
 */
export class Sizes {
  readonly #messages: MessageTable;
  readonly #atMost = new WeakMap<Entity, number>();

  constructor(messages: MessageTable) {
    this.#messages = messages;
  }

  grow(entity: Entity, bytes: number): void {
    this.#atMost.set(entity, this.#known(entity) + bytes);
  }

  /** The refusal that a full entity gives, undefined while there is room. A topic is as full as its subscriptions together. */
  excess(entity: Entity): Refusal | undefined {
    const limit = entity.settings.maxSizeMegabytes * megabyte;
    const holders = [entity, ...entity.subscriptions];
    if (holders.reduce((sum, each) => sum + this.#known(each), 0) < limit) return undefined;
    const bytes = this.bytes(entity);
    if (bytes < limit) return undefined;
    return new Refusal(
      'quota-exceeded',
      `The maximum entity size has been reached or exceeded for '${entity.path}'. Size of entity in bytes: ${bytes}, ` +
        `Max entity size in bytes: ${limit}.`,
    );
  }

  /** Bytes of all messages of an entity with those of its subqueues and subscriptions. */
  bytes(entity: Entity): number {
    let sum = 0;
    for (const each of [entity, ...entity.subscriptions]) {
      const bytes = this.#count(each);
      this.#atMost.set(each, bytes);
      sum += bytes;
    }
    return sum;
  }

  #known(entity: Entity): number {
    const known = this.#atMost.get(entity);
    if (known !== undefined) return known;
    const bytes = this.#count(entity);
    this.#atMost.set(entity, bytes);
    return bytes;
  }

  #count({ id, deadLetters, transferDeadLetters }: Entity): number {
    const ids = [id, deadLetters?.id, transferDeadLetters?.id].filter(each => each !== undefined);
    return ids.reduce((sum, each) => sum + this.#messages.counts(each).bytes, 0);
  }
}
