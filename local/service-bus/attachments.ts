import type { Entity } from './entity.ts';
import type { Refusal } from './refusals.ts';

/** A link that sends to an entity or receives from it. */
export type Attachment = {
  readonly entity: Entity;
  readonly direction: 'send' | 'receive';
  readonly close: (refusal: Refusal) => void;
};

/** The links of all clients by what they are attached to. */
export class Attachments {
  readonly #all = new Set<Attachment>();

  /** Returns what takes it out again. */
  add(attachment: Attachment): () => void {
    this.#all.add(attachment);
    return () => this.#all.delete(attachment);
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
