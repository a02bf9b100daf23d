import type { Container } from './container.ts';
import type { SqlStore } from './database.ts';
import { textOf } from './database.ts';
import { indexName } from './query.ts';
import type { Threads } from './threads.ts';

// A write pays for every index, so a container gets few of them; small tables need none.
const mostIndexes = 24;
const smallTable = 400;
// Writers wait while an index is made, so a very large table gets no more of them.
const mostRows = 200_000;

/**
 * Makes SQLite indexes for the shapes of queries that really come: the pinned columns and the order. They change the
 * time that a query takes and nothing else; what the service would refuse for lack of an index is decided in index rules.
 */
export class QueryIndexes {
  private readonly sql: SqlStore;
  private readonly threads: Threads;
  private readonly made = new Set<string>();
  private readonly underWay = new Set<string>();
  private readonly seen = new Map<string, number>();

  constructor(sql: SqlStore, threads: Threads) {
    this.sql = sql;
    this.threads = threads;
    for (const row of sql.all(
      "SELECT name FROM sqlite_schema WHERE type = 'index' AND name LIKE 'query!_%' ESCAPE '!'",
    ))
      this.made.add(textOf(row, 'name'));
  }

  /** Whether there is an index with these columns; it is made when the table is large enough to need it, in a thread when it is very large. */
  async prepare(container: Container, columns: readonly string[], large: boolean): Promise<boolean> {
    const name = indexName(container, columns);
    if (this.made.has(name)) return true;
    if (this.underWay.has(name)) return false;
    const times = this.seen.get(name) ?? 0;
    this.seen.set(name, times + 1);
    // Looked at rarely: the first times, then once in twenty.
    if (times > 3 && times % 20 !== 0) return false;
    if (!this.isWorthIt(container) || this.count(container) >= mostIndexes) return false;
    this.underWay.add(name);
    try {
      await this.make(container, name, columns, large);
      this.made.add(name);
    } finally {
      this.underWay.delete(name);
    }
    return true;
  }

  private async make(container: Container, name: string, columns: readonly string[], large: boolean) {
    const text = `CREATE INDEX IF NOT EXISTS "${name}" ON items_${container.number} (${columns.join()})`;
    if (large) await this.threads.build(text);
    else {
      await this.threads.writable();
      this.sql.exec(text);
    }
  }

  private isWorthIt(container: Container): boolean {
    const table = `items_${container.number}`;
    if (this.sql.get(`SELECT 1 FROM ${table} LIMIT 1 OFFSET ${smallTable}`) === undefined) return false;
    return Number(this.sql.get(`SELECT max(seq) AS n FROM ${table}`)?.['n'] ?? 0) <= mostRows;
  }

  private count(container: Container): number {
    return [...this.made].filter(name => name.startsWith(`query_${container.number}_`)).length;
  }
}
