import type { Container } from './container.ts';
import type { Bind, SqlRow, SqlStore } from './database.ts';
import { numberOf, textOf } from './database.ts';
import { childRid } from './rid.ts';

/** A stored document. `text` is its JSON without the properties that the service sets. */
export type Item = {
  readonly seq: number;
  readonly epk: string;
  readonly id: string;
  readonly etag: string;
  readonly ts: number;
  readonly ttl: number | null;
  readonly lsn: number;
  readonly size: number;
  readonly text: string;
};

const columns = 'seq, epk, id, etag, ts, ttl, lsn, size, body';

function tableOf(container: { readonly number: number }): string {
  return `items_${container.number}`;
}

/**
 * One table per container. `epk` is the place in the hash space, `h1` the place of the first key level alone: a tenant.
 * `history` holds replaced versions, only while a stale-read fault is on.
 */
export function createItemTable(sql: SqlStore, number: number): void {
  const fields =
    'epk TEXT NOT NULL, h1 TEXT NOT NULL, id TEXT NOT NULL, etag TEXT NOT NULL, ts INTEGER NOT NULL, ttl INTEGER, lsn INTEGER NOT NULL, size INTEGER NOT NULL, body TEXT NOT NULL';
  sql.exec(`
    CREATE TABLE items_${number} (seq INTEGER PRIMARY KEY AUTOINCREMENT, ${fields});
    CREATE UNIQUE INDEX items_${number}_place ON items_${number} (epk, id);
    CREATE INDEX items_${number}_order ON items_${number} (epk);
    CREATE INDEX items_${number}_feed ON items_${number} (lsn, epk);
    CREATE INDEX items_${number}_expiry ON items_${number} (ts + ttl) WHERE ttl > 0;
    CREATE TABLE unique_${number} (epk TEXT NOT NULL, key TEXT NOT NULL, id TEXT NOT NULL, PRIMARY KEY (epk, key)) WITHOUT ROWID;
    CREATE TABLE history_${number} (seq INTEGER NOT NULL, ${fields}, until INTEGER NOT NULL);
    CREATE INDEX history_${number}_place ON history_${number} (epk, id);
  `);
}

/** Drops all that createItemTable made. */
export function dropItemTable(sql: SqlStore, number: number): void {
  sql.exec(`DROP TABLE items_${number}; DROP TABLE unique_${number}; DROP TABLE history_${number};`);
}

/** Turns a row of the item table into an item. */
export function itemOf(row: SqlRow): Item {
  const ttl = row['ttl'];
  return {
    seq: numberOf(row, 'seq'),
    epk: textOf(row, 'epk'),
    id: textOf(row, 'id'),
    etag: textOf(row, 'etag'),
    ts: numberOf(row, 'ts'),
    ttl: typeof ttl === 'number' ? ttl : null,
    lsn: numberOf(row, 'lsn'),
    size: numberOf(row, 'size'),
    text: textOf(row, 'body'),
  };
}

/** The document as clients see it, as JSON text. With `feed`, the log sequence number is shown as `_lsn`. */
export function renderItem(container: Container, item: Item, feed = false): string {
  const rid = childRid(container.rid, item.seq);
  const self = `dbs/${container.databaseRid}/colls/${container.rid}/docs/${rid}/`;
  const lsn = feed ? `,"_lsn":${item.lsn}` : '';
  return `${item.text.slice(0, -1)},"_rid":"${rid}","_self":"${self}","_etag":${JSON.stringify(item.etag)},"_attachments":"attachments/","_ts":${item.ts}${lsn}}`;
}

/** Whether an item is past its time to live. `now` in seconds. https://learn.microsoft.com/azure/cosmos-db/time-to-live */
export function isExpired(container: Container, item: Item, now: number): boolean {
  if (container.defaultTtl === undefined) return false;
  const ttl = item.ttl ?? container.defaultTtl;
  return ttl !== -1 && item.ts + ttl <= now;
}

/** The opposite as a condition in SQL. The time is bound, so that the text of a statement stays the same. */
export function liveCondition(
  container: Container,
  now: number,
): { readonly sql: string; readonly binds: readonly Bind[] } {
  if (container.defaultTtl === undefined) return { sql: 'TRUE', binds: [] };
  const ttl = `COALESCE(ttl, ${container.defaultTtl})`;
  return { sql: `(${ttl} = -1 OR ts + ${ttl} > ?)`, binds: [now] };
}

/**
 * What to read from: the table itself, or the state that it had at an earlier log sequence number (stale reads).
 * Both have the same columns.
 */
export function sourceOf(container: Container, asOf: number | undefined): string {
  if (asOf === undefined) return tableOf(container);
  const { number } = container;
  return `(SELECT ${columns}, h1 FROM items_${number} WHERE lsn <= ${asOf}
    UNION ALL SELECT ${columns}, h1 FROM history_${number} WHERE lsn <= ${asOf} AND until > ${asOf})`;
}

const sweep = 5000;

/** Reads and writes single items. Callers hold the transaction. */
export class ItemTable {
  private readonly sql: SqlStore;
  private readonly swept = new Map<number, number>();
  /** Whether replaced versions are kept for stale reads. */
  keepHistory = false;

