import { entityNotFound } from './refusals.ts';
import type { Store } from './store.ts';
import type { QueueDeclaration, SubscriptionDeclaration, TopicDeclaration, Topology } from './topology.ts';

type EntityKind = 'queue' | 'topic' | 'subscription' | 'dead-letter';

/** A node that clients address. Durations in milliseconds; infinite where there is no limit. */
export type Entity = {
  readonly id: number;
  readonly path: string;
  readonly kind: EntityKind;
  readonly lockMs: number;
  readonly maxDeliveryCount: number;
  readonly duplicateWindowMs: number;
  readonly requiresSession: boolean;
  readonly ttlMs: number;
  readonly deadLetterOnExpiry: boolean;
  readonly forwardTo: string | null;
  readonly forwardDeadLettersTo: string | null;
  /** The dead-letter queue of a queue or subscription. */
  readonly deadLetters: Entity | undefined;
  /** The subscriptions of a topic. */
  readonly subscriptions: readonly Entity[];
};

type Traits = Partial<Omit<Entity, 'id' | 'path' | 'kind' | 'deadLetters' | 'subscriptions'>>;

const defaults = {
  lockMs: 60_000,
  maxDeliveryCount: Number.POSITIVE_INFINITY,
  duplicateWindowMs: 0,
  requiresSession: false,
  ttlMs: Number.POSITIVE_INFINITY,
  deadLetterOnExpiry: false,
  forwardTo: null,
  forwardDeadLettersTo: null,
};

/** All entities by address, and their sequence counters. */
export class Entities {
  readonly #store: Store;
  readonly #byPath = new Map<string, Entity>();
  readonly #byId = new Map<number, Entity>();
  readonly #sequences = new Map<number, number>();
  readonly #dirty = new Set<number>();

  /** Throws when an entity forwards to one that is not declared. */
  constructor(store: Store, topology: Topology) {
    this.#store = store;
    store.write();
    store.prepare('UPDATE entity SET declared = 0').run();
    for (const queue of topology.queues) this.#addReceivable('queue', queue.name, queueTraits(queue));
    for (const topic of topology.topics) this.#addTopic(topic);
    for (const entity of this.#byId.values()) {
      for (const target of [entity.forwardTo, entity.forwardDeadLettersTo])
        if (target !== null) this.resolve(target);
    }
  }

  /** The entity at an address, which is compared without regard to case. Throws when there is none. */
  resolve(address: string): Entity {
    const entity = this.find(address);
    if (entity === undefined) throw entityNotFound(address);
    return entity;
  }

  find(address: string): Entity | undefined {
    return this.#byPath.get(address.toLowerCase().replace(/^\/+|\/+$/g, ''));
  }

  byId(id: number): Entity | undefined {
    return this.#byId.get(id);
  }

  all(): Iterable<Entity> {
    return this.#byId.values();
  }

  /** Hands out the next sequence number; it is made durable with the message that gets it. */
  nextSequence(entity: Entity): number {
    const next = this.#sequences.get(entity.id) ?? 1;
    this.#sequences.set(entity.id, next + 1);
    if (this.#dirty.size === 0) this.#store.beforeCommit(() => this.#saveSequences());
    this.#dirty.add(entity.id);
    return next;
  }

  #saveSequences(): void {
    const update = this.#store.prepare('UPDATE entity SET next_sequence = ? WHERE id = ?');
    for (const id of this.#dirty) update.run(this.#sequences.get(id) ?? 1, id);
    this.#dirty.clear();
  }

  #addTopic(topic: TopicDeclaration): void {
    const subscriptions = topic.subscriptions.map(subscription =>
      this.#addReceivable(
        'subscription',
        `${topic.name}/Subscriptions/${subscription.name}`,
        receivableTraits(subscription),
      ),
    );
    this.#add('topic', topic.name, { ...duplicates(topic), ...ttl(topic) }, undefined, subscriptions);
  }

  #addReceivable(kind: 'queue' | 'subscription', path: string, traits: Traits): Entity {
    const deadLetters = this.#add('dead-letter', `${path}/$DeadLetterQueue`, {
      lockMs: traits.lockMs ?? 60_000,
    });
    return this.#add(kind, path, traits, deadLetters);
  }

  #add(
    kind: EntityKind,
    path: string,
    traits: Traits,
    deadLetters?: Entity,
    subscriptions: readonly Entity[] = [],
  ): Entity {
    const id = this.#register(path.toLowerCase());
    const entity: Entity = { id, path, kind, ...defaults, ...traits, deadLetters, subscriptions };
    this.#byPath.set(path.toLowerCase(), entity);
    this.#byId.set(id, entity);
    return entity;
  }

  #register(path: string): number {
    const declare = `INSERT INTO entity (path, next_sequence, declared) VALUES (?, 1, 1)
      ON CONFLICT (path) DO UPDATE SET declared = 1`;
    this.#store.prepare(declare).run(path);
    const row = this.#store.prepare('SELECT id, next_sequence FROM entity WHERE path = ?').get(path);
    const id = Number(row?.['id']);
    this.#sequences.set(id, Number(row?.['next_sequence']));
    return id;
  }
}

function queueTraits(queue: QueueDeclaration): Traits {
  return { ...receivableTraits(queue), ...duplicates(queue) };
}

function receivableTraits(declared: QueueDeclaration | SubscriptionDeclaration): Traits {
  return {
    lockMs: declared.lockSeconds * 1000,
    maxDeliveryCount: declared.maxDeliveryCount,
    requiresSession: declared.requiresSession,
    deadLetterOnExpiry: declared.deadLetterOnExpiry,
    forwardTo: declared.forwardTo,
    forwardDeadLettersTo: declared.forwardDeadLettersTo,
    ...ttl(declared),
  };
}

function duplicates(declared: { duplicateDetectionSeconds: number | null }): Traits {
  return { duplicateWindowMs: (declared.duplicateDetectionSeconds ?? 0) * 1000 };
}

function ttl(declared: { defaultTtlSeconds: number | null }): Traits {
  return declared.defaultTtlSeconds === null ? {} : { ttlMs: declared.defaultTtlSeconds * 1000 };
}
