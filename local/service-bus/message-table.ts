import type { StatementSync } from 'node:sqlite';
import type { Store } from './store.ts';

/** As in x-opt-message-state. A locked message is an active or deferred one with a lock token. */
export const messageState = { active: 0, deferred: 1, scheduled: 2 } as const;

/** A message at rest. Times in milliseconds since the epoch, `ttl` in milliseconds. */
export type StoredMessage = {
  readonly id: number;
  readonly entity: number;
  readonly sequence: number;
  readonly enqueuedSequence: number;
  readonly state: number;
  /** The session id in an entity with sessions, otherwise empty. */
  readonly lane: string;
  readonly enqueuedAt: number;
  readonly dueAt: number | null;
  readonly ttl: number | null;
  readonly expiresAt: number | null;
  readonly deliveryCount: number;
  readonly lockToken: string | null;
  readonly lockedUntil: number | null;
  readonly deadLetterSource: string | null;
  readonly annotationCount: number;
  readonly annotations: Buffer;
  readonly bare: Buffer;
  readonly envelope: Buffer | null;
};

type NewMessage = Omit<StoredMessage, 'id' | 'lockToken' | 'lockedUntil'>;

const columns = `id, entity, sequence, enqueued_sequence AS enqueuedSequence, state, lane, enqueued_at AS enqueuedAt,
  due_at AS dueAt, ttl, expires_at AS expiresAt, delivery_count AS deliveryCount, lock_token AS lockToken,
  locked_until AS lockedUntil, dead_letter_source AS deadLetterSource, annotation_count AS annotationCount,
  annotations, bare, envelope`;

const ready = 'state = 0 AND lock_token IS NULL';

/** Messages of entities that the topology does not declare now are left alone. */
const declared = 'entity IN (SELECT id FROM entity WHERE declared = 1)';

/** The messages of all entities. Callers of the writing methods call `store.write()` through here. */
export class MessageTable {
  readonly #store: Store;
  readonly #statements = new Map<string, StatementSync>();

  constructor(store: Store) {
    this.#store = store;
  }

