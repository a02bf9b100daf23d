import { timingSafeEqual } from 'node:crypto';
import type { Credential } from './credential.ts';
import type { IdentityKeys } from './identity-keys.ts';
import { sha256 } from './refresh-token.ts';

/** What a token that goes by mail is for, and for how many seconds it is good. */
export const sentTokens = {
  invitation: { prefix: 'tsi', seconds: 7 * 24 * 60 * 60 },
  reset: { prefix: 'tsp', seconds: 30 * 60 },
  /** Does not wait in the credential: what it is for stands beside the address's claim. */
  email: { prefix: 'tse', seconds: 60 * 60 },
} as const;
export type SentTokenPurpose = keyof typeof sentTokens;
/** Those that give a password, and wait in the credential. */
export type PasswordTokenPurpose = Exclude<SentTokenPurpose, 'email'>;

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
  const [, prefix, user] = /^(ts[ipe])_(usr_[0-9a-z]{26})\.[\w-]{43}$/.exec(token) ?? [];
  const purposes = ['invitation', 'reset', 'email'] as const;
  const purpose = purposes.find(each => sentTokens[each].prefix === prefix);
  return user === undefined || purpose === undefined ? undefined : { purpose, user };
}

/**
 * Whether a credential waits for this token, and it has not expired. `to` is the claim of the address of now: what was sent to
 * another one is good for nothing any more.
 */
export function isAwaited(
  { invitation, resets }: Pick<Credential, 'invitation' | 'resets'>,
  purpose: PasswordTokenPurpose,
  token: string,
  { now, to }: { readonly now: Date; readonly to: string },
): boolean {
  const hash = Buffer.from(sha256(token));
  const awaited = purpose === 'reset' ? resets : invitation === null ? [] : [invitation];
  return awaited
    .filter(({ expiresAt }) => Date.parse(expiresAt) > now.getTime())
    .filter(sent => sent.to === undefined || sent.to === to)
    .some(sent => timingSafeEqual(Buffer.from(sent.hash), hash));
}

/** The credential when it waits for one more token: of invitations the newest is good, of resets each while it lives. */
export function awaiting(
  credential: Credential,
  purpose: PasswordTokenPurpose,
  sent: Credential['resets'][number],
  now: Date,
): Credential {
  if (purpose === 'invitation') return { ...credential, invitation: sent };
  // A letter whose job runs twice has one link.
  const others = credential.resets.filter(
    ({ hash, expiresAt }) => hash !== sent.hash && Date.parse(expiresAt) > now.getTime(),
  );
  return { ...credential, resets: [...others, sent] };
}