  constructor(sql: SqlStore) {
    this.sql = sql;
  }

  /** The stored item at a place, expired or not. */
  find(container: Container, epk: string, id: string, asOf?: number): Item | undefined {
    const row = this.sql.get(
      `SELECT ${columns} FROM ${sourceOf(container, asOf)} WHERE epk = ? AND id = ?`,
      epk,
      id,
    );
    return row === undefined ? undefined : itemOf(row);
  }

  /** All stored items of a logical partition, expired or not. */
  inPartition(container: Container, epk: string): readonly Item[] {
    return this.sql.all(`SELECT ${columns} FROM ${tableOf(container)} WHERE epk = ?`, epk).map(itemOf);
  }

  insert(container: Container, item: Omit<Item, 'seq'>): Item {
    const { epk, id, etag, ts, ttl, lsn, size, text } = item;
    const h1 = container.keyKind === 'MultiHash' ? epk.slice(0, 32) : epk;
    const seq = this.sql.run(
      `INSERT INTO ${tableOf(container)} (epk, h1, id, etag, ts, ttl, lsn, size, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      epk,
      h1,
      id,
      etag,
      ts,
      ttl,
      lsn,
      size,
      text,
    ).lastRow;
    return { ...item, seq };
  }

  update(container: Container, old: Item, item: Omit<Item, 'seq'>): Item {
    this.remember(container, old, item.lsn);
    this.sql.run(
      `UPDATE ${tableOf(container)} SET id = ?, etag = ?, ts = ?, ttl = ?, lsn = ?, size = ?, body = ? WHERE seq = ?`,
      item.id,
      item.etag,
      item.ts,
      item.ttl,
      item.lsn,
      item.size,
      item.text,
      old.seq,
    );
    return { ...item, seq: old.seq };
  }

  remove(container: Container, old: Item, lsn: number): void {
    this.remember(container, old, lsn);
    this.sql.run(`DELETE FROM ${tableOf(container)} WHERE seq = ?`, old.seq);
    if (container.uniqueKeys.length > 0) this.releaseUnique(container, old.epk, old.id);
  }

  private remember(container: Container, old: Item, lsn: number): void {
    if (!this.keepHistory) return;
    const { number } = container;
    this.sql.run(
      `INSERT INTO history_${number} SELECT ${columns.replace('epk,', 'epk, h1,')}, ? FROM items_${number} WHERE seq = ?`,
      lsn,
      old.seq,
    );
  }

  forgetHistory(container: Container, before: number): void {
    this.sql.run(`DELETE FROM history_${container.number} WHERE until <= ?`, before);
  }

  /** Writes the last log sequence number with the commit that used it. */
  advance(container: Container, lsn: number): void {
    this.sql.run('UPDATE containers SET lsn = ? WHERE number = ?', lsn, container.number);
  }

  /** Claims a unique key inside a logical partition; returns the id of the item that holds it, which may be this one. */
  claimUnique(container: Container, epk: string, key: string, id: string): string {
    const table = `unique_${container.number}`;
    this.sql.run(`INSERT INTO ${table} (epk, key, id) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`, epk, key, id);
    const row = this.sql.get(`SELECT id FROM ${table} WHERE epk = ? AND key = ?`, epk, key);
    return row === undefined ? id : textOf(row, 'id');
  }

  releaseUnique(container: Container, epk: string, id: string): void {
    this.sql.run(`DELETE FROM unique_${container.number} WHERE epk = ? AND id = ?`, epk, id);
  }

  /** How many documents a container holds, and their size in kilobytes. */
  usage(container: Container): { readonly count: number; readonly kilobytes: number } {
    const row = this.sql.get(
      `SELECT count(*) AS count, total(size) / 1024 AS kilobytes FROM ${tableOf(container)}`,
    );
    if (row === undefined) return { count: 0, kilobytes: 0 };
    return { count: numberOf(row, 'count'), kilobytes: Math.ceil(numberOf(row, 'kilobytes')) };
  }

  /** Removes some expired items; returns how many. */
  purge(container: Container, now: number, most: number): number {
    if (container.defaultTtl === undefined) return 0;
    const table = tableOf(container);
    // Without a default only items with their own time can expire, and for those there is an index.
    if (container.defaultTtl === -1) {
      const expired = `SELECT seq FROM ${table} WHERE ttl > 0 AND ts + ttl <= ? LIMIT ?`;
      return this.sql.run(`DELETE FROM ${table} WHERE seq IN (${expired})`, now, most).changes;
    }
    // A part of the table at a time: nobody sees what is expired, so there is no hurry.
    const from = this.swept.get(container.number) ?? 0;
    const live = liveCondition(container, now);
    const text = `DELETE FROM ${table} WHERE seq > ? AND seq <= ? AND NOT ${live.sql}`;
    const { changes } = this.sql.run(text, from, from + sweep, ...live.binds);
    const last = this.sql.get(`SELECT max(seq) AS n FROM ${table}`);
    this.swept.set(container.number, from + sweep >= Number(last?.['n'] ?? 0) ? 0 : from + sweep);
    return changes;
  }
}
