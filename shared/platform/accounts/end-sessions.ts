import { AppError, type Caller, joinId, secondsAfter, timestamp } from '../../kernel/index.ts';
import type { Capabilities } from '../capabilities/index.ts';
import {
  REVOCATION_SECONDS,
  type Revocation,
  revocationKind,
  SESSION_SECONDS,
  type Session,
  sessionKind,
} from '../identity/index.ts';
import { recordFault, type State, type StateWrite } from '../records/index.ts';
import { dropEmailChange } from './email-wish.ts';
import { type SecurityEvent, securityAction } from './security-event.ts';
import { sessionWrite } from './session-tokens.ts';

/** A batch takes 100 operations. */
const MOST_AT_ONCE = 90;
const MOST_TRIES = 20;

/** How a revocation is written, in scope `directory`. */
export function revocationWrite(platform: Capabilities, data: Revocation): StateWrite & { data: Revocation } {
  const id = joinId('rev', undefined, platform.newKey());
  return { kind: revocationKind, id, data, etag: undefined, ttlSeconds: REVOCATION_SECONDS };
}

/** The sessions of a user that stand. */
export async function openSessions(
  platform: Capabilities,
  caller: Caller,
  user: string,
): Promise<readonly State<Session>[]> {
  const scope = platform.records.for(caller).scope(user);
  const now = platform.now();
  const states = await scope.states(sessionKind, secondsAfter(now, -SESSION_SECONDS));
  const time = timestamp(now);
  return states.filter(({ data }) => data.endedAt === null && data.expiresAt > time && data.endsAt > time);
}

/**
 * Ends sessions of a user. Their access tokens are revoked first and their refresh tokens then, so that a crash in
 * between leaves something to do again, and nothing that was said done undone. A change of the address that one of them asked
 * for goes with it.
 */
export async function endSessions(
  platform: Capabilities,
  caller: Caller,
  user: string,
  sessions: readonly string[],
  event: SecurityEvent,
): Promise<void> {
  const directory = platform.records.for(caller).scope('directory');
  for (let start = 0; start < sessions.length; start += MOST_AT_ONCE) {
    const some = sessions.slice(start, start + MOST_AT_ONCE);
    await Promise.all(some.map(session => directory.saveState(revocationWrite(platform, { session }))));
    await markEnded(platform, caller, user, some, event);
    await dropEmailChange(platform, caller, user, some);
  }
  platform.directory.forget(caller.tenant);
}

/** Ends every session of a user, but this one. */
export async function endAllSessions(
  platform: Capabilities,
  caller: Caller,
  user: string,
  but?: string,
): Promise<void> {
  const sessions = await openSessions(platform, caller, user);
  const ids = sessions.map(({ id }) => id).filter(id => id !== but);
  await endSessions(platform, caller, user, ids, 'sessions_ended');
}

async function markEnded(
  platform: Capabilities,
  caller: Caller,
  user: string,
  sessions: readonly string[],
  event: SecurityEvent,
): Promise<void> {
  const scope = platform.records.for(caller).scope(user);
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const found = await Promise.all(sessions.map(id => scope.state(sessionKind, id)));
    const open = found.filter(state => state !== undefined).filter(({ data }) => data.endedAt === null);
    if (open.length === 0) return;
    const endedAt = timestamp(platform.now());
    const states = open.map(({ id, data, etag }) => sessionWrite(id, { ...data, endedAt }, etag));
    try {
      await scope.commit({ ...securityAction(event), states });
      return;
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'platform.version_stale') throw error;
    }
  }
  throw recordFault('platform.busy');
}
