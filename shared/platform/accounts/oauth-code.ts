import { randomBytes } from 'node:crypto';
import { AppError, type Caller, secondsAfter, timestamp } from '../../kernel/index.ts';
import type { Capabilities } from '../capabilities/index.ts';
import {
  type AuthorizationCode,
  authorizationCodeKind,
  CODE_SECONDS,
  fitsChallenge,
  type OAuthClientData,
  sha256,
  userKind,
} from '../identity/index.ts';
import type { Saved } from '../records/index.ts';
import { endSessions } from './end-sessions.ts';
import { oauthFault } from './oauth-faults.ts';
import { securityAction } from './security-event.ts';
import { type Device, newSession, type SessionTokens, sessionWrite, tokensOf } from './session-tokens.ts';

/** So long a code that was used is known, so that its second use ends what it was exchanged for. */
const KEPT_SECONDS = 60 * 60;

/** A code for what a user has just allowed: good for one use and for a minute. */
export async function makeCode(
  platform: Capabilities,
  caller: Caller,
  client: string,
  grant: Omit<AuthorizationCode, 'expiresAt' | 'session'>,
): Promise<string> {
  const code = `tsa_${randomBytes(32).toString('base64url')}`;
  const expiresAt = timestamp(secondsAfter(platform.now(), CODE_SECONDS));
  await platform.records
    .for(caller)
    .scope(client)
    .saveState({
      kind: authorizationCodeKind,
      id: `code_${sha256(code)}`,
      data: { ...grant, expiresAt, session: null },
      etag: undefined,
      ttlSeconds: KEPT_SECONDS,
    });
  return code;
}

export type CodeRequest = {
  readonly code: string;
  readonly redirectUri: string;
  readonly verifier: string;
  readonly device: Device;
};

/**
 * A code for a session (RFC 6749 section 4.1.3, RFC 7636 section 4.6). It is used up under its ETag before the session is
 * made; whoever brings it again ends that session (RFC 6749 section 10.5).
 */
export async function exchangeCode(
  platform: Capabilities,
  caller: Caller,
  client: Saved<OAuthClientData>,
  { code, redirectUri, verifier, device }: CodeRequest,
): Promise<SessionTokens> {
  const records = platform.records.for(caller);
  const scope = records.scope(client.id);
  const id = `code_${sha256(code)}`;
  const kept = await scope.state(authorizationCodeKind, id);
  if (kept === undefined) throw oauthFault('platform.oauth.invalid_grant');
  const { data } = kept;
  if (data.session !== null) {
    await barSession(platform, caller, client.id, data.user, data.session);
    await endSessions(platform, caller, data.user, [data.session], 'code_reused');
    throw oauthFault('platform.oauth.invalid_grant');
  }
  const isGood =
    data.expiresAt > timestamp(platform.now()) &&
    data.redirectUri === redirectUri &&
    fitsChallenge(verifier, data.challenge);
  const user = await records.find(userKind, data.user);
  if (!isGood || user?.data.status !== 'active') throw oauthFault('platform.oauth.invalid_grant');
  const actor = { ...caller, user: user.id, name: user.data.name };
  const session = await newSession(platform, actor, user.id, device, {
    methods: data.methods,
    authTime: data.authTime === null ? undefined : new Date(data.authTime * 1000),
    client: client.id,
    permissions: data.permissions,
  });
  const used = { ...data, session: session.id };
  const write = { kind: authorizationCodeKind, id, data: used, etag: kept.etag, ttlSeconds: KEPT_SECONDS };
  if ((await scope.saveState(write)) === undefined) {
    // Somebody brought it at the same time, so it was brought twice.
    return exchangeCode(platform, caller, client, { code, redirectUri, verifier, device });
  }
  try {
    const commit = { ...securityAction('login_succeeded'), states: [session.write] };
    await platform.records.for(actor).scope(user.id).commit(commit);
  } catch (error) {
    if (error instanceof AppError && error.code === 'platform.version_stale')
      throw oauthFault('platform.oauth.invalid_grant', {}, error);
    throw error;
  }
  return tokensOf(platform, caller, user, session);
}

/** A session that is about to be made for a code that came twice is ended before it begins. */
async function barSession(
  platform: Capabilities,
  caller: Caller,
  client: string,
  user: string,
  id: string,
): Promise<void> {
  const none = { agent: null, address: null };
  const entrance = { methods: [], authTime: platform.now(), client };
  const { data } = await newSession(platform, caller, user, none, entrance);
  const ended = { ...data, endedAt: timestamp(platform.now()) };
  await platform.records
    .for(caller)
    .scope(user)
    .saveState(sessionWrite(id, ended, undefined));
}
