import type { Container } from './container.ts';
import type { Bind, SqlStore } from './database.ts';
import type { EpkRange } from './epk.ts';
import { badRequest, tookTooLong } from './errors.ts';
import { liveCondition, sourceOf } from './item-table.ts';
import type { Page, PageLimits, Position } from './page.ts';
import { PageRun } from './page.ts';
import type { Query } from './sql/ast.ts';
import { Effort, OutOfTime } from './sql/effort.ts';
import { documentAlias, queryRanges } from './sql/key-filter.ts';
import { checkOrder } from './sql/order-rules.ts';
import type { Pushed } from './sql/push.ts';
import { pinnedColumns, push } from './sql/push.ts';
import type { OrderBounds, OrderColumn } from './sql/push-order.ts';
import { afterPosition, orderBounds, orderColumns } from './sql/push-order.ts';
import type { Parameters } from './sql/run.ts';
import { compileQuery } from './sql/run.ts';

export type PageRequest = {
  readonly container: Container;
  readonly query: Query;
  readonly parameters: Parameters;
  /** The part of the hash space to read: a physical partition, or a part of it. A full key is a range of one point. */
  readonly range: EpkRange;
  readonly position: Position | undefined;
  readonly limits: PageLimits;
  /** Seconds. */
  readonly now: number;
  readonly asOf: number | undefined;
  /** Whether the index that `indexFor` wants is there. */
  readonly indexed: boolean;
  /** How long it may take, in milliseconds. */
  readonly budgetMs: number;
  /** Whether the page ends when the time is over, or is 408 where nothing can go on; else OutOfTime is thrown. */
  readonly endsEarly: boolean;
};

/** Runs one page of a query over one part of one container. */
export function runPage(sql: SqlStore, request: PageRequest): Page {
  try {
    return readRows(sql, request);
  } catch (error) {
    throw error instanceof OutOfTime && request.endsEarly ? tookTooLong() : error;
  }
}

function readRows(sql: SqlStore, request: PageRequest): Page {
  const { container, query, parameters } = request;
  const effort = new Effort(request.budgetMs);
  const program = compileQuery(query, parameters, () => effort.step());
  // An aggregate is one row, so that no index has to serve the order.
  if (!program.grouped) checkOrder(query, container.index);
  const scan = planScan(request);
  const wholeDocument =
    query.select.kind === 'all' && query.sources.length === 1 && documentAlias(query) !== undefined;
  const run = new PageRun(container, program, {
    limits: request.limits,
    position: request.position,
    keys: scan.order.length - 2,
    wholeDocument,
    effort,
    endsEarly: request.endsEarly,
  });
  // Without FROM there is one row, whatever the container holds.
  if (query.sources.length === 0) run.takeNames(program.rows(null));
  else for (const row of sql.iterate(scan.sql, ...scan.binds)) if (!run.take(row)) break;
  return run.end();
}

/** The columns of the index that would serve the query best; undefined when none is worth having. */
export function indexFor(request: PageRequest): readonly string[] | undefined {
  const { query, parameters } = request;
  const alias = documentAlias(query) ?? '';
  const context = { alias, parameters };
  const { column } = placeCondition(request);
  const sorted = orderColumns(query.orderBy, context) ?? [];
  const pinned = alias === '' ? [] : pinnedColumns(query.where, context);
  if (column === undefined || request.asOf !== undefined || pinned.length + sorted.length === 0)
    return undefined;
  return [...new Set([column, ...pinned, ...sorted.map(one => one.sql)])];
}

/** The name of an index with these columns. */
export function indexName({ number }: Pick<Container, 'number'>, columns: readonly string[]): string {
  return `query_${number}_${Buffer.from(columns.join()).toString('base64url')}`;
}

type Scan = { readonly sql: string; readonly binds: readonly Bind[]; readonly order: readonly OrderColumn[] };

