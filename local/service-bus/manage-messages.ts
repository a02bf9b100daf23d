import rhea from 'rhea';
import type { Bus } from './bus.ts';
import { expire } from './dead-letters.ts';
import { lockMessage } from './dispatch.ts';
import type { Entity } from './entity.ts';
import {
  countOf,
  type Fields,
  integerOf,
  integersOf,
  mapOf,
  mapsOf,
  optionalText,
  tokensOf,
} from './fields.ts';
import { maxMessageBytes } from './incoming-link.ts';
import { readMessage } from './incoming-message.ts';
import { messageState, type StoredMessage } from './message-table.ts';
import { encodeMessage, withoutBody } from './outgoing-message.ts';
import { publish } from './publish.ts';
import { entityDisabled, forwardedOn, Refusal, sessionLockLost } from './refusals.ts';
import type { Reply } from './requests.ts';
import { heldLock, type Outcome, settle } from './settle.ts';

const { types } = rhea;

/** Format codes for the items of AMQP arrays. */
const arrayOf = { long: 0x81, timestamp: 0x83 };

/** Bytes of messages in one peek reply; the rest comes with the next peek. */
const peekBytes = 1_000_000;

/** Messages that one batch delete may remove (https://learn.microsoft.com/azure/service-bus-messaging/batch-delete#quotas). */
const mostDeleted = 500;

/** Extends message locks by the entity's lock duration from now. */
export function renewLocks(bus: Bus, _entity: Entity, fields: Fields): Reply {
  const locks = tokensOf(fields, 'lock-tokens').map(token => heldLock(bus, token));
  const until = bus.clock.now();
  const expirations = locks.map(lock => {
    const extended = until + lock.entity.lockMs;
    bus.messages.lock(lock.message, lock.token, extended);
    bus.locks.renew(lock, extended);
    return extended;
  });
  return ok({ expirations: types.wrap_array(expirations, arrayOf.timestamp, undefined) });
}

/** Shows messages in any state without locking them, without their bodies when the client asks for that. */
export function peek(bus: Bus, entity: Entity, fields: Fields): Reply {
  requireReceivable(bus, entity, 'browser');
  const lane = entity.requiresSession ? optionalText(fields, 'session-id') : undefined;
  const from = integerOf(fields, 'from-sequence-number');
  const count = countOf(fields, 'message-count');
  const found = bus.messages.from(entity.id, from, count, lane);
  if (found.length === 0) return { status: 204, description: 'NoContent' };
  let bytes = 0;
  const messages: { message: Buffer }[] = [];
  for (const message of found) {
    const encoded = encodeMessage(fields['omit-message-body'] === true ? withoutBody(message) : message);
    bytes += encoded.length;
    if (bytes > peekBytes && messages.length > 0) break;
    messages.push({ message: encoded });
  }
  return ok({ messages });
}

/**
 * Removes the oldest active messages that nobody holds and that were enqueued before a moment, for the holder of a session
 * only those of the session.
 */
export function deleteMessages(bus: Bus, entity: Entity, fields: Fields): Reply {
  requireReceivable(bus, entity);
  const session = entity.requiresSession ? optionalText(fields, 'session-id') : undefined;
  if (session !== undefined && bus.sessions.holdOf(entity, session) === undefined) {
    throw sessionLockLost(session);
  }
  const before = fields['enqueued-time-utc'];
  const end = before instanceof Date ? before.getTime() : Number(before ?? bus.clock.now());
  const count = countOf(fields, 'message-count', mostDeleted);
  const found = bus.messages.enqueuedBefore(entity.id, end, count, session);
  for (const message of found) bus.messages.delete(message.id);
  if (found.length === 0) return { status: 204, description: 'NoContent' };
  return ok({ 'message-count': types.wrap_int(found.length) });
}

/** Takes messages whose annotation says when they are to be enqueued. */
export function scheduleMessages(bus: Bus, entity: Entity, fields: Fields): Reply {
  const messages = mapsOf(fields, 'messages').map(({ message }) => {
    if (!Buffer.isBuffer(message))
      throw new Refusal('argument-error', 'A message to schedule must be given as bytes.');
    if (message.length > maxMessageBytes) {
      throw new Refusal('message-too-large', `A message can have at most ${maxMessageBytes} bytes.`);
    }
    return readMessage(message);
  });
  const sequences = publish(bus, entity, messages).map(sequence => sequence ?? 0);
  return ok({ 'sequence-numbers': types.wrap_array(sequences, arrayOf.long, undefined) });
}

