import { secondsAfter, timestamp } from '../../kernel/index.ts';
import type { Lease, Scope } from '../records/index.ts';
import { jobFault } from './faults.ts';

/** A dead worker's job waits this long at most; the living one renews long before. */
const LEASE_SECONDS = 25;
const RENEW_MILLISECONDS = 8000;

/** A lease in the hand of whoever works: it renews itself until it is let go. */
export type HeldLease = {
  readonly attempts: number;
  readonly startedAt: string;
  /** Tells how far the work is. Nothing depends on its being seen. */
  progress(percent: number, step: string): Promise<void>;
  /** Stops renewing; the job has ended. */
  drop(): void;
  /** Lets others try at once. */
  release(): Promise<void>;
};

/** Takes the lease `id` for `owner`, or refuses with `platform.job_leased` while somebody else holds it. */
export async function takeLease(
  scope: Scope,
  id: string,
  owner: string,
  now: () => Date,
): Promise<HeldLease> {
  const present = await scope.lease(id);
  if (present !== undefined && present.until > timestamp(now())) {
    throw jobFault('platform.job_leased', { until: present.until });
  }
  const taken = await scope.saveLease({
    id,
    owner,
    until: untilOf(now()),
    attempts: (present?.attempts ?? 0) + 1,
    startedAt: present?.startedAt ?? timestamp(now()),
    progress: { percent: 0, step: 'started' },
    etag: present?.etag,
  });
  if (taken === undefined) throw jobFault('platform.job_leased', {});
  return hold(scope, taken, now);
}

function hold(scope: Scope, first: Lease, now: () => Date): HeldLease {
  let current: Lease | undefined = first;
  let writing: Promise<void> = Promise.resolve();
  const write = (change: Partial<Pick<Lease, 'until' | 'progress'>>): Promise<void> => {
    writing = writing
      .then(async () => {
        if (current !== undefined) current = await scope.saveLease({ ...current, ...change });
      })
      // A lease that cannot be renewed runs out; the job's own ETag keeps a second ending away.
      .catch(() => undefined);
    return writing;
  };
  const renewal = setInterval(() => void write({ until: untilOf(now()) }), RENEW_MILLISECONDS);
  renewal.unref();
  return {
    attempts: first.attempts,
    startedAt: first.startedAt,
    progress: (percent, step) => write({ progress: { percent, step }, until: untilOf(now()) }),
    drop: () => clearInterval(renewal),
    release: async () => {
      clearInterval(renewal);
      await write({ until: timestamp(now()) });
    },
  };
}

function untilOf(now: Date): string {
  return timestamp(secondsAfter(now, LEASE_SECONDS));
}
