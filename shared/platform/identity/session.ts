import * as z from 'zod';
import { secondsAfter, timestamp } from '../../kernel/index.ts';
import { defineState } from '../records/index.ts';

/** One login on one device: a family of refresh tokens of which only the newest is good. */
export const Session = z
  .strictObject({
    user: z.string(),
    createdAt: z.string(),
    lastUsedAt: z.string(),
    /** When the newest refresh token expires. */
    expiresAt: z.string(),
    /** However often it is refreshed, the session ends then. */
    endsAt: z.string(),
    endedAt: z.string().nullable(),
    /** How often the refresh token was rotated. */
    generation: z.number().int(),
    /** SHA-256 of the newest refresh token. */
    tokenHash: z.string(),
    /** Seconds since 1970; null when an issuer did not say when somebody last showed it who they are. */
    authTime: z.number().int().nullable(),
    methods: z.array(z.string()),
    /** The OAuth client that holds the tokens, and the permissions that the user let it have. */
    client: z.string().nullable(),
    permissions: z.array(z.string()).nullable(),
    /** What the device said of itself, and where it was. */
    agent: z.string().nullable().meta({ personal: true }),
    address: z.string().nullable().meta({ personal: true }),
  })
  .meta({ person: 'user' });
export type Session = z.infer<typeof Session>;

export const sessionKind = defineState<Session>({ name: 'platform.session', schema: Session });

/** A refresh token lives for 14 days, and the session for 90 however often it is refreshed. */
export const REFRESH_SECONDS = 14 * 24 * 60 * 60;
export const SESSION_SECONDS = 90 * 24 * 60 * 60;

/** What becomes of a refresh token that bears our mark. */
export type RefreshDecision = 'rotate' | 'reused' | 'ended';

/**
 * Whether a token of our own making is the newest of its family (RFC 9700 section 4.14). An older one in a session that
 * is still open has been used before: by a thief or after one, so the family ends.
 */
export function decideRefresh(
  session: Pick<Session, 'generation' | 'tokenHash' | 'endedAt' | 'expiresAt' | 'endsAt'>,
  token: { readonly generation: number; readonly hash: string },
  now: Date,
): RefreshDecision {
  const time = timestamp(now);
  if (session.endedAt !== null || session.expiresAt <= time || session.endsAt <= time) return 'ended';
  return token.generation === session.generation && token.hash === session.tokenHash ? 'rotate' : 'reused';
}

/** The session after a rotation. */
export function rotated(session: Session, tokenHash: string, now: Date): Session {
  return {
    ...session,
    generation: session.generation + 1,
    tokenHash,
    lastUsedAt: timestamp(now),
    expiresAt: earlier(timestamp(secondsAfter(now, REFRESH_SECONDS)), session.endsAt),
  };
}

function earlier(left: string, right: string): string {
  return left < right ? left : right;
}
