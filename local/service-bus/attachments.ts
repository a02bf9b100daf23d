import type { Entity } from './entity.ts';
import { Refusal } from './refusals.ts';

/** A link that sends to an entity or receives from it. */
export type Attachment = {
  readonly entity: Entity;
  readonly direction: 'send' | 'receive';
  readonly close: (refusal: Refusal) => void;
  /** When something last came or went over it, in milliseconds since the epoch. */
  usedAt: number;
};

/** Milliseconds after which the service detaches a link over which nothing comes or goes. */
export const longestIdle = 600_000;

/** The links of all clients by what they are attached to. */
export class Attachments {
  readonly #all = new Set<Attachment>();

  add(attachment: Attachment): void {
    this.#all.add(attachment);
  }

  remove(attachment: Attachment): void {
    this.#all.delete(attachment);
  }

  /** When the next link has been idle for too long, in milliseconds since the epoch. */
  nextIdle(): number | undefined {
    let oldest = Number.POSITIVE_INFINITY;
    for (const { usedAt } of this.#all) oldest = Math.min(oldest, usedAt);
    return Number.isFinite(oldest) ? oldest + longestIdle : undefined;
  }

  /** Detaches the links that have been idle for too long; clients attach again when they need them. */
  detachIdle(now: number): void {
    for (const attachment of [...this.#all]) {
      if (attachment.usedAt + longestIdle <= now) attachment.close(idle(attachment.direction));
    }
  }

  /** Whether anybody is attached to one of these. */
  has(entities: readonly (Entity | undefined)[]): boolean {
    return [...this.#all].some(({ entity }) => entities.includes(entity));
  }

  /** Closes the links to an entity, of one direction or both. */
  close(entity: Entity, refusal: Refusal, direction?: Attachment['direction']): void {
    for (const attachment of [...this.#all]) {
      if (attachment.entity !== entity) continue;
      if (direction === undefined || attachment.direction === direction) attachment.close(refusal);
    }
  }
}

function idle(direction: Attachment['direction']): Refusal {
  const who = direction === 'send' ? 'Publisher' : 'Consumer';
  return new Refusal(
    'detach-forced',
    `The link is force detached. Code: ${who.toLowerCase()}. Details: AmqpMessage${who}.IdleTimerExpired: Idle timeout: 00:10:00.`,
  );
}