function planScan(request: PageRequest): Scan {
  const { container, query, parameters, position, now, asOf } = request;
  const alias = documentAlias(query) ?? '';
  const context = { alias, parameters };
  const place = placeCondition(request);
  const filters: Pushed[] = [place.condition, liveCondition(container, now)];
  const filter = query.where === undefined || alias === '' ? undefined : push(query.where, context);
  if (filter !== undefined) filters.push(filter);
  const sorted = orderColumns(query.orderBy, context);
  if (sorted === undefined)
    throw badRequest('ORDER BY is only possible over plain property paths of the document.');
  const descending = sorted[0]?.descending ?? false;
  // Rows of one value come in the order of their _rid, which clients resume by; all others in the order of the range.
  const ties = sorted.length > 0 ? ['seq', 'epk'] : ['epk', 'seq'];
  const order = [...sorted, ...ties.map(sql => ({ sql, descending }))];
  const bounds = alias === '' ? undefined : orderBounds(query.where, query.orderBy, context);
  filters.push(...(bounds?.filters ?? []));
  if (position !== undefined && position.after.length > 0) filters.push(resumeAt(order, position, bounds));
  const conditions = filters.map(part => part.sql).join(' AND ');
  // Left out although it is the same for all rows: SQLite would sort them once more.
  const ordering = order.filter(column => column.sql !== bounds?.settled);
  const by = ordering.map(column => `${column.sql}${column.descending ? ' DESC' : ''}`).join();
  const keys = sorted.map((column, at) => `${column.sql} AS k${at}`);
  const columns = ['seq, epk, id, etag, ts, ttl, lsn, size, body', ...keys].join();
  const source = `${sourceOf(container, asOf)}${chosenIndex(request)}`;
  const text = `SELECT ${columns} FROM ${source} WHERE ${conditions} ORDER BY ${by}`;
  return { sql: text, binds: filters.flatMap(part => part.binds), order };
}

/**
 * SQLite knows no numbers of rows here, and takes a range over the whole order to be narrower than one more column that is equal: so it
 * is told which index was made for the query.
 */
function chosenIndex(request: PageRequest): string {
  const columns = request.indexed ? indexFor(request) : undefined;
  return columns === undefined ? '' : ` INDEXED BY "${indexName(request.container, columns)}"`;
}

/** A joined document may be only partly taken, so its row is read again. */
function resumeAt(
  order: readonly OrderColumn[],
  position: Position,
  bounds: OrderBounds | undefined,
): Pushed {
  const after = afterPosition(order, position.after, bounds);
  if (position.inside === 0) return after;
  const same = order.map(column => `${column.sql} = ?`).join(' AND ');
  return { sql: `(${after.sql} OR (${same}))`, binds: [...after.binds, ...position.after] };
}

/** Narrows the scan to the range, and further where the filter pins leading levels of the partition key. */
function placeCondition(request: PageRequest): {
  readonly condition: Pushed;
  readonly column: string | undefined;
} {
  const { container, query, parameters, range } = request;
  if (range.min === range.max) return { condition: { sql: 'epk = ?', binds: [range.min] }, column: 'epk' };
  const bounds: Pushed = { sql: 'epk >= ? AND epk < ?', binds: [range.min, range.max] };
  const paths = container.keyPaths.map(path => path.join('/'));
  const [only, ...more] = queryRanges(query, parameters, paths, container.keyKind);
  if (only === undefined || more.length > 0 || only.min === '')
    return { condition: bounds, column: undefined };
  if (only.min === only.max) {
    return {
      condition: { sql: `${bounds.sql} AND epk = ?`, binds: [...bounds.binds, only.min] },
      column: 'epk',
    };
  }
  // With an index that begins with the first level, the unary plus keeps SQLite from preferring the range over the equality.
  const column = only.min.length === 32 ? 'h1' : undefined;
  if (column !== undefined && request.indexed) {
    const sql = '+epk >= ? AND +epk < ? AND h1 = ?';
    return { condition: { sql, binds: [...bounds.binds, only.min] }, column };
  }
  const sql = `${bounds.sql} AND epk >= ? AND epk < ?`;
  return { condition: { sql, binds: [...bounds.binds, only.min, only.max] }, column };
}
