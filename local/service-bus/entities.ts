import type { Clock } from '../faults/clock.ts';
import { Entity, type EntityKind, type NamedKind } from './entity.ts';
import { EntityTable, keyOf, type StoredEntity } from './entity-table.ts';
import { entityNotFound } from './refusals.ts';
import { type EntitySettings, settingsFrom } from './settings.ts';
import type { Store } from './store.ts';
import { declarationsOf, type Topology } from './topology.ts';

const subscriptionPath = /^(.+)\/subscriptions\/[^/]+$/i;

/** All entities by address, and their sequence counters. */
export class Entities {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #table: EntityTable;
  readonly #byPath = new Map<string, Entity>();
  readonly #byId = new Map<number, Entity>();
  readonly #sequences = new Map<number, number>();
  readonly #dirty = new Set<Entity>();

  /**
   * Loads what clients made and what the topology declares. What clients changed in a declared entity holds until its
   * declaration changes. Throws when a declared entity forwards to one that does not exist.
   */
  constructor(store: Store, clock: Clock, topology: Topology) {
    this.#store = store;
    this.#clock = clock;
    this.#table = new EntityTable(store);
    store.write();
    const stored = new Map(this.#table.all().map(row => [keyOf(row.path), row]));
    const declared = new Map(declarationsOf(topology).map(each => [keyOf(each.path), each]));
    const rows = [...stored.values()].filter(row => !declared.has(keyOf(row.path)) && this.#isClients(row));
    for (const [key, { kind, path, settings }] of declared) {
      rows.push(this.#declare(stored.get(key), kind, path, settings));
    }
    const isLast = ({ kind }: StoredEntity): number => (kind === 'subscription' ? 1 : 0);
    for (const row of rows.toSorted((a, b) => isLast(a) - isLast(b))) this.#enter(row);
    for (const { settings } of declared.values()) {
      for (const target of [settings.forwardTo, settings.forwardDeadLettersTo])
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
    return this.#byPath.get(keyOf(address));
  }

  byId(id: number): Entity | undefined {
    return this.#byId.get(id);
  }

  all(): Iterable<Entity> {
    return this.#byId.values();
  }

  /** Makes an entity that no topology declares. Its topic, when it has one, must exist and its path must be free. */
  create(kind: NamedKind, path: string, settings: EntitySettings): Entity {
    const entity = this.#enter(this.#table.put(path, kind, settings, null, this.#clock.now()));
    if (entity === undefined) throw entityNotFound(path);
    return entity;
  }

  update(entity: Entity, settings: EntitySettings): void {
    entity.settings = settings;
    for (const own of [entity.deadLetters, entity.transferDeadLetters]) {
      if (own !== undefined) own.settings = { ...own.settings, lockMs: settings.lockMs };
    }
    entity.times.updatedAt = this.#clock.now();
    this.#table.update(entity.id, settings, entity.times.updatedAt);
  }

  /** Removes an entity with its subqueues and subscriptions and all their messages. Returns all that went. */
  remove(entity: Entity): Entity[] {
    const gone = [...entity.subscriptions].flatMap(subscription => this.remove(subscription));
    const own = [entity, entity.deadLetters, entity.transferDeadLetters].filter(each => each !== undefined);
    const siblings = this.topicOf(entity)?.subscriptions;
    siblings?.splice(siblings.indexOf(entity), 1);
    for (const each of own) {
      this.#table.remove(each.id);
      this.#byPath.delete(keyOf(each.path));
      this.#byId.delete(each.id);
      this.#dirty.delete(each);
    }
    return [...gone, ...own];
  }

  /** The topic that a subscription belongs to. */
  topicOf(entity: Entity): Entity | undefined {
    const topic = entity.kind === 'subscription' ? subscriptionPath.exec(entity.path)?.[1] : undefined;
    return topic === undefined ? undefined : this.find(topic);
  }

  /** Whether an entity sends its messages on to another, so that nobody receives them from it. */
  isForwarded(entity: Entity): boolean {
    if (entity.kind !== 'dead-letter') return entity.forwardTo !== null;
    const owner = this.find(entity.path.slice(0, -deadLetterSuffix.length));
    return owner?.forwardDeadLettersTo != null;
  }

  /** Hands out the next sequence number; it is made durable with the message that gets it. */
  nextSequence(entity: Entity): number {
    const next = this.#sequences.get(entity.id) ?? 1;
    this.#sequences.set(entity.id, next + 1);
    if (this.#dirty.size === 0) this.#store.beforeCommit(() => this.#saveSequences());
    this.#dirty.add(entity);
    return next;
  }

  #saveSequences(): void {
    for (const { id, times } of this.#dirty) {
      this.#table.saveSequence(id, this.#sequences.get(id) ?? 1, times.accessedAt);
    }
    this.#dirty.clear();
  }

  /** Whether a client made it. What was declared once and is no more is left alone with its messages. */
  #isClients(row: StoredEntity): boolean {
    const isClients = row.declaration === null;
    if (!isClients) this.#table.setActive(row.id, false);
    return isClients && !isSubqueue(row.kind);
  }

  #declare(
    row: StoredEntity | undefined,
    kind: NamedKind,
    path: string,
    settings: EntitySettings,
  ): StoredEntity {
    const declaration = JSON.stringify(settings);
    if (row?.declaration !== declaration) {
      return this.#table.put(path, kind, settings, declaration, this.#clock.now());
    }
    this.#table.setActive(row.id, true);
    return row;
  }

  #enter(row: StoredEntity): Entity | undefined {
    const own = row.kind === 'topic' ? {} : this.#subqueuesOf(row);
    const entity = new Entity(row, row.settings, row.times, own);
    if (row.kind === 'subscription') {
      const topic = this.topicOf(entity);
      if (topic === undefined) return undefined;
      topic.subscriptions.push(entity);
    }
    return this.#add(row, entity);
  }

  #subqueuesOf(row: StoredEntity): { deadLetters: Entity; transferDeadLetters: Entity } {
    const make = (kind: EntityKind, suffix: string): Entity => {
      const settings = settingsFrom({ lockMs: row.settings.lockMs });
      const own = this.#table.put(row.path + suffix, kind, settings, row.declaration, this.#clock.now());
      return this.#add(own, new Entity(own, settings, own.times));
    };
    const [dead, transfer] = subqueues;
    return {
      deadLetters: make(dead.kind, dead.suffix),
      transferDeadLetters: make(transfer.kind, transfer.suffix),
    };
  }

  #add(row: StoredEntity, entity: Entity): Entity {
    this.#byPath.set(keyOf(row.path), entity);
    this.#byId.set(row.id, entity);
    this.#sequences.set(row.id, row.nextSequence);
    return entity;
  }
}

function isSubqueue(kind: EntityKind): boolean {
  return kind === 'dead-letter' || kind === 'transfer-dead-letter';
}

const deadLetterSuffix = '/$DeadLetterQueue';

const subqueues = [
  { kind: 'dead-letter', suffix: deadLetterSuffix },
  { kind: 'transfer-dead-letter', suffix: '/$Transfer/$DeadLetterQueue' },
] as const;
