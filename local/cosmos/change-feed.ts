import { changeFeedCharge } from './charge.ts';
import type { Container } from './container.ts';
import type { SqlStore } from './database.ts';
import type { EpkRange } from './epk.ts';
import { badRequest } from './errors.ts';
import { itemOf, liveCondition, renderItem, sourceOf } from './item-table.ts';

export type FeedRequest = {
  readonly container: Container;
  readonly range: EpkRange;
  /** `If-None-Match`: the continuation, or `*` for "from now". */
  readonly continuation: string | undefined;
  /** `If-Modified-Since`, in seconds since 1970: changes at or after it. */
  readonly since: number | undefined;
  readonly pageSize: number;
  readonly now: number;
  readonly asOf: number | undefined;
  /** How dear the consistency of the read is. */
  readonly factor: number;
};

export type FeedPage = {
  readonly documents: readonly string[];
  readonly etag: string;
  readonly charge: number;
};

const mostPageBytes = 4 * 1024 * 1024;

/** The log sequence number after which a continuation goes on; 400 when it is none. */
export function afterLsn(continuation: string | undefined, container: Container): number {
  if (continuation === undefined || continuation === '') return 0;
  if (continuation === '*') return container.lsn;
  const lsn = Number(continuation.replaceAll('"', ''));
  if (!Number.isSafeInteger(lsn) || lsn < 0)
    throw badRequest('The continuation of the change feed is invalid.');
  return lsn;
}

/**
 * Reads the latest-version change feed of a part of a container, in the order of the log. What one commit changed is never
 * torn apart, so a page may hold more than was asked for. No documents means "not modified".
 * https://learn.microsoft.com/azure/cosmos-db/change-feed-modes
 */
export function readChangeFeed(sql: SqlStore, request: FeedRequest): FeedPage {
  const { container, range, asOf } = request;
  const start = afterLsn(request.continuation, container);
  const place =
    range.min === range.max
      ? { sql: 'epk = ?', binds: [range.min] }
      : // The unary plus makes SQLite follow the log instead of sorting the whole range for every page.
        { sql: '+epk >= ? AND +epk < ?', binds: [range.min, range.max] };
  const live = liveCondition(container, request.now);
  const text = `SELECT * FROM ${sourceOf(container, asOf)}
    WHERE lsn > ? AND ts >= ? AND ${place.sql} AND ${live.sql} ORDER BY lsn, seq`;
  const binds = [start, request.since ?? 0, ...place.binds, ...live.binds];
  const documents: string[] = [];
  let last = start;
  let bytes = 0;
  for (const row of sql.iterate(text, ...binds)) {
    const item = itemOf(row);
    const full = documents.length >= request.pageSize || bytes >= mostPageBytes;
    if (full && item.lsn !== last) break;
    documents.push(renderItem(container, item, true));
    bytes += item.size;
    last = item.lsn;
  }
  // With nothing new the reader may as well stand at the head of the log: it has seen all before it.
  if (documents.length === 0) last = Math.max(start, asOf ?? container.lsn);
  return { documents, etag: `"${last}"`, charge: changeFeedCharge(bytes, request.factor) };
}
