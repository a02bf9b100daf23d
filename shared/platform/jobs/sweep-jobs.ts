import { secondsAfter, systemCaller, timestamp } from '../../kernel/index.ts';
import type { Messenger, Outgoing } from '../messaging/index.ts';
import type { RecordsDoor, Store } from '../records/index.ts';
import { jobQueues } from './definition.ts';

export type SweepTools = {
  readonly store: Store;
  readonly records: RecordsDoor;
  readonly messenger: Messenger;
  readonly now: () => Date;
};

/** A job that nobody began for so long may have lost its message. */
const OVERDUE_SECONDS = 300;
const PAGE = 200;
const MOST_PAGES = 10;
const HOUR_MILLISECONDS = 3_600_000;

type Overdue = {
  readonly id: string;
  readonly tenantId: string;
  readonly scope: string;
  readonly at: string;
  readonly queue: string;
};

/**
 * Asks once more for jobs of every tenant that were asked for long ago, are still open, and are in nobody's hand: their
 * messages ended as dead letters or were never heard. Twice an hour at most for each, since the broker drops what it
 * has heard lately. Returns how many were asked for.
 */
export async function sweepJobs(tools: SweepTools): Promise<number> {
  const then = timestamp(secondsAfter(tools.now(), -OVERDUE_SECONDS));
  let after = '';
  let asked = 0;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const rows = await readOverdue(tools.store, after, then);
    const idle = await Promise.all(rows.map(job => isIdle(tools, job)));
    const messages = rows
      .filter((_job, index) => idle[index] === true)
      .map(job => messageOf(job, tools.now()));
    await tools.messenger.send(messages);
    asked += messages.length;
    after = rows.at(-1)?.at ?? '';
    if (rows.length < PAGE) return asked;
  }
  return asked;
}

/** The one read over tenants here; what it finds is asked for tenant by tenant. */
async function readOverdue(store: Store, after: string, then: string): Promise<readonly Overdue[]> {
  const rows = await store.queryAcross<Overdue>({
    text: `SELECT TOP ${PAGE} c.id, c.tenantId, c.scope, c.at, c.data.queue FROM c WHERE c.type = 'record'
      AND c.kind = 'platform.job' AND c.ix.state = 'queued' AND c.at > @after AND c.at < @then ORDER BY c.at ASC`,
    parameters: { after, then },
  });
  return rows;
}

async function isIdle(tools: SweepTools, job: Overdue): Promise<boolean> {
  if (!jobQueues.some(queue => queue === job.queue)) return false;
  const scope = tools.records.for(systemCaller(job.tenantId, '', 'sweep-jobs')).scope(job.scope);
  const lease = await scope.lease(`lease_${job.id}`);
  if (lease === undefined) return true;
  // Work that was put off has a message of its own, which comes in time.
  const due = timestamp(secondsAfter(tools.now(), -OVERDUE_SECONDS));
  return lease.until < timestamp(tools.now()) && (lease.place?.resumeAt ?? '') < due;
}

function messageOf({ id, tenantId, queue }: Overdue, now: Date): Outgoing {
  const hour = Math.floor(now.getTime() / HOUR_MILLISECONDS);
  return {
    to: queue,
    id: `${id}:sweep:${hour}`,
    body: { tenantId, jobId: id },
    properties: { tenantId },
  };
}
