import * as z from 'zod';
import { defineState } from '../records/index.ts';

/** Says that tokens which are still valid are no longer good: those of a session, or those of a user before a version. */
export const Revocation = z.union([
  z.strictObject({ session: z.string() }),
  z.strictObject({ user: z.string(), version: z.number().int() }),
]);
export type Revocation = z.infer<typeof Revocation>;

/** Revocations stand in scope `directory`, so that a change of a user and what it revokes are one commit. */
export const revocationKind = defineState<Revocation>({ name: 'platform.revocation', schema: Revocation });

/** No access token lives longer, whatever a tenant's policy says. */
export const MAX_TOKEN_SECONDS = 3 * 60 * 60;
/** So long a revocation is needed: the life of a token, and more than clocks ever differ. */
export const REVOCATION_SECONDS = MAX_TOKEN_SECONDS + 15 * 60;

/** What is known of a tenant's revocations. Bounded: the oldest make way for a rule that covers them. */
export type RevocationBook = {
  readonly sessions: ReadonlyMap<string, number>;
  /** User → the oldest version whose tokens are good, and when that was said. */
  readonly users: ReadonlyMap<string, { readonly version: number; readonly at: number }>;
  /** Tokens that were issued up to then (seconds since 1970) are not good; 0 when none was dropped. */
  readonly before: number;
};

export const emptyBook: RevocationBook = { sessions: new Map(), users: new Map(), before: 0 };

const MOST = 10_000;

/**
 * The book with what was said since, without what no token is old enough for. When more was said than fits, everybody's
 * older tokens count as revoked: they are renewed by one refresh, and nothing that was revoked comes back.
 */
export function readInto(
  book: RevocationBook,
  said: readonly { readonly at: number; readonly data: Revocation }[],
  nowSeconds: number,
  most = MOST,
): RevocationBook {
  const sessions = new Map(book.sessions);
  const users = new Map(book.users);
  for (const { at, data } of said) {
    if ('session' in data) sessions.set(data.session, at);
    else if (data.version >= (users.get(data.user)?.version ?? 0))
      users.set(data.user, { version: data.version, at });
  }
  const oldest = nowSeconds - REVOCATION_SECONDS;
  const times = [...sessions.values(), ...[...users.values()].map(({ at }) => at)];
  const dropped = times.length <= most ? 0 : (times.toSorted((left, right) => right - left)[most] ?? 0);
  const keepFrom = Math.max(oldest, dropped);
  for (const [id, at] of sessions) if (at <= keepFrom) sessions.delete(id);
  for (const [id, { at }] of users) if (at <= keepFrom) users.delete(id);
  return { sessions, users, before: Math.max(book.before, dropped) };
}

/** Whether the book says that a token is no longer good. */
export function isRevoked(
  book: RevocationBook,
  token: {
    readonly user: string;
    readonly session?: string | undefined;
    readonly client?: string | undefined;
    readonly version?: number | undefined;
    readonly issuedAt: number;
  },
): boolean {
  if (token.issuedAt <= book.before) return true;
  const holders = [token.session, token.client];
  if (holders.some(holder => holder !== undefined && book.sessions.has(holder))) return true;
  const user = book.users.get(token.user);
  return user !== undefined && (token.version ?? 0) < user.version;
}
