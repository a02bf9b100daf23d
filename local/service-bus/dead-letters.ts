import type { Bus } from './bus.ts';
import type { Entity } from './entity.ts';
import { withApplicationProperties } from './incoming-message.ts';
import type { StoredMessage } from './message-table.ts';
import { forwardDeadLetter } from './publish.ts';

/**
 * Moves a message to its entity's dead-letter queue. It keeps its sequence number, enqueued time and
 * delivery count and never expires there; reason and description become application properties
 * (https://learn.microsoft.com/azure/service-bus-messaging/service-bus-dead-letter-queues).
 */
export function deadLetter(
  bus: Bus,
  entity: Entity,
  message: StoredMessage,
  reason: string | undefined,
  description: string | undefined,
  changes: Readonly<Record<string, unknown>>,
): void {
  const bare = withApplicationProperties(message.bare, {
    ...changes,
    ...deadLetterInfo(reason, description),
  });
  if (entity.forwardDeadLettersTo !== null) {
    bus.messages.delete(message.id);
    forwardDeadLetter(bus, { ...message, bare, ttl: null }, entity, entity.forwardDeadLettersTo);
  } else if (entity.deadLetters !== undefined) {
    bus.messages.moveToDeadLetters(message.id, entity.deadLetters.id, bare, message.deliveryCount);
    bus.wake(entity.deadLetters);
  }
}

/** The application properties that tell why a message was dead-lettered. */
export function deadLetterInfo(
  reason: string | undefined,
  description: string | undefined,
): Readonly<Record<string, string>> {
  return {
    ...(reason === undefined ? {} : { DeadLetterReason: reason }),
    ...(description === undefined ? {} : { DeadLetterErrorDescription: description }),
  };
}

/** Removes expired messages, into the dead-letter queue where the entity says so. */
export function expireMessages(bus: Bus, now: number): void {
  for (const message of bus.messages.expired(now, 500)) expire(bus, message);
}

/** Ends one message's life: it goes into the dead-letter queue where its entity says so. */
export function expire(bus: Bus, message: StoredMessage): void {
  const entity = bus.entities.byId(message.entity);
  const description = 'The message expired and was dead lettered.';
  if (entity?.deadLetterOnExpiry !== true) bus.messages.delete(message.id);
  else deadLetter(bus, entity, message, 'TTLExpiredException', description, {});
}
