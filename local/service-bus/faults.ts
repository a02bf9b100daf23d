import type { Message } from 'rhea';
import type { Occasion, Strike } from '../faults/faults.ts';
import type { Bus } from './bus.ts';
import type { Entity } from './entity.ts';
import { type Fields, tokensOf } from './fields.ts';
import { readTransfer } from './incoming-message.ts';
import {
  entityNotFound,
  lockLost,
  Refusal,
  throttled,
  timedOut,
  unauthorized,
  unprocessable,
} from './refusals.ts';
import type { Reply, RequestNode } from './requests.ts';
import { decodeMessage } from './rhea-seams.ts';
import { loseLock } from './settle.ts';

/** How the service itself words what a rule may ask for, by the status; the path is what the operation is about. */
const REFUSALS: Readonly<Record<number, (path: string) => Refusal>> = {
  401: unauthorized,
  403: unauthorized,
  404: entityNotFound,
  408: () => timedOut(60_000),
  410: lockLost,
  429: throttled,
  503: throttled,
};

/** The refusal that a rule asks for, if it asks for one. */
export function refusalOf({ effect }: Strike, path: string): Refusal | undefined {
  if (effect?.effect !== 'status') return undefined;
  return (REFUSALS[effect.status] ?? unprocessable)(path);
}

/** Whether a rule cuts the connection at that moment. */
export function cutsAt({ effect }: Strike, moment: 'before' | 'after'): boolean {
  return effect?.effect === 'reset' && effect.at === moment;
}

/** The ids of the messages in a transfer, for `match`. */
export function idsIn(payload: Buffer, format: number): string {
  try {
    return readTransfer(payload, format)
      .map(({ messageId }) => messageId)
      .join(' ');
  } catch {
    return '';
  }
}

/** The id of a message at rest, for `match`. */
export function idOf(bare: Buffer): string {
  return String(decodeMessage(bare).message_id ?? '');
}

/** What a request to a management node is to the rules of faults. */
export function requestOccasion(entity: Entity, name: string): Occasion<'service-bus'> {
  const operation = name.startsWith('com.microsoft:renew-')
    ? 'renew'
    : name === 'com.microsoft:update-disposition'
      ? 'settle'
      : 'manage';
  return { operation, entity: entity.path, target: name };
}

/** Loses the locks that a request is about, as if they had run out a moment before. */
function loseLocks(bus: Bus, fields: Fields): void {
  if (!('lock-tokens' in fields)) return;
  for (const token of tokensOf(fields, 'lock-tokens')) {
    const lock = bus.locks.get(token);
    if (lock !== undefined) loseLock(bus, lock, true);
  }
}

/**
 * Puts the faults of a management node before its handler; `cut` cuts the connection. The two functions that come back
 * are called one after the other for each request.
 */
export function faultyRequests(
  bus: Bus,
  entity: Entity,
  handle: (request: Message) => Reply,
  cut: () => void,
): RequestNode {
  let strike: Strike = { delayMs: 0, effect: undefined };
  return {
    store: bus.store,
    handle: request => {
      const name = String(request.application_properties?.['operation']);
      strike = bus.faults.strike(requestOccasion(entity, name));
      const refusal = refusalOf(strike, entity.path);
      if (cutsAt(strike, 'before')) cut();
      if (refusal !== undefined || cutsAt(strike, 'before')) throw refusal ?? new Refusal('timeout', 'Cut.');
      // rhea decodes the amqp-value map of a request to a plain object.
      if (strike.effect?.effect === 'lose-lock') loseLocks(bus, (request.body ?? {}) as Fields);
      return handle(request);
    },
    whenDurable: then => {
      const { delayMs } = strike;
      if (cutsAt(strike, 'after')) bus.store.afterCommit(cut);
      else bus.store.afterCommit(delayMs === 0 ? then : () => setTimeout(then, delayMs));
    },
  };
}
