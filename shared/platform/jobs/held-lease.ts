import { secondsAfter, timestamp } from '../../kernel/index.ts';
import type { Lease, LeasePlace, Scope } from '../records/index.ts';
import type { JobPause } from './definition.ts';
import { jobFault } from './faults.ts';

/** A dead worker's job waits this long at most; the living one renews long before. */
const LEASE_SECONDS = 25;
const RENEW_MILLISECONDS = 8000;
/** Most jobs end sooner and then never write how far they are. */
const PROGRESS_MILLISECONDS = 1000;
/** A message may come so much before its time, since clocks differ. */
const EARLY_SECONDS = 5;
/** Whoever let a lease go by itself left no crash behind. */
const NOBODY = '';

/** A lease in the hand of whoever works: it renews itself until it is let go. */
export type HeldLease = {
  /** This attempt's number, from 1. */
  readonly attempts: number;
  /** How many attempts crashed or were never heard of again since the work last kept its place. */
  readonly crashes: number;
  readonly startedAt: string;
  /** Tells how far the work is, a second later and only the last word. Nothing depends on its being seen. */
  progress(percent: number, step: string): Promise<void>;
  /** The step that was told last. */
  step(): string;
  checkpoint(): unknown;
  /** Keeps how far the work is; then what crashed before crashes no more. `platform.job_leased` when it is somebody else's now. */
  keep(checkpoint: unknown): Promise<void>;
  /** Puts the work off: nobody takes it before then. Gives how often it was. */
  pause(pause: JobPause): Promise<number>;
  /** Stops renewing; the job has ended. */
  drop(): void;
  /** Lets others try at once; `crashed` when the attempt counts as a crash. */
  release(crashed: boolean): Promise<void>;
};

/** Work that was put off until then; `pauses` counts how often it was. */
export type PutOff = { readonly resumeAt: Date; readonly pauses: number };

/**
 * Takes the lease `id` for `owner`, or refuses with `platform.job_leased` while somebody else holds it. Work that was put off is
 * taken by nobody before its time.
 */
export async function takeLease(
  scope: Pick<Scope, 'lease' | 'saveLease'>,
  id: string,
  owner: string,
  now: () => Date,
): Promise<HeldLease | PutOff> {
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
  return 'resumeAt' in taken ? taken : hold(scope, taken, now);
}

async function takeOver(
  scope: Pick<Scope, 'lease' | 'saveLease'>,
  fresh: Lease,
  now: () => Date,
): Promise<Lease | PutOff> {
  const present = await scope.lease(fresh.id);
  if (present === undefined || present.until > timestamp(now())) {
    throw jobFault('platform.job_leased', present === undefined ? {} : { until: present.until });
  }
  const { resumeAt, ...place } = present.place ?? { resumeAt: null, pauses: 0 };
  if (resumeAt !== null && resumeAt > timestamp(secondsAfter(now(), EARLY_SECONDS)))
    return { resumeAt: new Date(resumeAt), pauses: place.pauses };
  const taken = await scope.saveLease({
    ...fresh,
    place: { ...place, resumeAt: null },
    // Going on after a pause is the same attempt.
    attempts: present.attempts + (resumeAt === null ? 1 : 0),
    crashes: present.crashes + (present.owner === NOBODY ? 0 : 1),
    startedAt: present.startedAt,
    etag: present.etag,
  });
  if (taken === undefined) throw jobFault('platform.job_leased', {});
  return taken;
}

function hold(scope: Pick<Scope, 'saveLease'>, first: Lease, now: () => Date): HeldLease {
  let current: Lease | undefined = first;
  let { progress, crashes } = first;
  let place: LeasePlace = first.place ?? { resumeAt: null, pauses: 0 };
  let writing: Promise<void> = Promise.resolve();
  let soon: NodeJS.Timeout | undefined;
  const write = (change: Partial<Lease>): Promise<void> => {
    clearTimeout(soon);
    soon = undefined;
    writing = writing
      .then(async () => {
        if (current !== undefined)
          current = await scope.saveLease({ ...current, progress, crashes, place, ...change });
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
    get crashes() {
      return crashes;
    },
    startedAt: first.startedAt,
    progress: async (percent, step) => {
      progress = { percent, step };
      soon ??= setTimeout(renew, PROGRESS_MILLISECONDS).unref();
    },
    step: () => progress.step,
    checkpoint: () => place.checkpoint,
    keep: async checkpoint => {
      place = { ...place, checkpoint };
      crashes = 0;
      await write({ until: untilOf(now()) });
      if (current === undefined) throw jobFault('platform.job_leased', {});
    },
    pause: async ({ resumeAt, step }) => {
      drop();
      progress = { ...progress, step };
      place = { ...place, resumeAt: timestamp(resumeAt), pauses: place.pauses + 1 };
      crashes = 0;
      await write({ until: timestamp(now()), owner: NOBODY });
      return place.pauses;
    },
    drop,
    release: async crashed => {
      drop();
      await write({
        until: timestamp(now()),
        owner: NOBODY,
        crashes: crashes + (crashed ? 1 : 0),
      });
    },
  };
}

function untilOf(now: Date): string {
  return timestamp(secondsAfter(now, LEASE_SECONDS));
}
