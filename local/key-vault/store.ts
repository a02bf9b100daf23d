import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { alreadyThere, deletedButRecoverable, deletedNotFound, type Kind, notFound } from './refusals.ts';

/** Times in seconds since 1970, as Key Vault writes them. */
export type Attributes = {
  readonly enabled: boolean;
  readonly nbf?: number;
  readonly exp?: number;
  readonly created: number;
  readonly updated: number;
};

/** One version of a secret or key; `body` is what only its kind knows. */
export type Version<Body> = {
  readonly name: string;
  readonly version: string;
  readonly attributes: Attributes;
  readonly tags?: Readonly<Record<string, string>>;
  readonly body: Body;
};

export type Deleted<Body> = Version<Body> & { readonly deletedAt: number };
export type Page<Item> = { readonly items: readonly Item[]; readonly next: string | undefined };

/** Days that a deleted object stays recoverable: the default of Key Vault. */
export const RECOVERABLE_DAYS = 90;
const DAY_SECONDS = 86_400;

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS objects (
    kind TEXT NOT NULL, name TEXT NOT NULL, deletedAt INTEGER, policy TEXT, PRIMARY KEY (kind, name)) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS versions (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, name TEXT NOT NULL, version TEXT NOT NULL,
    content TEXT NOT NULL, UNIQUE (kind, name, version));
  CREATE INDEX IF NOT EXISTS latest ON versions (kind, name, sequence);`;

/** Opens the database of a vault. A commit is on disk before its call returns. */
export function openVaultDatabase(file: string, nowSeconds: number): DatabaseSync {
  mkdirSync(dirname(file), { recursive: true });
  const database = new DatabaseSync(file);
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
  database.exec(SCHEMA);
  const cutOff = nowSeconds - RECOVERABLE_DAYS * DAY_SECONDS;
  database
    .prepare(
      'DELETE FROM versions WHERE (kind, name) IN (SELECT kind, name FROM objects WHERE deletedAt < ?)',
    )
    .run(cutOff);
  database.prepare('DELETE FROM objects WHERE deletedAt < ?').run(cutOff);
  return database;
}

type Row = {
  readonly name: string;
  readonly version: string;
  readonly content: string;
  readonly deletedAt: number | null;
};

const LATEST = `
  SELECT v.name, v.version, v.content, o.deletedAt FROM objects o JOIN versions v ON v.kind = o.kind AND v.name = o.name
  WHERE o.kind = ? AND v.sequence = (SELECT MAX(sequence) FROM versions WHERE kind = o.kind AND name = o.name)`;

/** The objects of one kind. Version ids are 32 hexadecimal digits; the newest version is the one added last. */
export class Store<Body> {
  readonly #database: DatabaseSync;
  readonly #kind: Kind;

  constructor(database: DatabaseSync, kind: Kind) {
    this.#database = database;
    this.#kind = kind;
  }

  /** Adds a version; throws 409 while the name is deleted but recoverable. */
  add(name: string, content: Omit<Version<Body>, 'name' | 'version'>): Version<Body> {
    if (typeof this.#deletedAt(name) === 'number') throw deletedButRecoverable(this.#kind, name);
    const version = randomBytes(16).toString('hex');
    transact(this.#database, () => this.#insert({ name, version, ...content }));
    return { name, version, ...content };
  }

  /** All versions, the oldest first. */
  dump(name: string): Version<Body>[] {
    this.#mustBeLive(name);
    return this.#select('name = ? ORDER BY sequence', name).map(toVersion<Body>);
  }

  /** Puts versions back under their ids; throws 409 when the name is taken, be it by what is deleted but recoverable. */
  restore(name: string, versions: readonly Version<Body>[]): void {
    const deletedAt = this.#deletedAt(name);
    if (typeof deletedAt === 'number') throw deletedButRecoverable(this.#kind, name);
    if (deletedAt === null) throw alreadyThere(this.#kind, name);
    transact(this.#database, () => {
      for (const version of versions) this.#insert(version);
    });
  }

  /** The given version, or the newest one when `version` is empty; throws 404. */
  get(name: string, version: string): Version<Body> {
    this.#mustBeLive(name);
    const rows = this.#select(
      "name = ? AND (? = '' OR version = ?) ORDER BY sequence DESC LIMIT 1",
      name,
      version,
      version,
    );
    if (rows[0] === undefined) throw notFound(this.#kind, `${name}/${version}`);
    return toVersion(rows[0]);
  }

  replace({ name, version, ...content }: Version<Body>): void {
    this.#database
      .prepare('UPDATE versions SET content = ? WHERE kind = ? AND name = ? AND version = ?')
      .run(JSON.stringify(content), this.#kind, name, version);
  }

  /** Newest version of each object, ordered by name. */
  list(after: string, limit: number): Page<Version<Body>> {
    const rows = this.#latest('o.deletedAt IS NULL AND o.name > ? ORDER BY o.name LIMIT ?', after, limit + 1);
    return page(rows.map(toVersion<Body>), limit, item => item.name);
  }

  versions(name: string, after: string, limit: number): Page<Version<Body>> {
    this.#mustBeLive(name);
    const rows = this.#select('name = ? AND version > ? ORDER BY version LIMIT ?', name, after, limit + 1);
    return page(rows.map(toVersion<Body>), limit, item => item.version);
  }

  remove(name: string, nowSeconds: number): Deleted<Body> {
    this.#mustBeLive(name);
    this.#database
      .prepare('UPDATE objects SET deletedAt = ? WHERE kind = ? AND name = ?')
      .run(nowSeconds, this.#kind, name);
    return this.getDeleted(name);
  }

  getDeleted(name: string): Deleted<Body> {
    const [row] = this.#latest('o.deletedAt IS NOT NULL AND o.name = ?', name);
    if (row === undefined) throw deletedNotFound(this.#kind, name);
    return toDeleted(row);
  }

  listDeleted(after: string, limit: number): Page<Deleted<Body>> {
    const rows = this.#latest(
      'o.deletedAt IS NOT NULL AND o.name > ? ORDER BY o.name LIMIT ?',
      after,
      limit + 1,
    );
    return page(rows.map(toDeleted<Body>), limit, item => item.name);
  }

  recover(name: string): Version<Body> {
    this.getDeleted(name);
    this.#run('UPDATE objects SET deletedAt = NULL WHERE kind = ? AND name = ?', name);
    return this.get(name, '');
  }

  purge(name: string): void {
    this.getDeleted(name);
    transact(this.#database, () => {
      this.#run('DELETE FROM versions WHERE kind = ? AND name = ?', name);
      this.#run('DELETE FROM objects WHERE kind = ? AND name = ?', name);
    });
  }

  readPolicy(name: string): string | undefined {
    this.#mustBeLive(name);
    const row = this.#database
      .prepare('SELECT policy FROM objects WHERE kind = ? AND name = ?')
      .get(this.#kind, name);
    return typeof row?.['policy'] === 'string' ? row['policy'] : undefined;
  }

  writePolicy(name: string, policy: string): void {
    this.#mustBeLive(name);
    this.#database
      .prepare('UPDATE objects SET policy = ? WHERE kind = ? AND name = ?')
      .run(policy, this.#kind, name);
  }

  #insert({ name, version, ...content }: Version<Body>): void {
    this.#run('INSERT OR IGNORE INTO objects (kind, name) VALUES (?, ?)', name);
    this.#run(
      'INSERT INTO versions (kind, name, version, content) VALUES (?, ?, ?, ?)',
      name,
      version,
      JSON.stringify(content),
    );
  }

  /** Undefined for an unknown name, null for a live one. */
  #deletedAt(name: string): unknown {
    return this.#database
      .prepare('SELECT deletedAt FROM objects WHERE kind = ? AND name = ?')
      .get(this.#kind, name)?.['deletedAt'];
  }

  #mustBeLive(name: string): void {
    if (this.#deletedAt(name) !== null) throw notFound(this.#kind, name);
  }

  #run(sql: string, ...values: string[]): void {
    this.#database.prepare(sql).run(this.#kind, ...values);
  }

  // Rows are written by this class only, so they have the shape that they are read with.
  #select(where: string, ...values: (string | number)[]): Row[] {
    return this.#database
      .prepare(`SELECT *, NULL AS deletedAt FROM versions WHERE kind = ? AND ${where}`)
      .all(this.#kind, ...values) as Row[];
  }

  #latest(where: string, ...values: (string | number)[]): Row[] {
    return this.#database.prepare(`${LATEST} AND ${where}`).all(this.#kind, ...values) as Row[];
  }
}

function toVersion<Body>(row: Row): Version<Body> {
  return { name: row.name, version: row.version, ...JSON.parse(row.content) };
}

function toDeleted<Body>(row: Row): Deleted<Body> {
  return { ...toVersion<Body>(row), deletedAt: row.deletedAt ?? 0 };
}

function transact(database: DatabaseSync, work: () => void): void {
  database.exec('BEGIN IMMEDIATE');
  try {
    work();
    database.exec('COMMIT');
  } catch (error) {
    database.exec('ROLLBACK');
    throw error;
  }
}

function page<Item>(rows: readonly Item[], limit: number, key: (item: Item) => string): Page<Item> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, next: rows.length > limit && last !== undefined ? key(last) : undefined };
}
