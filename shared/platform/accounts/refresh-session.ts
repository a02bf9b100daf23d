import { randomBytes } from 'node:crypto';
import type { Caller } from '../../kernel/index.ts';
import type { Capabilities } from '../capabilities/index.ts';
import {
  decideRefresh,
  makeRefreshToken,
  readRefreshToken,
  rotated,
  sessionKind,
  userKind,
} from '../identity/index.ts';
import { endSessions } from './end-sessions.ts';
import { accountFault } from './faults.ts';
import { type SessionTokens, sessionWrite, tokensOf } from './session-tokens.ts';

/**
 * A refresh token for the next one and a new access token: two reads and one write. The rotation is written under the
 * session's ETag, so of many that bring the same token one gets its successor. The others have used it again, and the
 * family ends: nobody can tell a thief from a client that asks twice (RFC 9700 section 4.14.2), and there is no time of
 * grace. Clients ask once at a time.
 */
export async function refreshSession(
  platform: Capabilities,
  caller: Caller,
  refreshToken: string,
  client: string | undefined,
): Promise<SessionTokens> {
  const keys = platform.identityKeys;
  const token = await readRefreshToken(keys, caller.tenant, refreshToken);
  if (token === undefined) throw accountFault('platform.refresh_invalid');
  const records = platform.records.for(caller);
  const scope = records.scope(token.user);
  const [kept, user] = await Promise.all([
    scope.state(sessionKind, token.session),
    records.find(userKind, token.user),
  ]);
  if (kept === undefined || kept.data.client !== (client ?? null))
    throw accountFault('platform.refresh_invalid');
  if (user?.data.status !== 'active') throw accountFault('platform.refresh_invalid');
  const now = platform.now();
  const decision = decideRefresh(kept.data, token, now);
  if (decision === 'ended') throw accountFault('platform.refresh_invalid');
  if (decision === 'reused') return endFamily(platform, caller, token);
  const { generation } = kept.data;
  const next = await makeRefreshToken(
    keys,
    caller.tenant,
    { user: user.id, session: token.session, generation: generation + 1 },
    randomBytes(32),
  );
  const data = rotated(kept.data, next.hash, now);
  const saved = await scope.saveState(sessionWrite(token.session, data, kept.etag));
  if (saved === undefined) return endFamily(platform, caller, token);
  return tokensOf(platform, caller, user, { id: token.session, data, refreshToken: next.token });
}

/** Ends the session whose token came twice, with everything that was issued in it. */
async function endFamily(
  platform: Capabilities,
  caller: Caller,
  token: { readonly user: string; readonly session: string },
): Promise<never> {
  await endSessions(platform, caller, token.user, [token.session], 'refresh_reused');
  throw accountFault('platform.refresh_reused');
}
