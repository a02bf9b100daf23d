import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';

/** Goes up with every change of the schema. */
const schemaVersion = 3;

const schema = `
  CREATE TABLE IF NOT EXISTS entity (
    id INTEGER PRIMARY KEY,
    path TEXT NOT NULL UNIQUE,
    next_sequence INTEGER NOT NULL,
    declared INTEGER NOT NULL,
    name TEXT,
    kind TEXT,
    settings TEXT,
    declaration TEXT,
    created_at INTEGER,
    updated_at INTEGER,
    accessed_at INTEGER
  );
  CREATE TABLE IF NOT EXISTS message (
    id INTEGER PRIMARY KEY,
    entity INTEGER NOT NULL,
    sequence INTEGER NOT NULL,
    enqueued_sequence INTEGER NOT NULL,
    state INTEGER NOT NULL,
    lane TEXT NOT NULL,
    enqueued_at INTEGER NOT NULL,
    due_at INTEGER,
    ttl INTEGER,
    expires_at INTEGER,
    delivery_count INTEGER NOT NULL,
    lock_token TEXT,
    locked_until INTEGER,
    dead_letter_source TEXT,
    annotation_count INTEGER NOT NULL,
    annotations BLOB NOT NULL,
    bare BLOB NOT NULL,
    envelope BLOB
  );
  CREATE UNIQUE INDEX IF NOT EXISTS message_sequence ON message (entity, sequence);
  CREATE INDEX IF NOT EXISTS message_ready ON message (entity, lane, sequence) WHERE state = 0 AND lock_token IS NULL;
  CREATE INDEX IF NOT EXISTS message_due ON message (due_at) WHERE state = 2;
  CREATE INDEX IF NOT EXISTS message_locked ON message (entity) WHERE lock_token IS NOT NULL;
  CREATE INDEX IF NOT EXISTS message_expiry ON message (expires_at)
    WHERE state = 0 AND lock_token IS NULL AND expires_at IS NOT NULL;
  CREATE TABLE IF NOT EXISTS duplicate (
    entity INTEGER NOT NULL,
    message_id TEXT NOT NULL,
    until INTEGER NOT NULL,
    PRIMARY KEY (entity, message_id)
  ) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS duplicate_until ON duplicate (until);
  CREATE TABLE IF NOT EXISTS session_state (
    entity INTEGER NOT NULL,
    session TEXT NOT NULL,
    state BLOB NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (entity, session)
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS rule (
    entity INTEGER NOT NULL,
    name TEXT NOT NULL COLLATE NOCASE,
    filter TEXT NOT NULL,
    action TEXT,
    PRIMARY KEY (entity, name)
  );
  CREATE TABLE IF NOT EXISTS declared_filter (entity INTEGER PRIMARY KEY, filter TEXT NOT NULL);
`;

/** What brings a database from a version to the next one. */
const upgrades: Readonly<Record<number, readonly string[]>> = {
  // The settings of entities, which clients can change.
  1: ['name TEXT', 'kind TEXT', 'settings TEXT', 'declaration TEXT', 'created_at INTEGER']
    .concat(['updated_at INTEGER', 'accessed_at INTEGER'])
    .map(column => `ALTER TABLE entity ADD COLUMN ${column}`),
  // What a sender wrote around the message and the service keeps.
  2: ['ALTER TABLE message ADD COLUMN envelope BLOB'],
};

/**
 * The database, with group commit: everything written in one turn of the event loop is one
 * transaction, and what must follow the commit (acknowledgements, deliveries) waits for it.
 * WAL with synchronous=FULL: what a client was told survives a kill, and a power cut.
 */
export class Store {
  readonly #database: DatabaseSync;
  readonly #begin: StatementSync;
  readonly #commit: StatementSync;
  /** Called inside of each commit, as the place where a disk may be slow. */
  onCommit = (): void => undefined;
  /** How often a write was announced: whoever sees the same number twice knows that nothing was written between. */
  writes = 0;
  #open = false;
  #closed = false;
  #beforeCommit: (() => void)[] = [];
  #afterCommit: (() => void)[] = [];

  constructor(directory: string) {
    mkdirSync(directory, { recursive: true });
    const file = join(directory, 'namespace.db');
    this.#database = new DatabaseSync(file);
    this.#database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -32000;');
    const version = Number(this.#database.prepare('PRAGMA user_version').get()?.['user_version']);
    if (version > schemaVersion) {
      throw new Error(
        `${file} was made by another version of this server; remove it or use another data directory.`,
      );
    }
    for (let from = version; from > 0 && from < schemaVersion; from += 1) {
      for (const statement of upgrades[from] ?? []) this.#database.exec(statement);
    }
    this.#database.exec(schema);
    this.#database.exec(`PRAGMA user_version = ${schemaVersion}`);
    this.#begin = this.#database.prepare('BEGIN IMMEDIATE');
    this.#commit = this.#database.prepare('COMMIT');
  }

  prepare(sql: string): StatementSync {
    return this.#database.prepare(sql);
  }

  /** Must be called before a statement that writes. */
  write(): void {
    this.writes += 1;
    if (this.#open) return;
    this.#begin.run();
    this.#open = true;
    setImmediate(() => this.flush());
  }

  /** Runs `action` as part of the next commit. */
  beforeCommit(action: () => void): void {
    this.#beforeCommit.push(action);
  }

  /** Runs `action` once all that is written so far is durable. */
  afterCommit(action: () => void): void {
    this.#afterCommit.push(action);
    if (!this.#open) setImmediate(() => this.flush());
  }

  flush(): void {
    if (this.#closed) return;
    if (this.#open) {
      const before = this.#beforeCommit;
      this.#beforeCommit = [];
      for (const action of before) action();
      this.onCommit();
      this.#commit.run();
      this.#open = false;
    }
    const after = this.#afterCommit;
    this.#afterCommit = [];
    for (const action of after) action();
  }

  close(): void {
    this.flush();
    this.#closed = true;
    this.#database.close();
  }
}
