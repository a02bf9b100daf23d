import { Deadlines } from './deadlines.ts';
import type { Entity } from './entity.ts';
import type { SessionHold } from './sessions.ts';

/** A receiver's claim on a message. */
export type Lock = {
  /** 32 hexadecimal digits. */
  readonly token: string;
  readonly message: number;
  readonly entity: Entity;
  /** Milliseconds since the epoch. A message of a session lives by the session's lock instead. */
  until: number;
  readonly session: SessionHold | undefined;
};

/** All locks that are held, mirrored in the message rows so that they survive a restart. */
export class LockTable {
  readonly #locks = new Map<string, Lock>();
  readonly #deadlines = new Deadlines<string>();

  get size(): number {
    return this.#locks.size;
  }

  get(token: string): Lock | undefined {
    return this.#locks.get(token);
  }

  add(lock: Lock): void {
    this.#locks.set(lock.token, lock);
    if (lock.session === undefined) this.#deadlines.set(lock.token, lock.until);
    else lock.session.tokens.add(lock.token);
  }

  renew(lock: Lock, until: number): void {
    lock.until = until;
    this.#deadlines.set(lock.token, until);
  }

  remove(lock: Lock): void {
    this.#locks.delete(lock.token);
    if (lock.session === undefined) this.#deadlines.delete(lock.token);
    else lock.session.tokens.delete(lock.token);
  }

  /** Forgets the locks on the messages of an entity that is gone. */
  dropOf(entity: Entity): void {
    for (const lock of [...this.#locks.values()]) if (lock.entity === entity) this.remove(lock);
  }

  nextExpiry(): number | undefined {
    return this.#deadlines.next();
  }

  takeExpired(now: number): Lock[] {
    return this.#deadlines.takeDue(now).flatMap(token => {
      const lock = this.#locks.get(token);
      this.#locks.delete(token);
      return lock === undefined ? [] : [lock];
    });
  }
}
