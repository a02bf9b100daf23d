import { splitSections } from './amqp-sections.ts';
import type { Bus } from './bus.ts';
import { deadLetter, deadLetterInfo } from './dead-letters.ts';
import { withApplicationProperties } from './incoming-message.ts';
import type { Lock } from './locks.ts';
import { checkHeader } from './message-limits.ts';
import { messageState, type StoredMessage } from './message-table.ts';
import { lockLost, Refusal, sessionLockLost } from './refusals.ts';
import type { SessionHold } from './sessions.ts';

type Changes = Readonly<Record<string, unknown>>;

/** What a receiver decided about a message. */
export type Outcome =
  | { readonly kind: 'complete' }
  | { readonly kind: 'abandon'; readonly changes: Changes }
  | { readonly kind: 'defer'; readonly changes: Changes }
  | { readonly kind: 'release' }
  | {
      readonly kind: 'dead-letter';
      readonly reason: string | undefined;
      readonly description: string | undefined;
      readonly changes: Changes;
    };

/** Carries out a receiver's decision. Throws a Refusal when the lock is not held any more. */
export function settle(bus: Bus, token: string, outcome: Outcome): void {
  const lock = heldLock(bus, token);
  const message = bus.messages.byId(lock.message);
  if (message === undefined) throw lockLost();
  if (outcome.kind === 'dead-letter' && lock.entity.deadLetters === undefined) {
    throw new Refusal('not-allowed', 'A message in a dead-letter queue cannot be dead-lettered.');
  }
  checkChanges(message, outcome);
  bus.locks.remove(lock);
  apply(bus, lock, message, outcome);
}

/** Throws a Refusal when the message with what the receiver changes would be one that nobody could have sent. */
function checkChanges({ bare }: StoredMessage, outcome: Outcome): void {
  if (outcome.kind === 'complete' || outcome.kind === 'release') return;
  const texts = outcome.kind === 'dead-letter' ? deadLetterInfo(outcome.reason, outcome.description) : {};
  const changes = { ...outcome.changes, ...texts };
  if (Object.keys(changes).length > 0) checkHeader(splitSections(withApplicationProperties(bare, changes)));
}

type LockKeeper = {
  readonly locks: Pick<Bus['locks'], 'get'>;
  readonly sessions: Pick<Bus['sessions'], 'isHeld'>;
  readonly clock: Pick<Bus['clock'], 'now'>;
};

/** The lock with that token, while it is held. Throws a Refusal otherwise. */
export function heldLock(bus: LockKeeper, token: string): Lock {
  const lock = bus.locks.get(token);
  if (lock === undefined) throw lockLost();
  if (lock.session !== undefined && !bus.sessions.isHeld(lock.session))
    throw sessionLockLost(lock.session.sessionId);
  if (lock.session === undefined && lock.until <= bus.clock.now()) throw lockLost();
  return lock;
}

/** Returns the messages whose locks ran out, counting the delivery. */
export function expireLocks(bus: Bus, now: number): void {
  for (const lock of bus.locks.takeExpired(now)) giveBack(bus, lock, true);
}

/** Ends the sessions whose locks ran out: their messages return and the deliveries count. */
export function expireSessions(bus: Bus, now: number): void {
  for (const hold of bus.sessions.takeExpired(now)) {
    returnSession(bus, hold, true);
    hold.onLost();
  }
}

/**
 * Frees a session whose receiver closed its link or went away. Its messages return at once and the
 * delivery does not count (https://learn.microsoft.com/azure/service-bus-messaging/message-sessions#impact-of-delivery-count).
 */
export function closeSession(bus: Bus, hold: SessionHold): void {
  if (!bus.sessions.isHeld(hold)) return;
  bus.sessions.drop(hold);
  returnSession(bus, hold, false);
}

/**
 * Takes a lock away: the holder's next word about it is refused, and the message is ready again. A message of a session
 * has no lock but the session's, which goes with all that it holds.
 */
export function loseLock(bus: Bus, lock: Lock, countsDelivery: boolean): void {
  if (lock.session !== undefined) {
    bus.sessions.drop(lock.session);
    returnSession(bus, lock.session, countsDelivery);
    lock.session.onLost();
    return;
  }
  bus.locks.remove(lock);
  giveBack(bus, lock, countsDelivery);
}

function returnSession(bus: Bus, hold: SessionHold, countsDelivery: boolean): void {
  for (const token of [...hold.tokens]) {
    const lock = bus.locks.get(token);
    if (lock === undefined) continue;
    bus.locks.remove(lock);
    giveBack(bus, lock, countsDelivery);
  }
  bus.wake(hold.entity);
}

function apply(bus: Bus, lock: Lock, message: StoredMessage, outcome: Outcome): void {
  switch (outcome.kind) {
    case 'complete':
      bus.messages.delete(message.id);
      return;
    case 'abandon':
      change(bus, message, outcome.changes);
      giveBack(bus, lock, true);
      return;
    case 'release':
      giveBack(bus, lock, false);
      return;
    case 'defer':
      change(bus, message, outcome.changes);
      bus.messages.setState(message.id, messageState.deferred);
      bus.messages.unlock(message.id, counted(lock, message));
      return;
    case 'dead-letter':
      deadLetter(bus, lock.entity, message, outcome.reason, outcome.description, outcome.changes);
  }
}

function change(bus: Bus, message: StoredMessage, changes: Changes): void {
  if (Object.keys(changes).length > 0) {
    bus.messages.setBare(message.id, withApplicationProperties(message.bare, changes));
  }
}

function giveBack(bus: Bus, lock: Lock, countsDelivery: boolean): void {
  const message = bus.messages.byId(lock.message);
  if (message === undefined) return;
  const deliveryCount = countsDelivery ? counted(lock, message) : message.deliveryCount;
  bus.messages.unlock(message.id, deliveryCount);
  if (countsDelivery && deliveryCount >= lock.entity.maxDeliveryCount) {
    const description = `Message could not be consumed after ${lock.entity.maxDeliveryCount} delivery attempts.`;
    deadLetter(bus, lock.entity, { ...message, deliveryCount }, 'MaxDeliveryCountExceeded', description, {});
    return;
  }
  if (message.expiresAt !== null) bus.scheduler.expect(message.expiresAt);
  bus.wake(lock.entity);
}

/** In a dead-letter queue deliveries are not counted (Azure/azure-sdk-for-net#53437). */
function counted(lock: Lock, message: StoredMessage): number {
  return lock.entity.isSubqueue ? message.deliveryCount : message.deliveryCount + 1;
}
