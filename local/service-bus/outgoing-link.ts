import type { Delivery, Sender } from 'rhea';
import type { Bus, Consumer } from './bus.ts';
import type { Entity } from './entity.ts';
import { cutsAt, idOf, refusalOf } from './faults.ts';
import { InOrder } from './in-order.ts';
import { tagOfToken, tokenOfTag } from './lock-tokens.ts';
import { detached, Refusal, sessionLockLost } from './refusals.ts';
import {
  accepted,
  answerDrain,
  creditLimit,
  cutConnection,
  listenTo,
  modified,
  rejected,
  released,
  roomForDeliveries,
} from './rhea-seams.ts';
import type { SessionHold } from './sessions.ts';
import { loseLock, type Outcome, settle } from './settle.ts';

/** What rhea makes of a disposition's state; which fields there are depends on the outcome. */
type RemoteState = {
  error?: { condition?: string; info?: Record<string, unknown> };
  undeliverable_here?: boolean;
  message_annotations?: Record<string, unknown>;
};

/** Delivers an entity's messages over the link and settles them. Returns what stops it. */
export function serveOutgoing(bus: Bus, link: Sender, entity: Entity, session?: SessionHold): () => void {
  const consumer = new LinkConsumer(link, entity, session);
  bus.consumers.add(consumer);
  listenTo(bus.store, link, 'sender_flow', () => bus.wake(entity));
  listenTo(bus.store, link, 'sender_draining', () => {
    bus.wake(entity);
    bus.store.afterCommit(() => consumer.drain());
  });
  const steps = new InOrder();
  const outcomes = { accepted: complete, rejected: reject, released: release, modified: modify };
  for (const [event, outcomeOf] of Object.entries(outcomes)) {
    listenTo(bus.store, link, event, ({ delivery, connection }) => {
      if (delivery !== undefined)
        settleDelivery(bus, entity, delivery, outcomeOf(delivery), steps, () => cutConnection(connection));
    });
  }
  return () => bus.consumers.delete(consumer);
}

class LinkConsumer implements Consumer {
  readonly entity: Entity;
  readonly lane: string;
  readonly deletes: boolean;
  readonly session: SessionHold | undefined;
  readonly #link: Sender;
  /** Deliveries promised so far, on the same scale as the link's delivery count. */
  #promised = 0;
  /** Of these, deliveries that wait for the commit of their lock or deletion. */
  #underway = 0;
  #isDraining = false;

  constructor(link: Sender, entity: Entity, session: SessionHold | undefined) {
    this.#link = link;
    this.entity = entity;
    this.session = session;
    this.lane = session?.sessionId ?? '';
    this.deletes = link.snd_settle_mode === 1;
  }

  credit(): number {
    if (!this.#link.is_open()) return 0;
    return Math.min(creditLimit(this.#link) - this.#promised, roomForDeliveries(this.#link));
  }

  reserve(): void {
    this.#promised += 1;
    this.#underway += 1;
  }

  deliver(payload: Buffer, token: string): boolean {
    this.#underway -= 1;
    if (!this.#link.is_open()) return false;
    this.#link.send(payload, tagOfToken(token), 0);
    if (this.#isDraining) this.drain();
    return true;
  }

  /** Gives up the credit that is left, once what was promised has been sent. */
  drain(): void {
    this.#isDraining = this.#underway > 0;
    if (this.#isDraining || !this.#link.is_open()) return;
    this.#promised = Math.max(this.#promised, creditLimit(this.#link));
    answerDrain(this.#link);
  }

  detach(): void {
    if (this.#link.is_open()) this.#link.close(detached(this.#link.name).amqp);
  }

  cut(): void {
    cutConnection(this.#link.connection);
  }
}

function settleDelivery(
  bus: Bus,
  entity: Entity,
  delivery: Delivery,
  outcome: Outcome,
  steps: InOrder,
  cut: () => void,
): void {
  if (delivery.settled) return;
  const token = tokenOfTag(delivery.tag);
  const target = (): string => {
    const lock = bus.locks.get(token);
    const message = lock === undefined ? undefined : bus.messages.byId(lock.message);
    return message === undefined ? '' : idOf(message.bare);
  };
  const strike = bus.faults.strike({ operation: 'settle', entity: entity.path, target });
  steps.add(strike.delayMs, () => {
    if (!delivery.link.is_open()) return;
    if (cutsAt(strike, 'before')) cut();
    else if (strike.effect?.effect === 'detach') delivery.link.close(detached(delivery.link.name).amqp);
    else {
      const refusal = refusalOf(strike, entity.path);
      const lock = strike.effect?.effect === 'lose-lock' ? bus.locks.get(token) : undefined;
      if (lock?.session !== undefined) {
        // The link ends with the session, so the answer goes first.
        delivery.update(true, rejected(sessionLockLost(lock.session.sessionId).amqp));
        setImmediate(() => loseLock(bus, lock, true));
        return;
      }
      if (lock !== undefined) loseLock(bus, lock, true);
      const state = refusal === undefined ? carryOut(bus, token, outcome) : rejected(refusal.amqp);
      bus.store.afterCommit(() => {
        if (cutsAt(strike, 'after')) cut();
        else if (delivery.link.is_open()) delivery.update(true, state);
      });
    }
  });
}

/**
 * Settles and says how: with the outcome that the client asked for, which the SDKs for Java and Python insist on, or rejected
 * with the reason.
 */
function carryOut(bus: Bus, token: string, outcome: Outcome): unknown {
  try {
    settle(bus, token, outcome);
    return echoOf(outcome);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return rejected(error.amqp);
  }
}

function echoOf({ kind }: Outcome): unknown {
  switch (kind) {
    case 'complete':
      return accepted;
    case 'release':
      return released();
    case 'dead-letter':
      return rejected();
    default:
      return modified(kind === 'defer');
  }
}

function complete(): Outcome {
  return { kind: 'complete' };
}

function release(): Outcome {
  return { kind: 'release' };
}

function modify(delivery: Delivery): Outcome {
  const state = remoteState(delivery);
  return { kind: state.undeliverable_here ? 'defer' : 'abandon', changes: state.message_annotations ?? {} };
}

function reject(delivery: Delivery): Outcome {
  const changes = remoteState(delivery).error?.info ?? {};
  const { DeadLetterReason, DeadLetterErrorDescription } = changes;
  return {
    kind: 'dead-letter',
    reason: typeof DeadLetterReason === 'string' ? DeadLetterReason : undefined,
    description: typeof DeadLetterErrorDescription === 'string' ? DeadLetterErrorDescription : undefined,
    changes,
  };
}

function remoteState(delivery: Delivery): RemoteState {
  return (delivery.remote_state ?? {}) as RemoteState;
}
