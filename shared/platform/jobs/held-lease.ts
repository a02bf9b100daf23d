import { secondsAfter, timestamp } from '../../kernel/index.ts';
import type { Lease, Scope } from '../records/index.ts';
import { jobFault } from './faults.ts';

/** A dead worker's job waits this long at most; the living one renews long before. */
const LEASE_SECONDS = 25;
const RENEW_MILLISECONDS = 8000;
/** Most jobs end sooner and then never write how far they are. */
const PROGRESS_MILLISECONDS = 1000;
/** Whoever let a lease go by itself left no crash behind. */
const NOBODY = '';

/** A lease in the hand of whoever works: it renews itself until it is let go. */
export type HeldLease = {
  /** This attempt's number, from 1. */
  readonly attempts: number;
  /** How many attempts before this one crashed or were never heard of again. */
  readonly crashes: number;
  readonly startedAt: string;
  /** Tells how far the work is, a second later and only the last word. Nothing depends on its being seen. */
  progress(percent: number, step: string): Promise<void>;
  /** Stops renewing; the job has ended. */
  drop(): void;
  /** Lets others try at once; `crashed` when the attempt counts as a crash. */
  release(crashed: boolean): Promise<void>;
};

/** Takes the lease `id` for `owner`, or refuses with `platform.job_leased` while somebody else holds it. */
export async function takeLease(
  scope: Pick<Scope, 'lease' | 'saveLease'>,
  id: string,
  owner: string,
  now: () => Date,
): Promise<HeldLease> {
  const fresh: Lease = {
    id,
    owner,
    until: untilOf(now()),
    attempts: 1,
    crashes: 0,
    startedAt: timestamp(now()),
    progress: { percent: 0, step: 'started' },
    etag: undefined,
  };
  // The first attempt is by far the most frequent, and finds nothing to read.
  const taken = (await scope.saveLease(fresh)) ?? (await takeOver(scope, fresh, now));
  return hold(scope, taken, now);
}

async function takeOver(
  scope: Pick<Scope, 'lease' | 'saveLease'>,
  fresh: Lease,
  now: () => Date,
): Promise<Lease> {
  const present = await scope.lease(fresh.id);
  if (present === undefined || present.until > timestamp(now())) {
    throw jobFault('platform.job_leased', present === undefined ? {} : { until: present.until });
  }
  const taken = await scope.saveLease({
    ...fresh,
    attempts: present.attempts + 1,
    crashes: present.crashes + (present.owner === NOBODY ? 0 : 1),
    startedAt: present.startedAt,
    etag: present.etag,
  });
  if (taken === undefined) throw jobFault('platform.job_leased', {});
  return taken;
}

function hold(scope: Pick<Scope, 'saveLease'>, first: Lease, now: () => Date): HeldLease {
  let current: Lease | undefined = first;
  let progress = first.progress;
  let writing: Promise<void> = Promise.resolve();
  let soon: NodeJS.Timeout | undefined;
  const write = (change: Partial<Lease>): Promise<void> => {
    clearTimeout(soon);
    soon = undefined;
    writing = writing
      .then(async () => {
        if (current !== undefined) current = await scope.saveLease({ ...current, progress, ...change });
      })
      // A lease that cannot be renewed runs out; the job's own ETag keeps a second ending away.
      .catch(() => undefined);
    return writing;
  };
  const renew = (): void => void write({ until: untilOf(now()) });
  const renewal = setInterval(renew, RENEW_MILLISECONDS);
  renewal.unref();
  const drop = (): void => {
    clearInterval(renewal);
    clearTimeout(soon);
  };
  return {
    attempts: first.attempts,
    crashes: first.crashes,
    startedAt: first.startedAt,
    progress: async (percent, step) => {
      progress = { percent, step };
      soon ??= setTimeout(renew, PROGRESS_MILLISECONDS).unref();
    },
    drop,
    release: async crashed => {
      drop();
      await write({
        until: timestamp(now()),
        owner: NOBODY,
        crashes: first.crashes + (crashed ? 1 : 0),
      });
    },
  };
}

function untilOf(now: Date): string {
  return timestamp(secondsAfter(now, LEASE_SECONDS));
}
