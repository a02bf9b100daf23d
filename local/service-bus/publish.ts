import type { Bus } from './bus.ts';
import type { Entity } from './entity.ts';
import { type IncomingMessage, stampTimes, withApplicationProperties } from './incoming-message.ts';
import { messageState, type StoredMessage } from './message-table.ts';
import { MessageView } from './message-view.ts';
import { type DeadLetterInfo, obstacleTo, reasonOf, tooManyHops, withoutSession } from './obstacles.ts';
import { entityDisabled, Refusal } from './refusals.ts';
import { matchingCopies } from './rules.ts';
import { EvaluationError } from './sql/values.ts';

/** A message on its way into an entity: as a sender wrote it, or as it lay in another entity. */
type Arriving = Pick<
  IncomingMessage,
  'sessionId' | 'annotationCount' | 'annotations' | 'bare' | 'ttl' | 'envelope'
> & {
  /** Where it was dead-lettered before it was forwarded. */
  readonly deadLetterSource?: string;
};

/** Forwarding from entity to entity ends after this many hops (service-bus-dead-letter-queues). */
const mostHops = 4;

/** Messages that one turn sends on. */
const forwardedAtOnce = 256;

/**
 * Takes messages into a queue or topic, all or none. Duplicates are dropped without a word. Returns
 * the sequence number of each, undefined for a dropped one. Throws a Refusal when one cannot be taken.
 */
export function publish(
  bus: Bus,
  entity: Entity,
  messages: readonly IncomingMessage[],
): (number | undefined)[] {
  if (entity.kind !== 'queue' && entity.kind !== 'topic') {
    throw new Refusal('not-allowed', `Messages cannot be sent to '${entity.path}'.`);
  }
  if (!entity.accepts('send')) throw entityDisabled(entity.path);
  for (const message of messages) checkSession(entity, message.sessionId);
  checkRoom(bus, entity);
  const now = bus.clock.now();
  return messages.map(message => {
    const isDuplicate =
      entity.duplicateWindowMs > 0 &&
      bus.duplicates.isDuplicate(entity.id, message.messageId, now, entity.duplicateWindowMs);
    if (isDuplicate) return undefined;
    return message.scheduledAt !== undefined && message.scheduledAt > now
      ? schedule(bus, entity, message, message.scheduledAt)
      : arrive(bus, entity, message);
  });
}

/** Makes the scheduled messages that are due active, with a new sequence number and enqueued time. */
export function activateDue(bus: Bus, now: number): void {
  for (const message of bus.messages.due(now, 500)) {
    const entity = bus.entities.byId(message.entity);
    bus.messages.delete(message.id);
    if (entity !== undefined) arrive(bus, entity, arriving(message));
  }
}

/** Sends a dead-lettered message, whose row the caller removes, to the entity that collects them. */
export function forwardDeadLetter(bus: Bus, message: StoredMessage, source: Entity, address: string): void {
  const letter = { ...arriving(message), deadLetterSource: source.path };
  forward(bus, source, address, letter, message.sequence, 0);
}

/** Sends on what lay in an entity before it was told to forward, or came back to it since. */
export function forwardWaiting(bus: Bus, entity: Entity, address: string): void {
  const waiting = bus.messages.ready(entity.id, '', bus.clock.now(), forwardedAtOnce);
  for (const message of waiting) {
    bus.messages.delete(message.id);
    forward(bus, entity, address, arriving(message), message.sequence, 0);
  }
  if (waiting.length === forwardedAtOnce) bus.wake(entity);
}

function arriving(message: StoredMessage): Arriving {
  return {
    sessionId: sessionIdOf(message.bare),
    annotationCount: message.annotationCount,
    annotations: message.annotations,
    bare: message.bare,
    envelope: message.envelope,
    ttl: message.ttl ?? undefined,
  };
}

function sessionIdOf(bare: Buffer): string | undefined {
  const sessionId = new MessageView(bare).system('SessionId');
  return typeof sessionId === 'string' ? sessionId : undefined;
}

function checkRoom(bus: Bus, entity: Entity): void {
  const full = bus.sizes.excess(entity);
  if (full !== undefined) throw full;
}

function checkSession(entity: Entity, sessionId: string | undefined): void {
  if (!entity.requiresSession || sessionId !== undefined) return;
  throw new Refusal(
    'not-allowed',
    'The SessionId was not set on a message, and it cannot be sent to the entity. Entities that have session support ' +
      'enabled can only receive messages that have the SessionId set to a valid value.',
  );
}

function schedule(bus: Bus, entity: Entity, message: IncomingMessage, dueAt: number): number {
  const sequence = bus.entities.nextSequence(entity);
  bus.messages.insert({
    entity: entity.id,
    sequence,
    enqueuedSequence: sequence,
    state: messageState.scheduled,
    lane: entity.requiresSession ? (message.sessionId ?? '') : '',
    enqueuedAt: bus.clock.now(),
    dueAt,
    ttl: message.ttl ?? null,
    expiresAt: null,
    deliveryCount: 0,
    deadLetterSource: null,
    annotationCount: message.annotationCount,
    annotations: message.annotations,
    bare: message.bare,
    envelope: message.envelope,
  });
  bus.scheduler.expect(dueAt);
  return sequence;
}

