import { type Caller, joinId } from '../../kernel/index.ts';
import type { Capabilities } from '../capabilities/index.ts';
import { type OAuthClientData, readRefreshToken, sessionKind, userKind } from '../identity/index.ts';
import type { CommitRequest, Committed, Saved } from '../records/index.ts';
import { endSessions, revocationWrite } from './end-sessions.ts';
import { scopeOf } from './oauth-client.ts';
import { oauthFault } from './oauth-faults.ts';

/** A machine has no refresh token; it asks again. */
const MACHINE_SECONDS = 60 * 60;

/**
 * A token for a machine itself (RFC 6749 section 4.4). It may what the client names, as far as whoever declared the client
 * may it at the time, which each request asks anew, as it does for API keys; so the token names no roles.
 */
export async function machineToken(
  platform: Capabilities,
  caller: Caller,
  client: Saved<OAuthClientData>,
  scope: string | undefined,
): Promise<{ readonly accessToken: string; readonly expiresIn: number; readonly scope: string }> {
  if (client.data.kind !== 'confidential') throw oauthFault('platform.oauth.unauthorized_client');
  const permissions = scopeOf(client.data, scope);
  const maker = await platform.records.for(caller).find(userKind, client.data.maker);
  if (maker?.data.status !== 'active') throw oauthFault('platform.oauth.unauthorized_client');
  const accessToken = await platform.identity.issue(
    {
      user: client.id,
      tenant: caller.tenant,
      name: client.data.name,
      roles: [],
      // Each token is its own: one can be taken back.
      session: joinId('ses', undefined, platform.newKey()),
      version: client.version,
      client: client.id,
      permissions,
    },
    MACHINE_SECONDS,
  );
  return { accessToken, expiresIn: MACHINE_SECONDS, scope: permissions.join(' ') };
}

/**
 * Takes a token back (RFC 7009): the session of a refresh token, or of an access token, if the client holds it. A token
 * that is none of the client's is as good as revoked.
 */
export async function revokeToken(
  platform: Capabilities,
  caller: Caller,
  client: Saved<OAuthClientData>,
  token: string,
): Promise<void> {
  const refresh = await readRefreshToken(platform.identityKeys, caller.tenant, token);
  const access = refresh === undefined ? await platform.identity.verify(token) : undefined;
  const claims = access?.valid === true && access.claims.tenant === caller.tenant ? access.claims : undefined;
  const user = refresh?.user ?? claims?.user;
  const session = refresh?.session ?? claims?.session;
  if (user === undefined || session === undefined) return;
  if (user === client.id) return revokeOwn(platform, caller, session);
  const kept = await platform.records.for(caller).scope(user).state(sessionKind, session);
  if (kept?.data.client === client.id) await endSessions(platform, caller, user, [session], 'sessions_ended');
}

/** Takes back one token of a machine's own. */
async function revokeOwn(platform: Capabilities, caller: Caller, session: string): Promise<void> {
  const directory = platform.records.for(caller).scope('directory');
  await directory.saveState(revocationWrite(platform, { session }));
  platform.directory.forget(caller.tenant);
}

/**
 * Ends a client. Its own tokens name it, and so do those that it holds for people: one revocation
 * covers them all, and its refresh tokens are refused because it is gone.
 */
export async function endClient(
  platform: Capabilities,
  caller: Caller,
  client: Saved<OAuthClientData>,
  reply: NonNullable<CommitRequest['reply']>,
): Promise<Committed> {
  const ended = await platform.records
    .for(caller)
    .scope('directory')
    .commit({
      action: 'platform.oauth_client.revoked',
      update: [{ record: client, data: { ...client.data, status: 'revoked' } }],
      states: [revocationWrite(platform, { session: client.id })],
      reply,
    });
  platform.directory.forget(caller.tenant);
  platform.machines.forget(caller.tenant);
  return ended;
}
