import { AppError, type Caller, timestamp } from '../../kernel/index.ts';
import type { Capabilities } from '../capabilities/index.ts';
import { sealTotpSecret } from '../identity/index.ts';
import { credentialWrite, readCredential } from './change-credential.ts';
import { securityAction } from './security-event.ts';

/**
 * Gives somebody who has no second factor one with this secret (20 bytes). For provisioning people of demonstrations; nobody
 * is told, and running it again changes nothing.
 */
export async function setFirstAuthenticator(
  platform: Capabilities,
  caller: Caller,
  user: string,
  secret: Uint8Array,
): Promise<void> {
  const scope = platform.records.for(caller).scope(user);
  const kept = await readCredential(scope);
  if (kept.data.totp !== null) return;
  const sealed = await sealTotpSecret(platform.identityKeys, caller.tenant, secret);
  const totp = { secret: sealed, lastStep: 0, since: timestamp(platform.now()) };
  try {
    await scope.commit({
      ...securityAction('mfa_enrolled'),
      states: [credentialWrite(kept, { ...kept.data, totp })],
    });
  } catch (error) {
    // Somebody else gave them one at the same time.
    if (!(error instanceof AppError) || error.code !== 'platform.version_stale') throw error;
  }
}
