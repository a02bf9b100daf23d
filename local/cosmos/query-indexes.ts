import type { Container } from './container.ts';
import type { SqlStore } from './database.ts';
import { numberOf } from './database.ts';

// A write pays for every index, so a container gets few of them; small tables need none.
const mostIndexes = 24;
const smallTable = 400;

/**
 * Makes SQLite indexes for the shapes of queries that really come: the pinned columns and the order. They change the
 * time that a query takes and nothing else; what the service would refuse for lack of an index is decided in index rules.
 */
export class QueryIndexes {
  private readonly sql: SqlStore;
  private readonly seen = new Map<string, number>();

  constructor(sql: SqlStore) {
    this.sql = sql;
  }

  /** Makes sure that an index with these columns exists when the table is large enough to need it. */
  prepare(container: Container, columns: readonly string[]): void {
    const shape = `${container.number}:${columns.join()}`;
    const times = this.seen.get(shape) ?? 0;
    this.seen.set(shape, times + 1);
    // Looked at rarely: the first times, then once in twenty.
    if (times > 3 && times % 20 !== 0) return;
    if (!this.isLarge(container) || this.count(container) >= mostIndexes) return;
    const name = `query_${container.number}_${Buffer.from(columns.join()).toString('base64url')}`;
    this.sql.exec(`CREATE INDEX IF NOT EXISTS "${name}" ON items_${container.number} (${columns.join()})`);
  }

  private isLarge(container: Container): boolean {
    return (
      this.sql.get(`SELECT 1 AS found FROM items_${container.number} LIMIT 1 OFFSET ${smallTable}`) !==
      undefined
    );
  }

  private count(container: Container): number {
    const row = this.sql.get(
      "SELECT count(*) AS n FROM sqlite_schema WHERE type = 'index' AND name LIKE ? ESCAPE '!'",
      `query!_${container.number}!_%`,
    );
    return row === undefined ? 0 : numberOf(row, 'n');
  }
}
