import type { FeedPage, FeedRequest } from './change-feed.ts';
import { readChangeFeed } from './change-feed.ts';
import type { Container, StoredContainer } from './container.ts';
import { openContainer } from './container.ts';
import type { SqlStore } from './database.ts';
import type { Page } from './page.ts';
import type { PageRequest } from './query.ts';
import { runPage } from './query.ts';
import { parseQuery } from './sql/parse.ts';

type Elsewhere = { readonly container: StoredContainer };

/** Work that only reads, or that makes an index, described so that another thread can do it. */
export type Job =
  | ({ readonly kind: 'page'; readonly text: string } & Elsewhere & Omit<PageRequest, 'container' | 'query'>)
  | ({ readonly kind: 'feed' } & Elsewhere & Omit<FeedRequest, 'container'>)
  | { readonly kind: 'index'; readonly sql: string };

export type JobResult<Kind extends Job['kind']> = { page: Page; feed: FeedPage; index: undefined }[Kind];

/** What another thread needs to know of a container. */
export function storedPart(container: Container): StoredContainer {
  const { number, databaseId, databaseRid, id, rid, etag, ts, definition, ranges, lsn } = container;
  return { number, databaseId, databaseRid, id, rid, etag, ts, definition, ranges, lsn };
}

/** Does a job with the connection of the thread that it runs in. */
export function runJob(sql: SqlStore, job: Job): JobResult<Job['kind']> {
  if (job.kind === 'index') {
    sql.exec(job.sql);
    return undefined;
  }
  const container = openContainer(job.container);
  if (job.kind === 'feed') return readChangeFeed(sql, { ...job, container });
  return runPage(sql, { ...job, container, query: parseQuery(job.text) });
}
