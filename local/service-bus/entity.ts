import type { EntitySettings, EntityStatus } from './settings.ts';

/** Kinds that have a name of their own; the others belong to one of these. */
export type NamedKind = 'queue' | 'topic' | 'subscription';
export type EntityKind = NamedKind | 'dead-letter' | 'transfer-dead-letter';

/** When an entity was made, changed and used, in milliseconds since the epoch. */
export type EntityTimes = { readonly createdAt: number; updatedAt: number; accessedAt: number };

/** A node that clients address. Its settings change when its owner updates it; the object stays the same. */
export class Entity {
  readonly id: number;
  readonly path: string;
  readonly kind: EntityKind;
  readonly times: EntityTimes;
  settings: EntitySettings;
  /** Where a queue or subscription puts what it gives up on, and what it could not forward. */
  readonly deadLetters: Entity | undefined;
  readonly transferDeadLetters: Entity | undefined;
  /** The subscriptions of a topic. */
  readonly subscriptions: Entity[] = [];

  constructor(
    identity: { readonly id: number; readonly path: string; readonly kind: EntityKind },
    settings: EntitySettings,
    times: EntityTimes,
    own: { readonly deadLetters?: Entity; readonly transferDeadLetters?: Entity } = {},
  ) {
    this.id = identity.id;
    this.path = identity.path;
    this.kind = identity.kind;
    this.settings = settings;
    this.times = times;
    this.deadLetters = own.deadLetters;
    this.transferDeadLetters = own.transferDeadLetters;
  }

  /** A subscription's or rule's name is the last part of its path, a queue's or topic's the whole of it. */
  get name(): string {
    return this.kind === 'subscription' ? this.path.slice(this.path.lastIndexOf('/') + 1) : this.path;
  }

  get isSubqueue(): boolean {
    return this.kind === 'dead-letter' || this.kind === 'transfer-dead-letter';
  }

  get lockMs(): number {
    return this.settings.lockMs;
  }

  get maxDeliveryCount(): number {
    return this.isSubqueue ? Number.POSITIVE_INFINITY : this.settings.maxDeliveryCount;
  }

  /** Zero when duplicates are not detected. */
  get duplicateWindowMs(): number {
    return this.settings.detectsDuplicates ? this.settings.duplicateWindowMs : 0;
  }

  get requiresSession(): boolean {
    return !this.isSubqueue && this.settings.requiresSession;
  }

  get ttlMs(): number {
    return this.settings.ttlMs ?? Number.POSITIVE_INFINITY;
  }

  get deadLetterOnExpiry(): boolean {
    return this.settings.deadLetterOnExpiry;
  }

  get forwardTo(): string | null {
    return this.settings.forwardTo;
  }

  get forwardDeadLettersTo(): string | null {
    return this.settings.forwardDeadLettersTo;
  }

  /** Whether the status lets messages in, or out. */
  accepts(direction: 'send' | 'receive'): boolean {
    const { status } = this.settings;
    return status === 'Active' || status === allowing[direction];
  }
}

const allowing: Readonly<Record<'send' | 'receive', EntityStatus>> = {
  send: 'ReceiveDisabled',
  receive: 'SendDisabled',
};
