import type { Caller } from '../../kernel/index.ts';
import type { Capabilities } from '../capabilities/index.ts';
import { type Credential, noFailures } from '../identity/index.ts';
import {
  type CredentialChange,
  changeCredential,
  type KeptCredential,
  readCredential,
} from './change-credential.ts';
import { oneMoreFailure, refuseLocked } from './failures.ts';
import { accountFault } from './faults.ts';
import { type PasswordCheck, passwordCheck } from './password-check.ts';
import { isRepeated, judge } from './prove.ts';
import { securityAction } from './security-event.ts';

/** What somebody shows to prove, once more, who they are: everything by which they log in. */
export type SigningProof = { readonly password?: string | undefined; readonly code?: string | undefined };

/**
 * Lets pass whoever proves at this very moment who they are, as 21 CFR 11.200 wants it at each signing: by their password
 * and, if they have an authenticator, a code of it that was not used before. Keys, machines and operators in somebody's place
 * cannot sign. A failure is a security event, and counts with those of other proofs in open sessions. `first` is the signer's
 * credential as `credentialOfSigner` read it a moment ago.
 */
export async function reauthenticate(
  platform: Capabilities,
  caller: Caller,
  proof: SigningProof,
  first?: KeptCredential,
): Promise<void> {
  const kind = caller.via?.kind ?? 'session';
  if (kind !== 'session') throw accountFault('platform.signature_by_person', { via: kind });
  const isPassword = passwordCheck(proof.password ?? '');
  const decide = ({ data }: KeptCredential) => {
    refuseLocked(data, 'proofs', platform.now());
    assertWhole(data, proof);
    return decideSigning(platform, caller, data, proof, isPassword);
  };
  const proven = await changeCredential(platform, caller, caller.user, decide, {
    ...(first === undefined ? {} : { first }),
  });
  if (!proven) throw accountFault('platform.signature_refused');
}

/** What a signer's proof is judged by, to be read side by side with what they sign. */
export function credentialOfSigner(platform: Capabilities, caller: Caller): Promise<KeptCredential> {
  return readCredential(platform.records.for(caller).scope(caller.user));
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

/** Written under the ETag of what was read, right or wrong: of many at once none is accepted that came after the lock. */
async function decideSigning(
  platform: Capabilities,
  caller: Caller,
  credential: Credential,
  { code = '' }: SigningProof,
  isPassword: PasswordCheck,
): Promise<CredentialChange<boolean>> {
  const byPassword = credential.passwordHash === null || (await isPassword(credential.passwordHash));
  const after =
    credential.totp === null
      ? credential
      : (await judge(platform, caller, credential, { code }, isPassword))?.credential;
  if (byPassword && after !== undefined)
    return {
      credential: { ...after, proofs: noFailures },
      commit: securityAction('signing_proved'),
      outcome: true,
    };
  if (byPassword && (await isRepeated(platform, caller, credential, { code })))
    return { commit: securityAction('signing_failed'), outcome: false };
  const failed = { user: caller.user, place: 'proofs', event: 'signing_failed' } as const;
  return oneMoreFailure(platform, caller, failed, credential, false);
}
