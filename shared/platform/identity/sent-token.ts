import { timingSafeEqual } from 'node:crypto';
import type { Credential } from './credential.ts';
import type { IdentityKeys } from './identity-keys.ts';
import { sha256 } from './refresh-token.ts';

/** What a token that goes by mail is for, and for how many seconds it is good. */
export const sentTokens = {
  invitation: { prefix: 'tsi', seconds: 7 * 24 * 60 * 60 },
  reset: { prefix: 'tsp', seconds: 30 * 60 },
} as const;
export type SentTokenPurpose = keyof typeof sentTokens;

/** The token of a mail. The same job makes the same one again, so that a mail sent twice has one link. */
export async function sentToken(
  keys: IdentityKeys,
  purpose: SentTokenPurpose,
  of: { readonly tenant: string; readonly user: string; readonly job: string },
): Promise<{ readonly token: string; readonly hash: string }> {
  const secret = await keys.mark(`${purpose}-mail`, of.tenant, `${of.user}.${of.job}`);
  const token = `${sentTokens[purpose].prefix}_${of.user}.${secret.toString('base64url')}`;
  return { token, hash: sha256(token) };
}

/** Whose token this claims to be and what it is for; undefined when it does not look like one. */
export function readSentToken(
  token: string,
): { readonly purpose: SentTokenPurpose; readonly user: string } | undefined {
  const [, prefix, user] = /^(tsi|tsp)_(usr_[0-9a-z]{26})\.[\w-]{43}$/.exec(token) ?? [];
  if (user === undefined) return undefined;
  return { purpose: prefix === 'tsi' ? 'invitation' : 'reset', user };
}

/** Whether a credential waits for this token, and it has not expired. */
export function isAwaited(
  credential: Pick<Credential, SentTokenPurpose>,
  purpose: SentTokenPurpose,
  token: string,
  now: Date,
): boolean {
  const awaited = credential[purpose];
  if (awaited === null || Date.parse(awaited.expiresAt) <= now.getTime()) return false;
  return timingSafeEqual(Buffer.from(awaited.hash), Buffer.from(sha256(token)));
}
