import type { StatementSync } from 'node:sqlite';
import { Deadlines } from './deadlines.ts';
import type { Entity } from './entity.ts';
import { Refusal } from './refusals.ts';
import type { Store } from './store.ts';

/** A receiver's exclusive claim on a session and on all its messages, present and future. */
export type SessionHold = {
  readonly entity: Entity;
  readonly sessionId: string;
  /** Milliseconds since the epoch. */
  until: number;
  /** Tokens of the session's messages that the receiver has and has not settled. */
  readonly tokens: Set<string>;
  /** Called when the lock expires. */
  readonly onLost: () => void;
};

/**
 * Who holds which session, and the sessions' state. Holds end with the receiver's link, so they are
 * not stored; state is.
 */
export class SessionTable {
  readonly #store: Store;
  readonly #holds = new Map<string, SessionHold>();
  readonly #deadlines = new Deadlines<string>();
  readonly #get: StatementSync;
  readonly #set: StatementSync;
  readonly #clear: StatementSync;
  readonly #list: StatementSync;

  constructor(store: Store) {
    this.#store = store;
    this.#get = store.prepare('SELECT state FROM session_state WHERE entity = ? AND session = ?');
    this.#set = store.prepare(
      'INSERT OR REPLACE INTO session_state (entity, session, state, updated_at) VALUES (?, ?, ?, ?)',
    );
    this.#list = store.prepare('SELECT session FROM session_state WHERE entity = ? AND updated_at > ?');
    this.#clear = store.prepare('DELETE FROM session_state WHERE entity = ? AND session = ?');
  }

  holdOf(entity: Entity, sessionId: string): SessionHold | undefined {
    return this.#holds.get(keyOf(entity, sessionId));
  }

  /** Takes the session, or throws when another receiver has it. */
  hold(entity: Entity, sessionId: string, now: number, onLost: () => void): SessionHold {
    const key = keyOf(entity, sessionId);
    if (this.#holds.has(key)) {
      throw new Refusal(
        'session-busy',
        `The requested session '${sessionId}' cannot be accepted. It may be locked by another receiver.`,
      );
    }
    const hold: SessionHold = { entity, sessionId, until: now + entity.lockMs, tokens: new Set(), onLost };
    this.#holds.set(key, hold);
    this.#deadlines.set(key, hold.until);
    return hold;
  }

  renew(hold: SessionHold, until: number): void {
    hold.until = until;
    this.#deadlines.set(keyOf(hold.entity, hold.sessionId), until);
  }

  drop(hold: SessionHold): void {
    const key = keyOf(hold.entity, hold.sessionId);
    if (this.#holds.get(key) !== hold) return;
    this.#holds.delete(key);
    this.#deadlines.delete(key);
  }

  isHeld(hold: SessionHold): boolean {
    return this.#holds.get(keyOf(hold.entity, hold.sessionId)) === hold;
  }

  nextExpiry(): number | undefined {
    return this.#deadlines.next();
  }

  takeExpired(now: number): SessionHold[] {
    return this.#deadlines.takeDue(now).flatMap(key => {
      const hold = this.#holds.get(key);
      this.#holds.delete(key);
      return hold === undefined ? [] : [hold];
    });
  }

  /** Null when the session has no state. */
  state(entity: Entity, sessionId: string): Buffer | null {
    const state = this.#get.get(entity.id, sessionId)?.['state'];
    return state instanceof Uint8Array ? Buffer.from(state) : null;
  }

  /** Sessions that have state, when a moment is given only those whose state was set after it. */
  withState(entity: Entity, after = Number.MIN_SAFE_INTEGER): string[] {
    return this.#list.all(entity.id, after).map(row => String(row['session']));
  }

  setState(entity: Entity, sessionId: string, state: Buffer | null, now: number): void {
    this.#store.write();
    if (state === null) this.#clear.run(entity.id, sessionId);
    else this.#set.run(entity.id, sessionId, state, now);
  }
}

function keyOf(entity: Entity, sessionId: string): string {
  return `${entity.id}\n${sessionId}`;
}
