import type { Caller } from '../../kernel/index.ts';
import type { Capabilities } from '../capabilities/index.ts';
import { afterFailure, lockedSeconds, verifyPassword } from '../identity/index.ts';
import { changeCredential, type KeptCredential, readCredential } from './change-credential.ts';
import { accountFault } from './faults.ts';
import { securityAction } from './security-event.ts';

/** What somebody shows to prove, once more, who they are. */
export type SigningProof = { readonly password?: string | undefined };

/**
 * Lets pass whoever proves at this very moment who they are, as 21 CFR 11.200 wants it at each signing. Keys, machines and
 * operators in somebody's place cannot sign. A failure counts as a failed login does and is a security event.
 */
export async function reauthenticate(
  platform: Capabilities,
  caller: Caller,
  { password }: SigningProof,
): Promise<void> {
  const kind = caller.via?.kind ?? 'session';
  if (kind !== 'session') throw accountFault('platform.signature_by_person', { via: kind });
  if (password === undefined) throw accountFault('platform.signature_incomplete');
  const kept = await readCredential(platform.records.for(caller).scope(caller.user));
  refuseLocked(kept, platform.now());
  if (await verifyPassword(password, kept.data.passwordHash ?? '')) return;
  await changeCredential(
    platform,
    caller,
    caller.user,
    latest => {
      refuseLocked(latest, platform.now());
      const credential = { ...latest.data, ...afterFailure(latest.data, platform.now()) };
      return { credential, commit: securityAction('signing_failed'), outcome: undefined };
    },
    { first: kept },
  );
  throw accountFault('platform.signature_refused');
}

function refuseLocked({ data }: KeptCredential, now: Date): void {
  const retryAfterSeconds = lockedSeconds(data, now);
  if (retryAfterSeconds > 0) throw accountFault('platform.login_locked', { retryAfterSeconds });
}