/** Removes scheduled messages, all or none. */
export function cancelScheduled(bus: Bus, entity: Entity, fields: Fields): Reply {
  const messages = integersOf(fields, 'sequence-numbers').map(sequence => {
    const message = bus.messages.bySequence(entity.id, sequence);
    if (message?.state !== messageState.scheduled) {
      throw new Refusal(
        'message-not-found',
        `The scheduled message with sequence number ${sequence} does not exist.`,
      );
    }
    return message;
  });
  for (const message of messages) bus.messages.delete(message.id);
  return ok();
}

/**
 * Hands out deferred messages by sequence number, locked, or for good when the receiver deletes. Those whose life is over
 * expire at this moment and not before
 * (https://learn.microsoft.com/azure/service-bus-messaging/message-deferral#deferred-message-expiration).
 */
export function receiveDeferred(bus: Bus, entity: Entity, fields: Fields): Reply {
  requireReceivable(bus, entity);
  const sessionId = entity.requiresSession ? optionalText(fields, 'session-id') : undefined;
  const session = sessionId === undefined ? undefined : bus.sessions.holdOf(entity, sessionId);
  if (entity.requiresSession && session === undefined) throw sessionLockLost(sessionId ?? '');
  const found = integersOf(fields, 'sequence-numbers').map(sequence => deferred(bus, entity, sequence));
  if (session !== undefined && found.some(message => message.lane !== session.sessionId)) throw notThere();
  const now = bus.clock.now();
  const isOver = ({ expiresAt }: StoredMessage): boolean => expiresAt !== null && expiresAt <= now;
  for (const message of found.filter(isOver)) expire(bus, message);
  if (found.some(isOver)) throw notThere();
  const deletes = integerOf(fields, 'receiver-settle-mode') === 0;
  const messages = found.map(message => {
    if (deletes) {
      bus.messages.delete(message.id);
      return { message: encodeMessage(message) };
    }
    const { token, until } = lockMessage(bus, message, entity, session);
    return {
      'lock-token': types.wrap_uuid(Buffer.from(token, 'hex')),
      message: encodeMessage(message, until),
    };
  });
  return ok({ messages });
}

/** Settles messages by lock token: deferred ones, and others whose link is gone. */
export function updateDisposition(bus: Bus, entity: Entity, fields: Fields): Reply {
  const outcome = outcomeOf(fields);
  const tokens = tokensOf(fields, 'lock-tokens');
  const sessionId = entity.requiresSession ? optionalText(fields, 'session-id') : undefined;
  if (sessionId !== undefined && bus.sessions.holdOf(entity, sessionId) === undefined)
    throw sessionLockLost(sessionId);
  for (const token of tokens) heldLock(bus, token);
  for (const token of tokens) settle(bus, token, outcome);
  return ok();
}

function requireReceivable(bus: Bus, entity: Entity, wanted: 'browser' | 'receiver' = 'receiver'): void {
  if (bus.entities.isForwarded(entity)) throw forwardedOn(wanted);
  if (!entity.accepts('receive')) throw entityDisabled(entity.path);
}

function deferred(bus: Bus, entity: Entity, sequence: number): StoredMessage {
  const message = bus.messages.bySequence(entity.id, sequence);
  if (message?.state !== messageState.deferred || message.lockToken !== null) throw notThere();
  return message;
}

function notThere(): Refusal {
  return new Refusal(
    'message-not-found',
    'Failed to lock one or more specified messages. Either the message is already locked or does not exist.',
  );
}

function outcomeOf(fields: Fields): Outcome {
  const changes = mapOf(fields, 'properties-to-modify') ?? {};
  switch (fields['disposition-status']) {
    case 'completed':
      return { kind: 'complete' };
    case 'abandoned':
      return { kind: 'abandon', changes };
    case 'defered':
      return { kind: 'defer', changes };
    case 'suspended': {
      const reason = optionalText(fields, 'deadletter-reason');
      return {
        kind: 'dead-letter',
        reason,
        description: optionalText(fields, 'deadletter-description'),
        changes,
      };
    }
    default:
      throw new Refusal(
        'argument-error',
        `The disposition status '${String(fields['disposition-status'])}' is not known.`,
      );
  }
}

function ok(body?: unknown): Reply {
  return { status: 200, description: 'OK', ...(body === undefined ? {} : { body }) };
}
