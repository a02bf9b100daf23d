import { AppError, type Caller, timestamp } from '../../kernel/index.ts';
import type { Capabilities } from '../capabilities/index.ts';
import { hashPassword } from '../identity/index.ts';
import { credentialWrite, readCredential } from './change-credential.ts';

/** Gives somebody who has no password yet one. For provisioning: nobody is told, and running it again changes nothing. */
export async function setFirstPassword(
  platform: Capabilities,
  caller: Caller,
  user: string,
  password: string,
): Promise<void> {
  const scope = platform.records.for(caller).scope(user);
  const kept = await readCredential(scope);
  if (kept.data.passwordHash !== null) return;
  const passwordHash = await hashPassword(password);
  const passwordSetAt = timestamp(platform.now());
  const write = credentialWrite(kept, { ...kept.data, passwordHash, passwordSetAt });
  try {
    await scope.commit({ action: 'platform.security.password_set', events: [], states: [write] });
  } catch (error) {
    // Somebody else gave them one at the same time.
    if (!(error instanceof AppError) || error.code !== 'platform.version_stale') throw error;
  }
}
