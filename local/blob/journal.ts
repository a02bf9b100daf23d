import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { LokiCollection, LokiDocument } from './azurite.ts';

/**
 * Writes every change of Azurite's in-memory collections through to SQLite. Azurite itself writes its
 * collections to a JSON file every five seconds, so a SIGKILL would lose blobs that it had acknowledged.
 *
 * All changes that one handler makes without waiting are one transaction: it is committed in a microtask, which runs
 * before the handler goes on and hence before the client hears of it.
 */
export class Journal {
  readonly #database: DatabaseSync;
  readonly #put: StatementSync;
  readonly #drop: StatementSync;
  /** Called inside of each commit, as the place where a disk may be slow. */
  onCommit = (): void => undefined;
  #closed = false;
  #pending = new Map<string, { collection: string; id: number; document: LokiDocument | undefined }>();

  constructor(database: DatabaseSync) {
    this.#database = database;
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;');
    database.exec(`CREATE TABLE IF NOT EXISTS documents (
      collection TEXT NOT NULL, id INTEGER NOT NULL, json TEXT NOT NULL, PRIMARY KEY (collection, id)) WITHOUT ROWID`);
    this.#put = database.prepare('INSERT OR REPLACE INTO documents (collection, id, json) VALUES (?, ?, ?)');
    this.#drop = database.prepare('DELETE FROM documents WHERE collection = ? AND id = ?');
  }

  /** Fills a new collection with what was kept of it, then keeps it up to date. */
  attach(collection: LokiCollection): void {
    const { name } = collection;
    const rows = this.#database
      .prepare('SELECT json FROM documents WHERE collection = ? ORDER BY id')
      .all(name);
    collection.data = rows.map(row => JSON.parse(String(row['json'])));
    collection.maxId = collection.data.at(-1)?.$loki ?? 0;
    collection.ensureId();
    collection.ensureAllIndexes(true);
    for (const field of collection.uniqueNames) collection.ensureUniqueIndex(field);
    collection.on('insert', document => this.#note(name, document.$loki, document));
    collection.on('update', document => this.#note(name, document.$loki, document));
    collection.on('delete', document => this.#note(name, document.$loki, undefined));
  }

  /**
   * Closes the database. A request whose connection was cut may still be at work in Azurite; what it changes from
   * here on was acknowledged to nobody and is dropped.
   */
  close(): void {
    this.#closed = true;
    this.#database.close();
  }

  #note(collection: string, id: number, document: LokiDocument | undefined): void {
    if (this.#pending.size === 0) queueMicrotask(() => this.#flush());
    this.#pending.set(`${collection}/${id}`, { collection, id, document });
  }

  #flush(): void {
    const changes = this.#pending;
    this.#pending = new Map();
    if (this.#closed) return;
    this.#database.exec('BEGIN IMMEDIATE');
    for (const { collection, id, document } of changes.values()) {
      if (document === undefined) this.#drop.run(collection, id);
      else this.#put.run(collection, id, JSON.stringify(document));
    }
    this.onCommit();
    this.#database.exec('COMMIT');
  }
}
