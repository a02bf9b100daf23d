import { AppError, type Caller, secondsAfter, timestamp } from '../../kernel/index.ts';
import type { Capabilities } from '../capabilities/index.ts';
import {
  type Credential,
  emailClaim,
  hashPassword,
  isAwaited,
  noFailures,
  phantomUser,
  readSentToken,
  sentTokens,
  type UserData,
  userKind,
} from '../identity/index.ts';
import type { Saved } from '../records/index.ts';
import { assertServed } from '../tenancy/index.ts';
import { changeCredential, readCredential } from './change-credential.ts';
import { dropEmailChange } from './email-wish.ts';
import { endAllSessions } from './end-sessions.ts';
import { accountFault } from './faults.ts';
import { assertGoodPassword } from './good-password.ts';
import { letterTo } from './letters.ts';
import { noSooner, type Pause } from './no-sooner.ts';
import { prove } from './prove.ts';
import { securityAction } from './security-event.ts';

/** So many letters while the first of them is good: whoever gets no more has one whose link is good. */
const MOST_LETTERS = 3;
const LETTERS_PER_SECONDS = sentTokens.reset.seconds;

/** Much longer than asking for a letter takes; for nobody known there is less to write. */
const ANSWERED_AFTER_MILLISECONDS = 250;

/**
 * Asks for a mail that resets the password. Whoever asks hears the same after the same time, whether the address is
 * known or not. Works while the account is locked. At most three in half an hour for an address; those asked for beyond that
 * are not counted, so nobody keeps an address without letters by asking on.
 */
export function askForReset(
  platform: Capabilities,
  caller: Caller,
  email: string,
  pause?: Pause,
): Promise<void> {
  return noSooner(ANSWERED_AFTER_MILLISECONDS, () => sendReset(platform, caller, email), pause);
}

async function sendReset(platform: Capabilities, caller: Caller, email: string): Promise<void> {
  const records = platform.records.for(caller);
  const claim = emailClaim(await platform.blindIndex(caller.tenant), email);
  const owner = await records.scope('directory').claimOwner(claim);
  const id = owner ?? phantomUser(caller.tenant, claim);
  const [user, first] = await Promise.all([records.find(userKind, id), readCredential(records.scope(id))]);
  const isKnown = user?.data.status === 'active';
  const now = platform.now();
  await changeCredential<void>(
    platform,
    caller,
    id,
    ({ data }) => {
      const since = timestamp(secondsAfter(now, -LETTERS_PER_SECONDS));
      const lately = data.resetsAsked.filter(at => at > since);
      const isDue = lately.length < MOST_LETTERS;
      return {
        credential: { ...data, resetsAsked: isDue ? [...lately, timestamp(now)] : lately },
        commit: {
          ...securityAction('password_reset_asked'),
          ...(isDue && isKnown ? letterTo(platform, caller, 'password_reset', id) : {}),
        },
        outcome: undefined,
      };
    },
    { isPhantom: user === undefined, first },
  );
}

/**
 * A password by the token of a mail: the first one after an invitation, or another one. Nobody is logged in by it; after
 * a reset every session ends, and a lock with it.
 */
export async function setPasswordByToken(
  platform: Capabilities,
  caller: Caller,
  token: string,
  password: string,
): Promise<void> {
  const claimed = readSentToken(token);
  const records = platform.records.for(caller);
  const user = claimed === undefined ? undefined : await records.find(userKind, claimed.user);
  if (claimed === undefined || user === undefined || user.data.status === 'disabled')
    throw accountFault('platform.link_invalid');
  const { purpose } = claimed;
  if (purpose === 'email') throw accountFault('platform.link_invalid');
  const to = emailClaim(await platform.blindIndex(caller.tenant), user.data.email);
  const isGood = (credential: Credential): boolean =>
    isAwaited(credential, purpose, token, { now: platform.now(), to });
  const actor = { ...caller, user: user.id, name: user.data.name };
  const { data } = await readCredential(records.scope(user.id));
  if (!isGood(data)) throw accountFault('platform.link_invalid');
  // The link stays good: it can be used as soon as the tenant is served again, while it lasts.
  if (purpose === 'invitation') await assertServed(platform.tenants, caller.tenant);
  await assertGoodPassword(platform, caller, user.data, data, password);
  const passwordHash = await hashPassword(password);
  if (purpose === 'invitation') await activate(platform, actor, user);
  await changeCredential<void>(platform, actor, user.id, kept => {
    if (!isGood(kept.data)) throw accountFault('platform.link_invalid');
    return passwordChange(
      platform,
      actor,
      user.id,
      { ...kept.data, ...(purpose === 'invitation' ? { invitation: null } : {}) },
      passwordHash,
    );
  });
  await endAllSessions(platform, actor, user.id);
  await dropEmailChange(platform, actor, user.id);
}

/** Another password for somebody who knows the present one. All their other sessions end. */
export async function changePassword(
  platform: Capabilities,
  caller: Caller,
  current: string,
  password: string,
): Promise<void> {
  const records = platform.records.for(caller);
  const user = await records.get(userKind, caller.user);
  const { data } = await readCredential(records.scope(user.id));
  await assertGoodPassword(platform, caller, user.data, data, password);
  const passwordHash = await hashPassword(password);
  const done = await prove(platform, caller, user.id, { password: current }, 'proofs', ({ credential }) => ({
    ...passwordChange(platform, caller, user.id, credential, passwordHash),
    outcome: true,
  }));
  if (done !== true) throw accountFault('platform.proof_refused');
  // A session that was good for nothing else is over, too.
  const isWhole = caller.permissions.has('platform.self:read');
  await endAllSessions(platform, caller, user.id, isWhole ? caller.via?.id : undefined);
  await dropEmailChange(platform, caller, user.id);
}

function passwordChange(
  platform: Capabilities,
  caller: Caller,
  user: string,
  credential: Credential,
  passwordHash: string,
) {
  const isFirst = credential.passwordHash === null;
  return {
    credential: {
      ...credential,
      logins: noFailures,
      proofs: noFailures,
      passwordHash,
      passwordSetAt: timestamp(platform.now()),
      resets: [],
    },
    commit: {
      ...securityAction('password_set'),
      ...(isFirst ? {} : letterTo(platform, caller, 'password_changed', user)),
    },
    outcome: undefined,
  };
}

/** An invited user becomes active before the token is used up, so that a crash in between leaves it to be used again. */
async function activate(platform: Capabilities, actor: Caller, user: Saved<UserData>): Promise<void> {
  if (user.data.status !== 'invited') return;
  try {
    await platform.records
      .for(actor)
      .scope('directory')
      .commit({
        action: 'platform.user.activated',
        update: [{ record: user, data: { ...user.data, status: 'active' } }],
      });
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'platform.version_stale') throw error;
    // Somebody brought the same token at the same time, and only one of the two can use it up; or their address was corrected.
    const now = await platform.records.for(actor).find(userKind, user.id);
    if (now?.data.status !== 'active') throw accountFault('platform.link_invalid', {}, error);
  }
}
