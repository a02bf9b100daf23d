import { secondsAfter } from '../../kernel/index.ts';
import type { Credential, SignInPolicy } from '../identity/index.ts';

/** All that somebody may do whose password is too old for the tenant's regulator. */
export const ONLY_PASSWORD: readonly string[] = ['platform.self:password', 'platform.self:session'];

/** Whether the tenant's policy wants another password first. */
export function isPasswordOld(
  { passwordDays }: Pick<SignInPolicy, 'passwordDays'>,
  { passwordSetAt }: Pick<Credential, 'passwordSetAt'>,
  now: Date,
): boolean {
  if (passwordDays === null || passwordSetAt === null) return false;
  return secondsAfter(new Date(passwordSetAt), passwordDays * 86_400).getTime() <= now.getTime();
}
