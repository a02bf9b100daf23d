import type { Bus } from './bus.ts';
import type { Entity } from './entities.ts';
import { type IncomingMessage, stampTimes, withApplicationProperties } from './incoming-message.ts';
import { messageState, type StoredMessage } from './message-table.ts';
import { MessageView } from './message-view.ts';
import { Refusal } from './refusals.ts';
import { matchingCopies } from './rules.ts';

/** A message on its way into an entity: as a sender wrote it, or as it lay in another entity. */
type Arriving = Pick<IncomingMessage, 'sessionId' | 'annotationCount' | 'annotations' | 'bare' | 'ttl'> & {
  /** Where it was dead-lettered before it was forwarded. */
  readonly deadLetterSource?: string;
};

/** Forwarding from entity to entity ends after this many hops (service-bus-dead-letter-queues). */
const mostHops = 4;

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
  for (const message of messages) checkSession(entity, message.sessionId);
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

/** Puts a dead-lettered message, whose row the caller removes, into the entity that collects them. */
export function forwardDeadLetter(bus: Bus, message: StoredMessage, source: string, address: string): void {
  arrive(
    bus,
    bus.entities.resolve(address),
    { ...arriving(message), deadLetterSource: source },
    undefined,
    1,
  );
}

function arriving(message: StoredMessage): Arriving {
  const sessionId = new MessageView(message.bare).system('SessionId');
  return {
    sessionId: typeof sessionId === 'string' ? sessionId : undefined,
    annotationCount: message.annotationCount,
    annotations: message.annotations,
    bare: message.bare,
    ttl: message.ttl ?? undefined,
  };
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
  });
  bus.scheduler.expect(dueAt);
  return sequence;
}

function arrive(bus: Bus, entity: Entity, message: Arriving, topicSequence?: number, hops = 0): number {
  const sequence = bus.entities.nextSequence(entity);
  const ttl = Math.min(message.ttl ?? Number.POSITIVE_INFINITY, entity.ttlMs);
  const limited = { ...message, ttl: Number.isFinite(ttl) ? ttl : undefined };
  if (entity.kind === 'topic') fanOut(bus, entity, limited, sequence, hops);
  else if (entity.forwardTo === null) store(bus, entity, limited, sequence, topicSequence ?? sequence);
  else if (hops < mostHops) arrive(bus, bus.entities.resolve(entity.forwardTo), limited, undefined, hops + 1);
  else storeDead(bus, entity, limited, sequence, tooManyHops);
  return sequence;
}

function fanOut(bus: Bus, topic: Entity, message: Arriving, sequence: number, hops: number): void {
  for (const subscription of topic.subscriptions) {
    for (const bare of matchingCopies(bus.rules.of(subscription), message.bare)) {
      arrive(bus, subscription, { ...message, bare }, sequence, hops);
    }
  }
}

/** A message that an entity cannot take but nobody is left to be told (service-bus-dead-letter-queues). */
function storeDead(
  bus: Bus,
  entity: Entity,
  message: Arriving,
  sequence: number,
  why: Record<string, string>,
): void {
  if (entity.deadLetters === undefined) return;
  const bare = withApplicationProperties(message.bare, why);
  store(bus, entity.deadLetters, { ...message, bare, ttl: undefined }, sequence, sequence);
}

const tooManyHops = {
  DeadLetterReason: 'MaxTransferHopCountExceeded',
  DeadLetterErrorDescription:
    'The maximum number of allowed hops when forwarding between queues has been exceeded.',
};

const withoutSession = {
  DeadLetterReason: 'Session ID is null',
  DeadLetterErrorDescription:
    "Session enabled entity doesn't allow a message whose session identifier is null.",
};

function store(
  bus: Bus,
  entity: Entity,
  message: Arriving,
  sequence: number,
  enqueuedSequence: number,
): void {
  if (entity.requiresSession && message.sessionId === undefined) {
    storeDead(bus, entity, message, sequence, withoutSession);
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
  });
  if (expiresAt !== null) bus.scheduler.expect(expiresAt);
  bus.wake(entity);
}
