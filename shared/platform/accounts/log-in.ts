import type { Caller } from '../../kernel/index.ts';
import type { Capabilities } from '../capabilities/index.ts';
import {
  afterFailure,
  type Credential,
  emailClaim,
  hashPassword,
  isOutdated,
  lockedSeconds,
  noFailures,
  phantomUser,
  type UserData,
  userKind,
  verifyPassword,
} from '../identity/index.ts';
import type { Saved } from '../records/index.ts';
import {
  type CredentialChange,
  changeCredential,
  type KeptCredential,
  readCredential,
} from './change-credential.ts';
import { accountFault } from './faults.ts';
import { securityAction } from './security-event.ts';
import { type Device, type NewSession, newSession, type SessionTokens, tokensOf } from './session-tokens.ts';

export type LogInRequest = {
  readonly email: string;
  readonly password: string;
  readonly device: Device;
};

export type LoggedIn = { readonly user: Saved<UserData>; readonly tokens: SessionTokens };

/** Who an address belongs to, and what is counted for it. An address of nobody is counted all the same. */
type Candidate = {
  readonly id: string;
  readonly user: Saved<UserData> | undefined;
  readonly kept: KeptCredential;
};

type Verdict =
  | { readonly accepted: true; readonly user: Saved<UserData>; readonly session: NewSession }
  | { readonly accepted: false };

/** A hash that no password has: unknown addresses take as long as wrong passwords. */
let decoy: Promise<string> | undefined;

/**
 * E-mail and password for a session. Three reads and one write, whoever asks: failures are counted under the ETag of
 * what was read, so of however many guesses at once only as many count as are free.
 */
export async function logIn(
  platform: Capabilities,
  caller: Caller,
  request: LogInRequest,
): Promise<LoggedIn> {
  const { id, user, kept } = await findCandidate(platform, caller, request.email);
  refuseLocked(kept.data, platform.now());
  decoy ??= hashPassword('no password has this hash');
  const isRight = await verifyPassword(request.password, kept.data.passwordHash ?? (await decoy));
  const rehashed =
    isRight && kept.data.passwordHash !== null && isOutdated(kept.data.passwordHash)
      ? await hashPassword(request.password)
      : undefined;
  const accepted = isRight && user?.data.status === 'active' ? user : undefined;
  const actor = accepted === undefined ? caller : { ...caller, user: accepted.id, name: accepted.data.name };
  const verdict = await changeCredential<Verdict>(
    platform,
    actor,
    id,
    latest => {
      refuseLocked(latest.data, platform.now());
      return accepted === undefined
        ? failure(latest.data, platform.now())
        : success(
            platform,
            actor,
            accepted,
            { ...latest.data, passwordHash: rehashed ?? latest.data.passwordHash },
            request.device,
          );
    },
    { isPhantom: user === undefined, first: kept },
  );
  if (!verdict.accepted) throw accountFault('platform.login_refused');
  return { user: verdict.user, tokens: await tokensOf(platform, caller, verdict.user, verdict.session) };
}

async function findCandidate(platform: Capabilities, caller: Caller, email: string): Promise<Candidate> {
  const records = platform.records.for(caller);
  const owner = await records.scope('directory').claimOwner(emailClaim(email));
  const id = owner ?? phantomUser(caller.tenant, email);
  const [user, kept] = await Promise.all([records.find(userKind, id), readCredential(records.scope(id))]);
  return { id, user, kept };
}

/** The lock is the same for an address of nobody, so it tells nothing of whose it is. */
function refuseLocked(credential: Credential, now: Date): void {
  const retryAfterSeconds = lockedSeconds(credential, now);
  if (retryAfterSeconds > 0) throw accountFault('platform.login_locked', { retryAfterSeconds });
}

function failure(credential: Credential, now: Date): CredentialChange<Verdict> {
  const count = afterFailure(credential, now);
  return {
    credential: { ...credential, ...count },
    commit: securityAction(count.lockedUntil === null ? 'login_failed' : 'login_locked'),
    outcome: { accepted: false },
  };
}

async function success(
  platform: Capabilities,
  actor: Caller,
  user: Saved<UserData>,
  credential: Credential,
  device: Device,
): Promise<CredentialChange<Verdict>> {
  const entrance = { methods: ['pwd'], authTime: platform.now() };
  const session = await newSession(platform, actor, user.id, device, entrance);
  return {
    credential: { ...credential, ...noFailures },
    commit: { ...securityAction('login_succeeded'), states: [session.write] },
    outcome: { accepted: true, user, session },
  };
}