  insert(m: NewMessage): void {
    this.#run(
      `INSERT INTO message (entity, sequence, enqueued_sequence, state, lane, enqueued_at, due_at, ttl, expires_at,
        delivery_count, dead_letter_source, annotation_count, annotations, bare, envelope)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      [
        ...[
          m.entity,
          m.sequence,
          m.enqueuedSequence,
          m.state,
          m.lane,
          m.enqueuedAt,
          m.dueAt,
          m.ttl,
          m.expiresAt,
        ],
        ...[m.deliveryCount, m.deadLetterSource, m.annotationCount, m.annotations, m.bare, m.envelope],
      ],
    );
  }

  delete(id: number): void {
    this.#run('DELETE FROM message WHERE id = ?', [id]);
  }

  byId(id: number): StoredMessage | undefined {
    return this.#all(`SELECT ${columns} FROM message WHERE id = ?`, [id])[0];
  }

  bySequence(entity: number, sequence: number): StoredMessage | undefined {
    return this.#all(`SELECT ${columns} FROM message WHERE entity = ? AND sequence = ?`, [
      entity,
      sequence,
    ])[0];
  }

  /** The next messages that a receiver may get, in order. */
  ready(entity: number, lane: string, now: number, limit: number): StoredMessage[] {
    return this.#all(
      `SELECT ${columns} FROM message WHERE entity = ? AND lane = ? AND ${ready}
        AND (expires_at IS NULL OR expires_at > ?) ORDER BY sequence LIMIT ?`,
      [entity, lane, now, limit],
    );
  }

  /** Active messages that nobody holds and that were enqueued before a moment, in order. */
  enqueuedBefore(entity: number, end: number, limit: number, lane?: string): StoredMessage[] {
    const inLane = lane === undefined ? '' : 'AND lane = ?';
    return this.#all(
      `SELECT ${columns} FROM message WHERE entity = ? AND ${ready} AND enqueued_at < ? ${inLane}
        ORDER BY sequence LIMIT ?`,
      lane === undefined ? [entity, end, limit] : [entity, end, lane, limit],
    );
  }

  /** Sessions that have a message to deliver, in order of their oldest one. */
  readyLanes(entity: number): string[] {
    const sql = `SELECT lane FROM message WHERE entity = ? AND ${ready} GROUP BY lane ORDER BY MIN(sequence)`;
    return this.#statement(sql)
      .all(entity)
      .map(row => String(row['lane']));
  }

  /** Sessions that have active messages, also when they are locked. */
  activeLanes(entity: number): string[] {
    const sql = 'SELECT DISTINCT lane FROM message WHERE entity = ? AND state = 0';
    return this.#statement(sql)
      .all(entity)
      .map(row => String(row['lane']));
  }

  /** All messages from a sequence number on, in any state, as peek shows them. */
  from(entity: number, sequence: number, limit: number, lane?: string): StoredMessage[] {
    const inLane = lane === undefined ? '' : 'AND lane = ?';
    return this.#all(
      `SELECT ${columns} FROM message WHERE entity = ? AND sequence >= ? ${inLane} ORDER BY sequence LIMIT ?`,
      lane === undefined ? [entity, sequence, limit] : [entity, sequence, lane, limit],
    );
  }

  /** How many messages lie in an entity by state, and how many bytes all of them have. */
  counts(entity: number): { active: number; deferred: number; scheduled: number; bytes: number } {
    const row = this.#statement(
      `SELECT SUM(state = 0) AS active, SUM(state = 1) AS deferred, SUM(state = 2) AS scheduled,
        SUM(LENGTH(bare) + LENGTH(annotations)) AS bytes FROM message WHERE entity = ?`,
    ).get(entity);
    const number = (name: string): number => Number(row?.[name] ?? 0);
    return {
      active: number('active'),
      deferred: number('deferred'),
      scheduled: number('scheduled'),
      bytes: number('bytes'),
    };
  }

  locked(): StoredMessage[] {
    return this.#all(`SELECT ${columns} FROM message WHERE lock_token IS NOT NULL`, []);
  }

  lock(id: number, token: string, until: number): void {
    this.#run('UPDATE message SET lock_token = ?, locked_until = ? WHERE id = ?', [token, until, id]);
  }

  unlock(id: number, deliveryCount: number): void {
    this.#run('UPDATE message SET lock_token = NULL, locked_until = NULL, delivery_count = ? WHERE id = ?', [
      deliveryCount,
      id,
    ]);
  }

  moveToDeadLetters(id: number, entity: number, bare: Buffer, deliveryCount: number): void {
    this.#run(
      `UPDATE message SET entity = ?, bare = ?, delivery_count = ?, state = 0, lane = '', lock_token = NULL,
        locked_until = NULL, ttl = NULL, expires_at = NULL WHERE id = ?`,
      [entity, bare, deliveryCount, id],
    );
  }

  setState(id: number, state: number): void {
    this.#run('UPDATE message SET state = ? WHERE id = ?', [state, id]);
  }

  setBare(id: number, bare: Buffer): void {
    this.#run('UPDATE message SET bare = ? WHERE id = ?', [bare, id]);
  }

  /** Scheduled messages whose time has come. */
  due(now: number, limit: number): StoredMessage[] {
    return this.#all(
      `SELECT ${columns} FROM message WHERE state = 2 AND due_at <= ? AND ${declared}
        ORDER BY due_at, id LIMIT ?`,
      [now, limit],
    );
  }

  nextDue(): number | undefined {
    return this.#number(`SELECT MIN(due_at) AS value FROM message WHERE state = 2 AND ${declared}`);
  }

  /** Messages that nobody holds and whose time to live is over. */
  expired(now: number, limit: number): StoredMessage[] {
    return this.#all(
      `SELECT ${columns} FROM message WHERE ${ready} AND expires_at IS NOT NULL AND expires_at <= ? AND ${declared}
        ORDER BY expires_at LIMIT ?`,
      [now, limit],
    );
  }

  nextExpiry(): number | undefined {
    return this.#number(
      `SELECT MIN(expires_at) AS value FROM message WHERE ${ready} AND expires_at IS NOT NULL AND ${declared}`,
    );
  }

  #number(sql: string): number | undefined {
    const value = this.#statement(sql).get()?.['value'];
    return typeof value === 'number' ? value : undefined;
  }

  #statement(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.#store.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }

  #run(sql: string, values: (number | string | null | Buffer)[]): void {
    this.#store.write();
    this.#statement(sql).run(...values);
  }

  #all(sql: string, values: (number | string)[]): StoredMessage[] {
    return this.#statement(sql)
      .all(...values)
      .map(row => {
        // The columns are those of StoredMessage; only the blobs come as another type.
        const message = row as unknown as StoredMessage;
        return {
          ...message,
          annotations: asBuffer(message.annotations),
          bare: asBuffer(message.bare),
          envelope: message.envelope === null ? null : asBuffer(message.envelope),
        };
      });
  }
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
