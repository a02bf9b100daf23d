import type { Caller } from '../../kernel/index.ts';
import type { Capabilities } from '../capabilities/index.ts';
import { afterFailure, type Credential, lockedSeconds } from '../identity/index.ts';
import type { CredentialChange } from './change-credential.ts';
import { accountFault } from './faults.ts';
import { letterTo } from './letters.ts';
import { securityAction } from './security-event.ts';

/** Where somebody failed: at the door, as anybody can, or in a session that is open. Each has a count and a lock of its own. */
export type Place = 'logins' | 'proofs';

/** Refuses while a place is locked. At the door the lock is the same for an address of nobody, so it tells nothing. */
export function refuseLocked(credential: Credential, place: Place, now: Date): void {
  const retryAfterSeconds = lockedSeconds(credential[place], now);
  if (retryAfterSeconds > 0) throw accountFault('platform.login_locked', { retryAfterSeconds });
}

export type Failed = {
  /** Undefined for an address of nobody. */
  readonly user: string | undefined;
  readonly place: Place;
  readonly event?: 'login_failed' | 'signing_failed';
};

/** One more failure; the first lock is told to whom it concerns. */
export function oneMoreFailure<T>(
  platform: Capabilities,
  caller: Caller,
  { user, place, event = 'login_failed' }: Failed,
  credential: Credential,
  outcome: T,
): CredentialChange<T> {
  const before = credential[place];
  const count = afterFailure(before, platform.now());
  const isFirstLock = count.lockedUntil !== null && before.lockedUntil === null;
  const isLocking = count.lockedUntil !== null && event === 'login_failed';
  return {
    credential: { ...credential, [place]: count },
    commit: {
      ...securityAction(isLocking ? 'login_locked' : event),
      ...(isFirstLock && user !== undefined ? letterTo(platform, caller, 'account_locked', user) : {}),
    },
    outcome,
  };
}
