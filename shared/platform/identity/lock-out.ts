import { secondsAfter, timestamp } from '../../kernel/index.ts';
import type { FailureCount } from './credential.ts';

/** So many failures in a row cost nothing. */
const FREE_FAILURES = 5;
const FIRST_LOCK_SECONDS = 60;
/** The lock doubles with each further failure up to this. */
const LONGEST_LOCK_SECONDS = 60 * 60;
/** Failures that are older than this no longer count. */
const FORGOTTEN_SECONDS = 24 * 60 * 60;

/** Seconds for which nobody may try; 0 when they may. */
export function lockedSeconds({ lockedUntil }: FailureCount, now: Date): number {
  if (lockedUntil === null) return 0;
  return Math.max(0, Math.ceil((Date.parse(lockedUntil) - now.getTime()) / 1000));
}

/** The count after one more failure: after five in a row each one locks, 1 minute at first, doubling up to an hour. */
export function afterFailure(count: FailureCount, now: Date): FailureCount {
  const forgotten =
    count.failedAt !== null && Date.parse(count.failedAt) <= secondsAfter(now, -FORGOTTEN_SECONDS).getTime();
  const failures = (forgotten ? 0 : count.failures) + 1;
  const beyond = failures - FREE_FAILURES;
  const seconds = Math.min(FIRST_LOCK_SECONDS * 2 ** Math.max(0, beyond), LONGEST_LOCK_SECONDS);
  return {
    failures,
    failedAt: timestamp(now),
    lockedUntil: beyond < 0 ? null : timestamp(secondsAfter(now, seconds)),
  };
}
