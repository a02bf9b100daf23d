import { randomBytes } from 'node:crypto';
import { type Caller, joinId, secondsAfter, timestamp } from '../../kernel/index.ts';
import type { Capabilities } from '../capabilities/index.ts';
import {
  makeRefreshToken,
  REFRESH_SECONDS,
  SESSION_SECONDS,
  type Session,
  sessionKind,
  type UserData,
} from '../identity/index.ts';
import type { Saved, StateWrite } from '../records/index.ts';

export type Device = { readonly agent: string | null; readonly address: string | null };

/** How the user proved who they are, and what the session is narrowed to. */
export type Entrance = {
  readonly methods: readonly string[];
  /** Undefined when nobody can tell: then there is no fresh proof. */
  readonly authTime: Date | undefined;
  readonly client?: string | undefined;
  readonly permissions?: readonly string[] | undefined;
};

/** Everything a client gets of a session. Lives in seconds. */
export type SessionTokens = {
  readonly session: string;
  readonly accessToken: string;
  readonly expiresIn: number;
  readonly refreshToken: string;
  readonly refreshExpiresIn: number;
};

export type LoggedIn = { readonly user: Saved<UserData>; readonly tokens: SessionTokens };

export type NewSession = {
  readonly id: string;
  readonly data: Session;
  readonly write: StateWrite;
  readonly refreshToken: string;
};

/** A day more than the token lives, so that its late use is still told apart from a guess. */
const KEPT_SECONDS = REFRESH_SECONDS + 24 * 60 * 60;

/** A session that a commit in the user's scope will make. */
export async function newSession(
  platform: Capabilities,
  caller: Caller,
  user: string,
  device: Device,
  entrance: Entrance,
): Promise<NewSession> {
  const id = joinId('ses', undefined, platform.newKey());
  const now = platform.now();
  const made = await makeRefreshToken(
    platform.identityKeys,
    caller.tenant,
    { user, session: id, generation: 1 },
    randomBytes(32),
  );
  const data: Session = {
    user,
    createdAt: timestamp(now),
    lastUsedAt: timestamp(now),
    expiresAt: timestamp(secondsAfter(now, REFRESH_SECONDS)),
    endsAt: timestamp(secondsAfter(now, SESSION_SECONDS)),
    endedAt: null,
    generation: 1,
    tokenHash: made.hash,
    authTime: entrance.authTime === undefined ? null : Math.floor(entrance.authTime.getTime() / 1000),
    methods: [...entrance.methods],
    client: entrance.client ?? null,
    permissions: entrance.permissions === undefined ? null : [...entrance.permissions],
    agent: device.agent,
    address: device.address,
  };
  return { id, data, write: sessionWrite(id, data, undefined), refreshToken: made.token };
}

/** How a session is written. */
export function sessionWrite(
  id: string,
  data: Session,
  etag: string | undefined,
): StateWrite & { data: Session } {
  return { kind: sessionKind, id, data, etag, ttlSeconds: KEPT_SECONDS };
}

/** An access token of a session that stands. */
export async function accessTokenOf(
  platform: Capabilities,
  caller: Caller,
  user: Pick<Saved<UserData>, 'id' | 'version' | 'data'>,
  session: { readonly id: string; readonly data: Session },
): Promise<{ readonly accessToken: string; readonly expiresIn: number }> {
  const { policy } = await platform.directory.of(caller.tenant);
  const expiresIn = policy.accessTokenMinutes * 60;
  const { authTime, methods, client, permissions } = session.data;
  const accessToken = await platform.identity.issue(
    {
      user: user.id,
      tenant: caller.tenant,
      name: user.data.name,
      roles: user.data.roles,
      branches: user.data.branches ?? undefined,
      locale: user.data.locale,
      session: session.id,
      version: user.version,
      authTime: authTime ?? undefined,
      methods,
      client: client ?? undefined,
      permissions: permissions ?? undefined,
    },
    expiresIn,
  );
  return { accessToken, expiresIn };
}

/** The tokens of a session that stands. */
export async function tokensOf(
  platform: Capabilities,
  caller: Caller,
  user: Pick<Saved<UserData>, 'id' | 'version' | 'data'>,
  session: { readonly id: string; readonly data: Session; readonly refreshToken: string },
): Promise<SessionTokens> {
  const access = await accessTokenOf(platform, caller, user, session);
  const left = Math.round((Date.parse(session.data.expiresAt) - platform.now().getTime()) / 1000);
  return {
    session: session.id,
    ...access,
    refreshToken: session.refreshToken,
    refreshExpiresIn: Math.max(0, left),
  };
}
