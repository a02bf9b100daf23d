import { randomUUID } from 'node:crypto';
import type { Bus, Consumer } from './bus.ts';
import type { Entity } from './entity.ts';
import { cutsAt, idOf } from './faults.ts';
import type { StoredMessage } from './message-table.ts';
import { encodeMessage } from './outgoing-message.ts';
import { forwardWaiting } from './publish.ts';
import { loseLock } from './settle.ts';
import type { Store } from './store.ts';

/** Messages that one turn of dispatching takes from an entity, so that no entity starves the others. */
const turnSize = 256;

/** Collects entities that may have something to deliver and dispatches each once per commit. */
export function createWaker(store: Store, dispatch: (entity: Entity) => void): (entity: Entity) => void {
  const awake = new Set<Entity>();
  return entity => {
    if (awake.size === 0) {
      store.afterCommit(() => {
        const turn = [...awake];
        awake.clear();
        for (const each of turn) dispatch(each);
      });
    }
    awake.add(entity);
  };
}

/** Sends what is ready in an entity to the receivers that have credit, one message each in turn. */
export function dispatchEntity(bus: Bus, entity: Entity): void {
  if (entity.forwardTo !== null) {
    forwardWaiting(bus, entity, entity.forwardTo);
    return;
  }
  offerSessions(bus, entity);
  const lanes = new Map<string, Consumer[]>();
  for (const consumer of bus.consumers) {
    if (consumer.entity !== entity || consumer.credit() <= 0) continue;
    const peers = lanes.get(consumer.lane);
    if (peers === undefined) lanes.set(consumer.lane, [consumer]);
    else peers.push(consumer);
  }
  for (const [lane, consumers] of lanes) dispatchLane(bus, entity, lane, consumers);
}

/** Locks a message for a receiver and returns the token. */
export function lockMessage(
  bus: Bus,
  message: StoredMessage,
  entity: Entity,
  session: Consumer['session'],
): { token: string; until: number } {
  const token = newToken();
  const until = session === undefined ? bus.clock.now() + entity.lockMs : session.until;
  bus.messages.lock(message.id, token, until);
  bus.locks.add({ token, message: message.id, entity, until, session });
  if (session === undefined) bus.scheduler.expect(until);
  return { token, until };
}

function offerSessions(bus: Bus, entity: Entity): void {
  const waiting = [...bus.waiters].filter(waiter => waiter.entity === entity);
  if (waiting.length === 0) return;
  const free = bus.messages
    .readyLanes(entity.id)
    .filter(lane => bus.sessions.holdOf(entity, lane) === undefined);
  for (const [index, waiter] of waiting.entries()) {
    const lane = free[index];
    if (lane === undefined) return;
    bus.waiters.delete(waiter);
    waiter.offer(lane);
  }
}

function dispatchLane(bus: Bus, entity: Entity, lane: string, consumers: Consumer[]): void {
  const wanted = consumers.reduce((sum, consumer) => sum + consumer.credit(), 0);
  const limit = Math.min(wanted, turnSize);
  const messages = bus.messages.ready(entity.id, lane, bus.clock.now(), limit);
  let hungry = consumers;
  for (const message of messages) {
    const consumer = hungry.shift();
    if (consumer === undefined) break;
    sendTo(bus, consumer, message);
    if (consumer.credit() > 0) hungry.push(consumer);
    else hungry = hungry.filter(other => other !== consumer);
    // Whoever was served goes to the end, so that receivers share also across turns.
    bus.consumers.delete(consumer);
    bus.consumers.add(consumer);
  }
  if (messages.length === limit && hungry.length > 0) bus.wake(entity);
}

function sendTo(bus: Bus, consumer: Consumer, message: StoredMessage): void {
  const target = (): string => idOf(message.bare);
  const strike = bus.faults.strike({ operation: 'deliver', entity: consumer.entity.path, target });
  const isDetached = strike.effect?.effect === 'detach';
  if (isDetached || cutsAt(strike, 'before')) {
    if (isDetached) consumer.detach();
    else consumer.cut();
    bus.wake(consumer.entity);
    return;
  }
  const isDoubled = strike.effect?.effect === 'duplicate';
  const afterwards = (): void => (cutsAt(strike, 'after') ? consumer.cut() : undefined);
  consumer.reserve();
  consumer.entity.times.accessedAt = bus.clock.now();
  if (consumer.deletes) {
    bus.messages.delete(message.id);
    bus.store.afterCommit(() => {
      consumer.deliver(encodeMessage(message), newToken());
      afterwards();
    });
    return;
  }
  const { token, until } = lockMessage(bus, message, consumer.entity, consumer.session);
  bus.store.afterCommit(() => {
    const isSent = consumer.deliver(encodeMessage(message, until), token);
    const lock = bus.locks.get(token);
    if (lock !== undefined && (!isSent || isDoubled)) loseLock(bus, lock, isSent);
    afterwards();
  });
}

function newToken(): string {
  return randomUUID().replaceAll('-', '');
}
