import { verifyPassword } from '../identity/index.ts';

/** Whether a password has this hash; no hash is nobody's. */
export type PasswordCheck = (hash: string | null) => Promise<boolean>;

/**
 * Compares one password with what stands in a credential. Comparing costs tens of milliseconds and much memory, so a
 * credential that somebody else wrote meanwhile is not compared anew unless its hash is another one.
 */
export function passwordCheck(password: string): PasswordCheck {
  const known = new Map<string, Promise<boolean>>();
  return hash => {
    const before = known.get(hash ?? '');
    if (before !== undefined) return before;
    const outcome = verifyPassword(password, hash ?? '');
    known.set(hash ?? '', outcome);
    return outcome;
  };
}
