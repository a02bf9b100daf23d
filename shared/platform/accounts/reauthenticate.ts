import type { Caller } from '../../kernel/index.ts';
import type { Capabilities } from '../capabilities/index.ts';
import { afterFailure, type Credential, verifyPassword } from '../identity/index.ts';
import { type CredentialChange, changeCredential, readCredential } from './change-credential.ts';
import { refuseLocked } from './failures.ts';
import { accountFault } from './faults.ts';
import { isRepeated, judge } from './prove.ts';
import { securityAction } from './security-event.ts';

/** What somebody shows to prove, once more, who they are: everything by which they log in. */
export type SigningProof = { readonly password?: string | undefined; readonly code?: string | undefined };

/**
 * Lets pass whoever proves at this very moment who they are, as 21 CFR 11.200 wants it at each signing: by their password
 * and, if they have an authenticator, a code of it that was not used before. Keys, machines and operators in somebody's place
 * cannot sign. A failure counts as a failed login does and is a security event.
 */
export async function reauthenticate(
  platform: Capabilities,
  caller: Caller,
  proof: SigningProof,
): Promise<void> {
  const kind = caller.via?.kind ?? 'session';
  if (kind !== 'session') throw accountFault('platform.signature_by_person', { via: kind });
  const kept = await readCredential(platform.records.for(caller).scope(caller.user));
  refuseLocked(kept.data, platform.now());
  assertWhole(kept.data, proof);
  // A password alone is not used up, so nothing needs to be written when it is right.
  const isRight = await verifyPassword(proof.password ?? '', kept.data.passwordHash ?? '');
  if (kept.data.totp === null && isRight) return;
  const decide = ({ data }: { readonly data: Credential }) => {
    refuseLocked(data, platform.now());
    return decideSigning(platform, caller, data, proof);
  };
  const proven = await changeCredential(platform, caller, caller.user, decide, { first: kept });
  if (!proven) throw accountFault('platform.signature_refused');
}

/** Somebody signs by all that they log in with. Who logs in elsewhere signs by a code of their authenticator here. */
function assertWhole({ passwordHash, totp }: Credential, { password, code }: SigningProof): void {
  const needs = [...(passwordHash === null ? [] : ['password']), ...(totp === null ? [] : ['code'])];
  const isWhole = (passwordHash === null || password !== undefined) && (totp === null || code !== undefined);
  if (needs.length === 0 || !isWhole)
    throw accountFault('platform.signature_incomplete', {
      needs: (needs.length === 0 ? ['code'] : needs).join(', '),
    });
}

async function decideSigning(
  platform: Capabilities,
  caller: Caller,
  credential: Credential,
  { password, code }: SigningProof,
): Promise<CredentialChange<boolean>> {
  const byPassword =
    credential.passwordHash === null ||
    (await judge(platform, caller, credential, { password: password ?? '' })) !== undefined;
  const byCode =
    credential.totp === null
      ? { credential }
      : await judge(platform, caller, credential, { code: code ?? '' });
  if (byPassword && byCode !== undefined)
    return { credential: byCode.credential, commit: securityAction('signing_proved'), outcome: true };
  if (byPassword && (await isRepeated(platform, caller, credential, { code: code ?? '' })))
    return { commit: securityAction('signing_failed'), outcome: false };
  const failed = { ...credential, ...afterFailure(credential, platform.now()) };
  return { credential: failed, commit: securityAction('signing_failed'), outcome: false };
}
