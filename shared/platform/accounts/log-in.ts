import type { Caller } from '../../kernel/index.ts';
import type { Capabilities } from '../capabilities/index.ts';
import {
  type Credential,
  emailClaim,
  hashPassword,
  isOutdated,
  noFailures,
  phantomUser,
  type UserData,
  userKind,
  verifyPassword,
} from '../identity/index.ts';
import { recordFault, type Saved } from '../records/index.ts';
import { type Challenge, makeChallenge } from './challenge.ts';
import {
  type CredentialChange,
  changeCredential,
  type KeptCredential,
  readCredential,
} from './change-credential.ts';
import { oneMoreFailure, refuseLocked } from './failures.ts';
import { accountFault } from './faults.ts';
import { isPasswordOld, ONLY_PASSWORD } from './password-age.ts';
import { securityAction } from './security-event.ts';
import { type Device, type LoggedIn, type NewSession, newSession, tokensOf } from './session-tokens.ts';

export type LogInRequest = {
  readonly email: string;
  readonly password: string;
  readonly device: Device;
};

/** A session, or the question for the second factor. */
export type LogInOutcome = LoggedIn | { readonly challenge: Challenge };

/** Who an address belongs to, and what is counted for it. An address of nobody is counted all the same. */
type Candidate = {
  readonly id: string;
  readonly user: Saved<UserData> | undefined;
  readonly kept: KeptCredential;
};

type Verdict = { readonly session?: NewSession; readonly isRefused?: true };

/** A hash that no password has: unknown addresses take as long as wrong passwords. */
let decoy: Promise<string> | undefined;

/**
 * E-mail and password for a session. Three reads and one write, whoever asks: failures are counted under the ETag of
 * what was read, so of however many guesses at once only as many are looked at as are free.
 */
export async function logIn(
  platform: Capabilities,
  caller: Caller,
  request: LogInRequest,
): Promise<LogInOutcome> {
  const { id, user, kept } = await findCandidate(platform, caller, request.email);
  refuseLocked(kept.data, 'logins', platform.now());
  const { passwordHash } = kept.data;
  decoy ??= hashPassword('no password has this hash');
  const isRight = await verifyPassword(request.password, passwordHash ?? (await decoy));
  const isWeak = isRight && passwordHash !== null && isOutdated(passwordHash);
  const hash = isWeak ? await hashPassword(request.password) : passwordHash;
  const accepted = isRight && user?.data.status === 'active' ? user : undefined;
  const actor = accepted === undefined ? caller : { ...caller, user: accepted.id, name: accepted.data.name };
  const decide = ({ data }: KeptCredential) => {
    refuseLocked(data, 'logins', platform.now());
    // Another login made the hash anew, or the password was changed: what was verified is no longer there.
    if (data.passwordHash !== passwordHash) throw recordFault('platform.busy');
    return accepted === undefined
      ? oneMoreFailure<Verdict>(platform, caller, { user: user?.id, place: 'logins' }, data, {
          isRefused: true,
        })
      : success(platform, actor, accepted, { ...data, passwordHash: hash }, request.device);
  };
  const options = { isPhantom: user === undefined, first: kept };
  const { session, isRefused } = await changeCredential<Verdict>(platform, actor, id, decide, options);
  if (isRefused === true || accepted === undefined) throw accountFault('platform.login_refused');
  if (session === undefined) return { challenge: await makeChallenge(platform, caller, accepted.id) };
  return { user: accepted, tokens: await tokensOf(platform, caller, accepted, session) };
}

async function findCandidate(platform: Capabilities, caller: Caller, email: string): Promise<Candidate> {
  const records = platform.records.for(caller);
  const claim = emailClaim(await platform.blindIndex(caller.tenant), email);
  const owner = await records.scope('directory').claimOwner(claim);
  const id = owner ?? phantomUser(caller.tenant, claim);
  const [user, kept] = await Promise.all([records.find(userKind, id), readCredential(records.scope(id))]);
  return { id, user, kept };
}

/** With a second factor the password opens nothing yet, and clears no count. */
async function success(
  platform: Capabilities,
  actor: Caller,
  user: Saved<UserData>,
  credential: Credential,
  device: Device,
): Promise<CredentialChange<Verdict>> {
  if (credential.totp !== null)
    return { credential, commit: securityAction('login_challenged'), outcome: {} };
  const { policy } = await platform.directory.of(actor.tenant);
  const now = platform.now();
  const session = await newSession(platform, actor, user.id, device, {
    methods: ['pwd'],
    authTime: now,
    permissions: isPasswordOld(policy, credential, now) ? ONLY_PASSWORD : undefined,
  });
  return {
    credential: { ...credential, logins: noFailures },
    commit: { ...securityAction('login_succeeded'), states: [session.write] },
    outcome: { session },
  };
}