function arrive(bus: Bus, entity: Entity, message: Arriving, topicSequence?: number, hops = 0): number {
  const sequence = bus.entities.nextSequence(entity);
  entity.times.accessedAt = bus.clock.now();
  const ttl = Math.min(message.ttl ?? Number.POSITIVE_INFINITY, entity.ttlMs);
  const limited = { ...message, ttl: Number.isFinite(ttl) ? ttl : undefined };
  if (entity.kind === 'topic') fanOut(bus, entity, limited, sequence, hops);
  else if (entity.forwardTo === null) store(bus, entity, limited, sequence, topicSequence ?? sequence);
  else forward(bus, entity, entity.forwardTo, limited, sequence, hops);
  return sequence;
}

/** Sends a message on; one that cannot be sent stays in the transfer dead-letter queue of the entity that tried. */
function forward(
  bus: Bus,
  entity: Entity,
  address: string,
  message: Arriving,
  sequence: number,
  hops: number,
): void {
  const target = bus.entities.find(address);
  const obstacle = hops < mostHops ? obstacleTo(bus, target, address) : tooManyHops;
  if (obstacle !== undefined || target === undefined) {
    storeDead(bus, entity.transferDeadLetters, message, sequence, obstacle ?? tooManyHops);
  } else if (!isKnown(bus, target, message)) arrive(bus, target, message, undefined, hops + 1);
}

/** A forwarded message is dropped like a sent one where the same id came a short while ago. */
function isKnown(bus: Bus, target: Entity, { bare }: Arriving): boolean {
  if (target.duplicateWindowMs === 0) return false;
  const id = String(new MessageView(bare).system('MessageId'));
  return bus.duplicates.isDuplicate(target.id, id, bus.clock.now(), target.duplicateWindowMs);
}

function fanOut(bus: Bus, topic: Entity, message: Arriving, sequence: number, hops: number): void {
  for (const subscription of topic.subscriptions) {
    try {
      for (const bare of matchingCopies(bus.rules.of(subscription), message.bare)) {
        const copy = bare === message.bare ? message : { ...message, bare, sessionId: sessionIdOf(bare) };
        arrive(bus, subscription, copy, sequence, hops);
      }
    } catch (error) {
      if (!(error instanceof EvaluationError)) throw error;
      if (!subscription.settings.deadLetterOnFilterErrors) continue;
      const why = reasonOf('FilterEvaluationException', error.message);
      refuseArriving(bus, subscription, message, bus.entities.nextSequence(subscription), why);
    }
  }
}

/** Puts what an entity cannot take where its dead letters go. */
function refuseArriving(
  bus: Bus,
  entity: Entity,
  message: Arriving,
  sequence: number,
  why: DeadLetterInfo,
): void {
  if (entity.forwardDeadLettersTo === null) {
    storeDead(bus, entity.deadLetters, message, sequence, why);
    return;
  }
  const bare = withApplicationProperties(message.bare, why);
  const letter = { ...message, bare, ttl: undefined, deadLetterSource: entity.path };
  forward(bus, entity, entity.forwardDeadLettersTo, letter, sequence, 0);
}

/** A message that an entity cannot take but nobody is left to be told (service-bus-dead-letter-queues). */
function storeDead(
  bus: Bus,
  deadLetters: Entity | undefined,
  message: Arriving,
  sequence: number,
  why: DeadLetterInfo,
): void {
  if (deadLetters === undefined) return;
  const bare = withApplicationProperties(message.bare, why);
  store(bus, deadLetters, { ...message, bare, ttl: undefined }, sequence, sequence);
}

function store(
  bus: Bus,
  entity: Entity,
  message: Arriving,
  sequence: number,
  enqueuedSequence: number,
): void {
  if (entity.requiresSession && message.sessionId === undefined) {
    refuseArriving(bus, entity, message, sequence, withoutSession);
    return;
  }
  const now = bus.clock.now();
  const expiresAt = message.ttl === undefined ? null : now + message.ttl;
  bus.messages.insert({
    entity: entity.id,
    sequence,
    enqueuedSequence,
    state: messageState.active,
    lane: entity.requiresSession ? (message.sessionId ?? '') : '',
    enqueuedAt: now,
    dueAt: null,
    ttl: message.ttl ?? null,
    expiresAt,
    deliveryCount: 0,
    deadLetterSource: message.deadLetterSource ?? null,
    annotationCount: message.annotationCount,
    annotations: message.annotations,
    bare: expiresAt === null ? message.bare : stampTimes(message.bare, now, expiresAt),
    envelope: message.envelope,
  });
  bus.sizes.grow(entity, message.bare.length + message.annotations.length);
  if (expiresAt !== null) bus.scheduler.expect(expiresAt);
  bus.wake(entity);
}
