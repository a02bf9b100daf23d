import type { Caller } from '../../kernel/index.ts';
import type { Capabilities } from '../capabilities/index.ts';
import { afterFailure, type Credential, lockedSeconds } from '../identity/index.ts';
import type { CredentialChange } from './change-credential.ts';
import { accountFault } from './faults.ts';
import { letterTo } from './letters.ts';
import { securityAction } from './security-event.ts';

/** Refuses while an account is locked. The lock is the same for an address of nobody, so it tells nothing. */
export function refuseLocked(credential: Credential, now: Date): void {
  const retryAfterSeconds = lockedSeconds(credential, now);
  if (retryAfterSeconds > 0) throw accountFault('platform.login_locked', { retryAfterSeconds });
}

/** One more failure; the first lock is told to whom it concerns. `user` is undefined for an address of nobody. */
export function oneMoreFailure<T>(
  platform: Capabilities,
  caller: Caller,
  user: string | undefined,
  credential: Credential,
  outcome: T,
): CredentialChange<T> {
  const count = afterFailure(credential, platform.now());
  const isFirstLock = count.lockedUntil !== null && credential.lockedUntil === null;
  return {
    credential: { ...credential, ...count },
    commit: {
      ...securityAction(count.lockedUntil === null ? 'login_failed' : 'login_locked'),
      ...(isFirstLock && user !== undefined ? letterTo(platform, caller, 'account_locked', user) : {}),
    },
    outcome,
  };
}
