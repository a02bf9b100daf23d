import type { Catalog } from './catalog.ts';
import type { Container } from './container.ts';
import { partitionOf } from './container.ts';
import type { SqlStore } from './database.ts';
import { badRequest, CosmosFault } from './errors.ts';
import type { Call, OperationName } from './http.ts';
import type { ItemTable } from './item-table.ts';
import type { Operations } from './operations.ts';
import type { QueryIndexes } from './query-indexes.ts';
import type { StaleReads } from './stale-reads.ts';
import type { Threads } from './threads.ts';

/** What handlers work with. */
export type Service = {
  readonly sql: SqlStore;
  readonly catalog: Catalog;
  readonly items: ItemTable;
  readonly operations: Operations;
  readonly indexes: QueryIndexes;
  readonly threads: Threads;
  /** How long one execution of a query may take. */
  readonly queryMs: number;
  readonly staleReads: StaleReads;
  readonly endpoint: () => string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
};

const partOfToken = /^[^:,]+:[^#,]+#(\d+)(?:#\d+=-?\d+)*$/;

function tokenLsn(token: string | undefined): number | undefined {
  if (token === undefined || token === '') return undefined;
  const lsns = token.split(',').map(part => Number(partOfToken.exec(part)?.[1]));
  if (lsns.some(Number.isNaN)) throw badRequest(`The session token provided '${token}' is invalid.`);
  return Math.max(...lsns);
}

/**
 * The state that a read may see: undefined for the newest. Only the stale-read fault makes reads lag, and a session token
 * ends that for what it names. At Bounded Staleness, the account's level and so that of reads that ask for none, reads in the
 * region that writes see the newest (they ask two replicas) and lag in others only; at lower levels they lag anywhere.
 * A token from the future is 404 (1002).
 */
export function readPoint(
  service: Service,
  call: Call,
  operation: OperationName,
  container: Container,
): number | undefined {
  const token = tokenLsn(call.header('x-ms-session-token'));
  if (token !== undefined && token > container.lsn) {
    throw new CosmosFault(404, 'The read session is not available for the input session token.', {
      subStatus: 1002,
    });
  }
  const level = levelOf(call);
  if (level === 'Strong') {
    throw badRequest(
      'ConsistencyLevel Strong specified in the request is invalid for service configuration BoundedStaleness. Ensure the request consistency level is not stronger than the service consistency level.',
    );
  }
  const stale = service.staleReads.staleLsn(operation, container, call.nowMs, level === 'BoundedStaleness');
  if (stale === undefined) return undefined;
  const seen = Math.max(stale, token ?? 0);
  return seen >= container.lsn ? undefined : seen;
}

const LEVEL = 'x-ms-consistency-level';
const levels = ['Strong', 'BoundedStaleness', 'Session', 'ConsistentPrefix', 'Eventual'] as const;

/** The consistency level of a read: what it asks for, or the account's. */
export function levelOf(call: Call): (typeof levels)[number] {
  return levels.find(level => level === call.header(LEVEL)) ?? 'BoundedStaleness';
}

/** 400 for a consistency level that there is not, whatever the request is. */
export function checkLevel(call: Call): void {
  const asked = call.header(LEVEL) ?? '';
  if (asked === '' || levels.some(level => level === asked)) return;
  throw badRequest(`The value '${asked}' specified for the header '${LEVEL}' is invalid.`);
}

/** The headers by which a client finds the container of a session token. A header holds no letters beyond ASCII, so they are escaped. */
export function ownerHeaders(container: Container): Record<string, string> {
  const path = `dbs/${container.databaseId}/colls/${container.id}`;
  return {
    'x-ms-alt-content-path': path.replace(/[^ -~]+/g, encodeURIComponent),
    'x-ms-content-path': container.rid,
  };
}

/** The headers of a reply about a place in the hash space: the container's, the physical partition and its session token. */
export function placeHeaders(container: Container, epk: string, asOf?: number): Record<string, string> {
  const { id } = partitionOf(container, epk);
  return {
    ...ownerHeaders(container),
    'x-ms-documentdb-partitionkeyrangeid': id,
    'x-ms-session-token': `${id}:-1#${asOf ?? container.lsn}`,
  };
}
