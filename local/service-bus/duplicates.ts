import type { StatementSync } from 'node:sqlite';
import type { Store } from './store.ts';

/** How many forgotten ids one sweep removes, so that a commit stays short. */
const sweepSize = 5000;

/**
 * The message ids seen in each entity's window. An id counts from its first acceptance; a dropped
 * duplicate does not extend the window (https://learn.microsoft.com/azure/service-bus-messaging/duplicate-detection).
 */
export class DuplicateTable {
  readonly #store: Store;
  readonly #find: StatementSync;
  readonly #remember: StatementSync;
  readonly #forget: StatementSync;
  readonly #next: StatementSync;

  constructor(store: Store) {
    this.#store = store;
    this.#find = store.prepare('SELECT until FROM duplicate WHERE entity = ? AND message_id = ?');
    this.#remember = store.prepare(
      'INSERT OR REPLACE INTO duplicate (entity, message_id, until) VALUES (?, ?, ?)',
    );
    this.#forget = store.prepare(
      `DELETE FROM duplicate WHERE (entity, message_id) IN
        (SELECT entity, message_id FROM duplicate WHERE until <= ? LIMIT ${sweepSize})`,
    );
    this.#next = store.prepare('SELECT MIN(until) AS value FROM duplicate');
  }

  /** True when the id was already accepted within the window; otherwise remembers it. */
  isDuplicate(entity: number, messageId: string, now: number, windowMs: number): boolean {
    const until = this.#find.get(entity, messageId)?.['until'];
    if (typeof until === 'number' && until > now) return true;
    this.#store.write();
    this.#remember.run(entity, messageId, now + windowMs);
    return false;
  }

  /** When the next sweep is worth its while: forgetting late costs space only. */
  nextSweep(): number | undefined {
    const first = this.#next.get()?.['value'];
    return typeof first === 'number' ? first + 5000 : undefined;
  }

  sweep(now: number): void {
    this.#store.write();
    this.#forget.run(now);
  }
}
