import type { Clock } from '../faults/clock.ts';
import type { Faults } from '../faults/faults.ts';
import type { Attachments } from './attachments.ts';
import type { Authenticator } from './authenticator.ts';
import type { DuplicateTable } from './duplicates.ts';
import type { Entities } from './entities.ts';
import type { Entity } from './entity.ts';
import type { IdleConnections } from './idle-connections.ts';
import type { LockTable } from './locks.ts';
import type { MessageTable } from './message-table.ts';
import type { RuleTable } from './rules.ts';
import type { Scheduler } from './scheduler.ts';
import type { SessionHold, SessionTable } from './sessions.ts';
import type { Sizes } from './sizes.ts';
import type { Store } from './store.ts';

/** A receiving link as the broker sees it. */
export type Consumer = {
  readonly entity: Entity;
  readonly lane: string;
  readonly deletes: boolean;
  readonly session: SessionHold | undefined;
  /** How many more messages it may be sent now. */
  readonly credit: () => number;
  /** Spends one credit on a message that `deliver` will bring. */
  readonly reserve: () => void;
  /** Sends a message whose lock or deletion is durable. Returns whether the link was still there. */
  readonly deliver: (payload: Buffer, token: string) => boolean;
  /** Closes the link with an error, as a fault. */
  readonly detach: () => void;
  /** Cuts the connection, as a fault. */
  readonly cut: () => void;
};

/** Somebody who waits for any session with messages. Returns whether it took the offered one. */
export type SessionWaiter = { readonly entity: Entity; readonly offer: (sessionId: string) => void };

/** The broker's parts. Functions that do its work take it as their first argument. */
export type Bus = {
  readonly clock: Clock;
  readonly store: Store;
  readonly entities: Entities;
  readonly authenticator: Authenticator;
  readonly attachments: Attachments;
  readonly messages: MessageTable;
  readonly duplicates: DuplicateTable;
  readonly locks: LockTable;
  readonly sessions: SessionTable;
  readonly rules: RuleTable;
  readonly sizes: Sizes;
  readonly scheduler: Scheduler;
  readonly connections: IdleConnections;
  readonly faults: Faults<'service-bus'>;
  readonly consumers: Set<Consumer>;
  readonly waiters: Set<SessionWaiter>;
  /** Says that an entity may have something to deliver. */
  readonly wake: (entity: Entity) => void;
};
