import type { Caller } from '../../kernel/index.ts';
import type { Capabilities } from '../capabilities/index.ts';
import {
  acceptedStep,
  type Credential,
  isSpent,
  noFailures,
  openTotpSecret,
  withoutCode,
} from '../identity/index.ts';
import { type CredentialChange, changeCredential } from './change-credential.ts';
import { oneMoreFailure, type Place, refuseLocked } from './failures.ts';
import { type PasswordCheck, passwordCheck } from './password-check.ts';
import { securityAction } from './security-event.ts';

/** What somebody shows to prove who they are. */
export type Evidence =
  | { readonly password: string }
  | { readonly code: string }
  | { readonly recoveryCode: string };

export type Proven = { readonly credential: Credential; readonly methods: readonly string[] };
type Verdict<T> = { readonly accepted: true; readonly outcome: T } | { readonly accepted: false };

/**
 * Checks evidence and writes what follows from it in one commit: what can be used once is used up in it, and a failure
 * counts as a failed login does, unless it is a code that was right and came before. Undefined when the evidence does not
 * hold.
 */
export async function prove<T>(
  platform: Capabilities,
  caller: Caller,
  user: string,
  evidence: Evidence,
  place: Place,
  then: (proven: Proven) => CredentialChange<T> | Promise<CredentialChange<T>>,
): Promise<T | undefined> {
  const isPassword = passwordCheck('password' in evidence ? evidence.password : '');
  const verdict = await changeCredential<Verdict<T>>(platform, caller, user, async kept => {
    refuseLocked(kept.data, place, platform.now());
    const proven = await judge(platform, caller, kept.data, evidence, isPassword);
    if (proven === undefined) {
      const refused = { accepted: false } as const;
      return (await isRepeated(platform, caller, kept.data, evidence))
        ? { commit: securityAction('login_failed'), outcome: refused }
        : oneMoreFailure(platform, caller, { user, place }, kept.data, refused);
    }
    const change = await then({ ...proven, credential: { ...proven.credential, [place]: noFailures } });
    return { ...change, outcome: { accepted: true, outcome: change.outcome } };
  });
  return verdict.accepted ? verdict.outcome : undefined;
}

/** Whether this is a code of the authenticator that was used: no guess, so nobody is locked out for it. */
export async function isRepeated(
  platform: Capabilities,
  caller: Caller,
  { totp }: Credential,
  evidence: Evidence,
): Promise<boolean> {
  if (totp === null || !('code' in evidence)) return false;
  const secret = await openTotpSecret(platform.identityKeys, caller.tenant, totp.secret);
  return isSpent(secret, evidence.code, platform.now(), totp.lastStep);
}

/** What a piece of evidence proves, with the credential as it stands after its use; undefined when it does not hold. */
export async function judge(
  platform: Capabilities,
  caller: Caller,
  credential: Credential,
  evidence: Evidence,
  isPassword: PasswordCheck,
): Promise<Proven | undefined> {
  if ('password' in evidence) {
    return (await isPassword(credential.passwordHash)) ? { credential, methods: ['pwd'] } : undefined;
  }
  const { totp } = credential;
  if (totp === null) return undefined;
  if ('recoveryCode' in evidence) {
    const recoveryCodes = withoutCode(credential.recoveryCodes, evidence.recoveryCode);
    return recoveryCodes === undefined
      ? undefined
      : { credential: { ...credential, recoveryCodes }, methods: ['otp', 'mfa'] };
  }
  const secret = await openTotpSecret(platform.identityKeys, caller.tenant, totp.secret);
  const lastStep = acceptedStep(secret, evidence.code, platform.now(), totp.lastStep);
  return lastStep === undefined
    ? undefined
    : { credential: { ...credential, totp: { ...totp, lastStep } }, methods: ['otp', 'mfa'] };
}
