import rhea, { type Sender } from 'rhea';
import type { Bus, SessionWaiter } from './bus.ts';
import type { Entity } from './entity.ts';
import { serveOutgoing } from './outgoing-link.ts';
import { sessionLockLost, timedOut } from './refusals.ts';
import { describeAttach, holdAttach } from './rhea-seams.ts';
import type { SessionHold } from './sessions.ts';
import { closeSession } from './settle.ts';

/** The filter in a receiver's source that asks for a session; null asks for any. */
export const sessionFilter = 'com.microsoft:session-filter';

/** Milliseconds that a client waits for a free session when it does not say. */
const defaultWait = 60_000;

/** .NET ticks (100 ns) between year 1 and 1970. */
const ticksTo1970 = 621_355_968_000_000_000n;

/**
 * Gives the link a session: the one it names, or the next that has messages, for which it may have to
 * wait as long as the attach says. Returns what frees the session. Throws a Refusal.
 */
export function acceptSession(bus: Bus, link: Sender, entity: Entity, wanted: string | null): () => void {
  if (wanted !== null) return grant(bus, link, entity, wanted);
  return acceptNext(bus, link, entity);
}

function acceptNext(bus: Bus, link: Sender, entity: Entity): () => void {
  const answer = holdAttach(link);
  let stop: (() => void) | undefined;
  const waiter: SessionWaiter = {
    entity,
    offer: sessionId => {
      clearTimeout(timer);
      stop = grant(bus, link, entity, sessionId);
      answer();
    },
  };
  const wait = waitOf(link.properties?.['com.microsoft:timeout']);
  const timer = setTimeout(() => {
    bus.waiters.delete(waiter);
    // Without a source the attach says that it is refused; the reason follows in the detach.
    answer();
    link.close(timedOut(wait).amqp);
  }, wait);
  bus.waiters.add(waiter);
  bus.wake(entity);
  return () => {
    clearTimeout(timer);
    bus.waiters.delete(waiter);
    stop?.();
  };
}

function grant(bus: Bus, link: Sender, entity: Entity, sessionId: string): () => void {
  const hold = bus.sessions.hold(entity, sessionId, bus.clock.now(), () => {
    if (link.is_open()) link.close(sessionLockLost(sessionId).amqp);
  });
  bus.scheduler.expect(hold.until);
  link.set_source({ address: link.source?.address ?? '', filter: { [sessionFilter]: sessionId } });
  link.set_target({ address: link.target?.address ?? '' });
  describeAttach(link, link.snd_settle_mode === 1, { 'com.microsoft:locked-until-utc': ticksOf(hold) });
  const stop = serveOutgoing(bus, link, entity, hold);
  return () => {
    stop();
    closeSession(bus, hold);
  };
}

/** Milliseconds; Node's timers overflow a little above. */
const longestWait = 2_000_000_000;

function waitOf(given: unknown): number {
  return typeof given === 'number' && given >= 0 ? Math.min(given, longestWait) : defaultWait;
}

function ticksOf(hold: SessionHold): unknown {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(BigInt(hold.until) * 10_000n + ticksTo1970);
  return rhea.types.wrap_long(bytes);
}
