import { randomBytes } from 'node:crypto';
import { type Caller, secondsAfter, timestamp } from '../../kernel/index.ts';
import type { Capabilities } from '../capabilities/index.ts';
import {
  acceptedStep,
  makeRecoveryCodes,
  openTotpSecret,
  otpauthUri,
  sealTotpSecret,
  sessionKind,
  TOTP_SECRET_BYTES,
  userKind,
} from '../identity/index.ts';
import { changeCredential, readCredential } from './change-credential.ts';
import { endAllSessions } from './end-sessions.ts';
import { accountFault } from './faults.ts';
import { letterTo } from './letters.ts';
import { securityAction } from './security-event.ts';
import { sessionWrite } from './session-tokens.ts';

const ENROLMENT_SECONDS = 15 * 60;
const MOST_TRIES = 10;

/** Whether somebody has a second factor, and how many recovery codes are left. */
export async function secondFactorOf(platform: Capabilities, caller: Caller, user: string) {
  const { data } = await readCredential(platform.records.for(caller).scope(user));
  return {
    totp: data.totp !== null,
    since: data.totp?.since ?? null,
    recoveryCodes: data.recoveryCodes.length,
  };
}

/** A new authenticator, shown once; it counts when a code of it has come back within a quarter of an hour. */
export async function beginEnrolment(
  platform: Capabilities,
  caller: Caller,
): Promise<{ readonly uri: string }> {
  const user = await platform.records.for(caller).get(userKind, caller.user);
  const tenant = await platform.tenants.byId(caller.tenant);
  const secret = randomBytes(TOTP_SECRET_BYTES);
  const sealed = await sealTotpSecret(platform.identityKeys, caller.tenant, secret);
  const expiresAt = timestamp(secondsAfter(platform.now(), ENROLMENT_SECONDS));
  await changeCredential<void>(platform, caller, user.id, ({ data }) => {
    if (data.totp !== null) throw accountFault('platform.mfa_enrolled');
    return {
      credential: { ...data, enrolling: { secret: sealed, expiresAt } },
      commit: securityAction('mfa_enrolling'),
      outcome: undefined,
    };
  });
  return { uri: otpauthUri(tenant?.branding.legalName ?? 'Touchstone', user.data.email, secret) };
}

/** The first code of a new authenticator. Gives the recovery codes, which nobody can read again. */
export async function confirmEnrolment(
  platform: Capabilities,
  caller: Caller,
  code: string,
): Promise<readonly string[]> {
  const { codes, hashes } = makeRecoveryCodes(randomBytes);
  await changeCredential<void>(platform, caller, caller.user, async ({ data }) => {
    const { enrolling } = data;
    if (data.totp !== null) throw accountFault('platform.mfa_enrolled');
    const now = platform.now();
    if (enrolling === null || Date.parse(enrolling.expiresAt) <= now.getTime())
      throw accountFault('platform.mfa_missing');
    const secret = await openTotpSecret(platform.identityKeys, caller.tenant, enrolling.secret);
    const lastStep = acceptedStep(secret, code, now, 0);
    if (lastStep === undefined) throw accountFault('platform.proof_refused');
    const totp = { secret: enrolling.secret, lastStep, since: timestamp(now) };
    return {
      credential: { ...data, totp, enrolling: null, recoveryCodes: [...hashes] },
      commit: {
        ...securityAction('mfa_enrolled'),
        ...letterTo(platform, caller, 'mfa_changed', caller.user),
      },
      outcome: undefined,
    };
  });
  await upgradeSession(platform, caller, ['otp', 'mfa']);
  return codes;
}

/** Other recovery codes; the old ones are no longer good. */
export async function renewRecoveryCodes(platform: Capabilities, caller: Caller): Promise<readonly string[]> {
  const { codes, hashes } = makeRecoveryCodes(randomBytes);
  await changeCredential<void>(platform, caller, caller.user, ({ data }) => {
    if (data.totp === null) throw accountFault('platform.mfa_missing');
    return {
      credential: { ...data, recoveryCodes: [...hashes] },
      commit: securityAction('recovery_codes_made'),
      outcome: undefined,
    };
  });
  return codes;
}

/**
 * Takes somebody's second factor away: their own, or that of a person who lost it. They are logged out everywhere, since
 * their sessions say that they have one.
 */
export async function removeSecondFactor(
  platform: Capabilities,
  caller: Caller,
  user: string,
): Promise<void> {
  await changeCredential<void>(platform, caller, user, ({ data }) => {
    if (data.totp === null) throw accountFault('platform.mfa_missing');
    return {
      credential: { ...data, totp: null, enrolling: null, recoveryCodes: [] },
      commit: { ...securityAction('mfa_removed'), ...letterTo(platform, caller, 'mfa_changed', user) },
      outcome: undefined,
    };
  });
  await endAllSessions(platform, caller, user);
}

/** Writes into the caller's session that they have just proved who they are, and how. */
export async function upgradeSession(
  platform: Capabilities,
  caller: Caller,
  methods: readonly string[],
): Promise<void> {
  const scope = platform.records.for(caller).scope(caller.user);
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const kept = await scope.state(sessionKind, caller.via?.id ?? '-');
    if (kept === undefined || kept.data.endedAt !== null) return;
    const data = {
      ...kept.data,
      methods: [...new Set([...kept.data.methods, ...methods])],
      authTime: Math.floor(platform.now().getTime() / 1000),
    };
    if ((await scope.saveState(sessionWrite(kept.id, data, kept.etag))) !== undefined) return;
  }
}
