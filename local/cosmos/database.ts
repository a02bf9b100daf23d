import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { SQLInputValue, StatementSync } from 'node:sqlite';
import { DatabaseSync } from 'node:sqlite';

export type Bind = SQLInputValue;
export type SqlRow = Record<string, string | number | bigint | null | Uint8Array>;

/** SQLite with its statements prepared once. All calls are synchronous: a thread runs one at a time. */
export class SqlStore {
  private readonly sqlite: DatabaseSync;
  private readonly prepared = new Map<string, StatementSync>();

  /** Called inside of each commit, as the place where a disk may be slow. */
  onCommit = (): void => undefined;

  /** `mappedMegabytes` of the file are read through the page cache of the system instead of being copied. */
  constructor(file: string, mappedMegabytes = 256) {
    mkdirSync(dirname(file), { recursive: true });
    this.sqlite = new DatabaseSync(file, { timeout: 5000 });
    // A commit in WAL mode has reached the operating system when it returns, so it survives SIGKILL at any instant.
    // Only a power cut could take the last commits, and a developer's data does not need an fsync per write. Pages of indexes are written
    // again and again; they reach the file once in so many pages of the log.
    this.sqlite.exec(
      `PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 8000; PRAGMA cache_size = -${mappedMegabytes * 256}; PRAGMA mmap_size = ${mappedMegabytes * 1_048_576}`,
    );
  }

  private statement(sql: string): StatementSync {
    const known = this.prepared.get(sql);
    if (known !== undefined) return known;
    // Query shapes come from clients, so the number of kept statements has a bound.
    const [oldest] = this.prepared.keys();
    if (this.prepared.size > 500 && oldest !== undefined) this.prepared.delete(oldest);
    const made = this.sqlite.prepare(sql);
    this.prepared.set(sql, made);
    return made;
  }

  get(sql: string, ...binds: Bind[]): SqlRow | undefined {
    return this.statement(sql).get(...binds);
  }

  all(sql: string, ...binds: Bind[]): readonly SqlRow[] {
    return this.statement(sql).all(...binds);
  }

  /** Rows one by one; a reader that stops early costs no more than what it took. */
  iterate(sql: string, ...binds: Bind[]): IterableIterator<SqlRow> {
    return this.statement(sql).iterate(...binds);
  }

  run(sql: string, ...binds: Bind[]): { readonly changes: number; readonly lastRow: number } {
    const result = this.statement(sql).run(...binds);
    return { changes: Number(result.changes), lastRow: Number(result.lastInsertRowid) };
  }

  exec(sql: string): void {
    this.sqlite.exec(sql);
  }

  /** Runs `work` in one transaction: all of it is committed, or none when it throws. */
  transaction<Result>(work: () => Result): Result {
    this.run('BEGIN IMMEDIATE');
    try {
      const result = work();
      this.onCommit();
      this.run('COMMIT');
      return result;
    } catch (error) {
      this.run('ROLLBACK');
      throw error;
    }
  }

  /** Runs `work` inside the current transaction so that it alone can be undone when it throws. */
  attempt<Result>(work: () => Result): Result {
    this.run('SAVEPOINT attempt');
    try {
      const result = work();
      this.run('RELEASE attempt');
      return result;
    } catch (error) {
      this.run('ROLLBACK TO attempt');
      this.run('RELEASE attempt');
      throw error;
    }
  }

  close(): void {
    this.prepared.clear();
    this.sqlite.close();
  }
}

/** A column that holds text. */
export function textOf(row: SqlRow, column: string): string {
  const value = row[column];
  return typeof value === 'string' ? value : '';
}

/** A column that holds a number. */
export function numberOf(row: SqlRow, column: string): number {
  const value = row[column];
  return typeof value === 'number' || typeof value === 'bigint' ? Number(value) : 0;
}
