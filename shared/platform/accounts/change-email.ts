import { timingSafeEqual } from 'node:crypto';
import { AppError, type Caller, secondsAfter, timestamp } from '../../kernel/index.ts';
import type { Capabilities } from '../capabilities/index.ts';
import {
  askedChange,
  type EmailChange,
  emailChangeId,
  emailChangeKind,
  emailClaim,
  isSameAddress,
  readSentToken,
  sentToken,
  sentTokens,
  sessionKind,
  type UserData,
  userKind,
} from '../identity/index.ts';
import {
  type CommitRequest,
  onFresh,
  RepeatedRequest,
  type Saved,
  type Scope,
  type State,
  type StoredReply,
} from '../records/index.ts';
import { readCredential } from './change-credential.ts';
import { emailChangeWrite } from './email-wish.ts';
import { endAllSessions } from './end-sessions.ts';
import { accountFault } from './faults.ts';
import { letterTo } from './letters.ts';
import { securityAction } from './security-event.ts';

type Pending = NonNullable<EmailChange['pending']>;

/**
 * Asks for another address of one's own. A letter to it holds the link that makes the change, one to the address of now says so.
 * Whoever asks hears the same whether the other address is somebody's or not: then that one is told, by a letter, and nothing
 * else happens. At most three in an hour; the answer is committed with the wish. Who has no password here comes from an issuer,
 * which says what their address is.
 */
export async function askForEmail(
  platform: Capabilities,
  caller: Caller,
  email: string,
): Promise<StoredReply> {
  const records = platform.records.for(caller);
  const directory = records.scope('directory');
  const reply: StoredReply = { status: 202, headers: {}, body: undefined };
  const load = async () => {
    const [before, user, { data: credential }, kept] = await Promise.all([
      directory.repeated(),
      records.get(userKind, caller.user),
      readCredential(records.scope(caller.user)),
      directory.state(emailChangeKind, emailChangeId(caller.user)),
    ]);
    // The answer stands where the wish does, and not with what else they ask about themself.
    if (before !== undefined) throw new RepeatedRequest(before);
    if (isSameAddress(user.data.email, email)) throw accountFault('platform.email_unchanged');
    if (credential.passwordHash === null) throw accountFault('platform.email_of_issuer');
    return { user, credential, kept };
  };
  return onFresh(load, async ({ user, credential, kept }) => {
    const now = platform.now();
    const [link, notice] = [
      letterTo(platform, caller, 'email_change', user.id, 'directory'),
      letterTo(platform, caller, 'email_change_asked', user.id, 'directory'),
    ];
    const pending = {
      ...{ job: jobOf(link), email, session: caller.via?.id ?? null },
      passwordSetAt: credential.passwordSetAt,
      expiresAt: timestamp(secondsAfter(now, sentTokens.email.seconds)),
    };
    const before = kept?.data ?? { user: user.id, asked: [], pending: null, notices: [] };
    const next = askedChange(before, pending, { job: jobOf(notice), email: user.data.email }, now);
    if (next === undefined) return reply;
    const committed = await directory.commit({
      ...securityAction('email_change_asked'),
      create: [...(link.create ?? []), ...(notice.create ?? [])],
      jobs: [...(link.jobs ?? []), ...(notice.jobs ?? [])],
      states: [emailChangeWrite(kept, next)],
      reply: () => reply,
    });
    return committed.reply ?? reply;
  });
}

/**
 * Makes the change that a letter's link stands for: the address, its claim and the end of the old one's in one commit, and a
 * letter to the old address. The link is good once, while nobody has taken the address, the password is the one of then and the session that
 * asked stands. The other sessions end, and before: what is cut off in between can be done again.
 */
export async function confirmEmail(platform: Capabilities, caller: Caller, token: string): Promise<void> {
  const claimed = readSentToken(token);
  if (claimed?.purpose !== 'email') throw accountFault('platform.link_invalid');
  const records = platform.records.for(caller);
  const load = async () => {
    const user = await records.find(userKind, claimed.user);
    const kept = await records.scope('directory').state(emailChangeKind, emailChangeId(claimed.user));
    const pending = kept?.data.pending;
    if (user?.data.status !== 'active' || kept === undefined || pending == null)
      throw accountFault('platform.link_invalid');
    const isGood = await isTokenOf(platform, caller, user.id, pending.job, token);
    if (!isGood || Date.parse(pending.expiresAt) <= platform.now().getTime())
      throw accountFault('platform.link_invalid');
    if (!(await isAsItWas(records.scope(user.id), pending))) throw accountFault('platform.link_invalid');
    return { user, kept, pending };
  };
  await onFresh(load, ({ user, kept, pending }) => {
    const actor = { ...caller, user: user.id, name: user.data.name };
    return move(platform, actor, user, kept, pending);
  });
  platform.directory.forget(caller.tenant);
}

/** Whether somebody's account is as it was when they asked: with the same password, and the session that asked has not been ended. */
async function isAsItWas(own: Scope, { passwordSetAt, session }: Pending): Promise<boolean> {
  const [credential, asker] = await Promise.all([
    readCredential(own),
    session === null ? undefined : own.state(sessionKind, session),
  ]);
  return (
    credential.data.passwordSetAt === passwordSetAt && (session === null || asker?.data.endedAt === null)
  );
}

async function move(
  platform: Capabilities,
  actor: Caller,
  user: Saved<UserData>,
  kept: State<EmailChange>,
  { email, session }: Pending,
): Promise<void> {
  const directory = platform.records.for(actor).scope('directory');
  const claim = emailClaim(await platform.blindIndex(actor.tenant), email);
  if ((await directory.claimOwner(claim)) !== undefined) throw accountFault('platform.link_invalid');
  await endAllSessions(platform, actor, user.id, session ?? undefined);
  const letter = letterTo(platform, actor, 'email_changed', user.id, 'directory');
  const notices = [...kept.data.notices, { job: jobOf(letter), email: user.data.email }];
  try {
    await directory.commit({
      ...letter,
      ...(await addressMoved(platform, actor, user, email)),
      action: 'platform.user.email_changed',
      update: [{ record: user, data: { ...user.data, email } }],
      states: [emailChangeWrite(kept, { ...kept.data, pending: null, notices })],
    });
  } catch (error) {
    // Somebody else was quicker to it.
    if (error instanceof AppError && error.code === 'platform.claim_taken')
      throw accountFault('platform.link_invalid', {}, error);
    throw error;
  }
}

/** The parts of a commit in the directory that take another address for a person and let go of the present one. */
export async function addressMoved(
  platform: Capabilities,
  caller: Caller,
  user: Saved<UserData>,
  email: string,
): Promise<Pick<CommitRequest, 'claims' | 'release'>> {
  const blind = await platform.blindIndex(caller.tenant);
  const held = await platform.records
    .for(caller)
    .scope('directory')
    .heldClaim(emailClaim(blind, user.data.email));
  return {
    claims: [{ id: emailClaim(blind, email), owner: user.id }],
    release: held?.owner === user.id ? [held] : [],
  };
}

function jobOf({ jobs = [] }: Pick<CommitRequest, 'jobs'>): string {
  return jobs[0]?.id ?? '';
}

async function isTokenOf(
  platform: Capabilities,
  { tenant }: Caller,
  user: string,
  job: string,
  token: string,
): Promise<boolean> {
  const { token: expected } = await sentToken(platform.identityKeys, 'email', { tenant, user, job });
  const [left, right] = [Buffer.from(expected), Buffer.from(token)];
  return left.length === right.length && timingSafeEqual(left, right);
}
