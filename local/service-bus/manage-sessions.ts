import type { Bus } from './bus.ts';
import type { Entity } from './entity.ts';
import { type Fields, integerOf, textOf } from './fields.ts';
import { maxMessageBytes } from './incoming-link.ts';
import { Refusal, sessionLockLost } from './refusals.ts';
import type { Reply } from './requests.ts';
import type { SessionHold } from './sessions.ts';

/** Extends a session's lock by the entity's lock duration from now. */
export function renewSession(bus: Bus, entity: Entity, fields: Fields): Reply {
  const hold = heldSession(bus, entity, fields);
  const until = bus.clock.now() + entity.lockMs;
  bus.sessions.renew(hold, until);
  return { status: 200, description: 'OK', body: { expiration: new Date(until) } };
}

/**
 * Sets or, with null, clears a session's state, which can be as large as a message
 * (https://learn.microsoft.com/azure/service-bus-messaging/message-sessions#message-session-state). Only its holder may.
 */
export function setSessionState(bus: Bus, entity: Entity, fields: Fields): Reply {
  const hold = heldSession(bus, entity, fields);
  const state = fields['session-state'];
  if (Buffer.isBuffer(state) && state.length > maxMessageBytes) {
    throw new Refusal('message-too-large', `A session's state can have at most ${maxMessageBytes} bytes.`);
  }
  bus.sessions.setState(entity, hold.sessionId, Buffer.isBuffer(state) ? state : null, bus.clock.now());
  return { status: 200, description: 'OK' };
}

/** A session's state, null when it has none. */
export function getSessionState(bus: Bus, entity: Entity, fields: Fields): Reply {
  const hold = heldSession(bus, entity, fields);
  return {
    status: 200,
    description: 'OK',
    body: { 'session-state': bus.sessions.state(entity, hold.sessionId) },
  };
}

/** What clients send for no moment, .NET's last one, or later. */
const noMoment = Date.UTC(9999, 11, 31);

/**
 * The ids of sessions whose state was set after a moment or, without one, of all that have active messages or state
 * (https://learn.microsoft.com/dotnet/api/azure.messaging.servicebus.servicebusclient.getmessagesessionsasync).
 */
export function listSessions(bus: Bus, entity: Entity, fields: Fields): Reply {
  requireSessions(entity);
  const given = fields['last-updated-time'];
  const after = given instanceof Date && given.getTime() < noMoment ? given.getTime() : undefined;
  const all =
    after === undefined
      ? [...bus.messages.activeLanes(entity.id), ...bus.sessions.withState(entity)]
      : bus.sessions.withState(entity, after);
  const skip = integerOf(fields, 'skip');
  const ids = [...new Set(all)].sort().slice(skip, skip + integerOf(fields, 'top'));
  if (ids.length === 0) return { status: 204, description: 'NoContent' };
  return { status: 200, description: 'OK', body: { skip: skip + ids.length, 'sessions-ids': ids } };
}

function heldSession(bus: Bus, entity: Entity, fields: Fields): SessionHold {
  requireSessions(entity);
  const sessionId = textOf(fields, 'session-id');
  const hold = bus.sessions.holdOf(entity, sessionId);
  if (hold === undefined || hold.until <= bus.clock.now()) throw sessionLockLost(sessionId);
  return hold;
}

function requireSessions(entity: Entity): void {
  if (!entity.requiresSession)
    throw new Refusal('not-allowed', `'${entity.path}' does not require sessions.`);
}
