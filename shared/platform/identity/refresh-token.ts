import { createHash, timingSafeEqual } from 'node:crypto';
import type { IdentityKeys } from './identity-keys.ts';

/**
 * What a refresh token says: whose it is and which one of its family, a secret, and our mark over all of it. The mark
 * tells an old token of ours from a guess, so that nobody can end a stranger's session by guessing, and the family need
 * not remember its past. Stored as SHA-256 alone.
 */
export type RefreshToken = {
  readonly user: string;
  readonly session: string;
  readonly generation: number;
  readonly hash: string;
};

const FORM = /^tsr_(usr_[0-9a-z]{26})\.(ses_[0-9a-z]{26})\.(\d{1,9})\.([\w-]{43})\.([\w-]{22})$/;

/** A new refresh token. `secret` is 32 random bytes. */
export async function makeRefreshToken(
  keys: IdentityKeys,
  tenant: string,
  of: { readonly user: string; readonly session: string; readonly generation: number },
  secret: Uint8Array,
): Promise<{ readonly token: string; readonly hash: string }> {
  const body = `${of.user}.${of.session}.${of.generation}.${Buffer.from(secret).toString('base64url')}`;
  const token = `tsr_${body}.${await markOf(keys, tenant, body)}`;
  return { token, hash: sha256(token) };
}

/** What a refresh token of this tenant says; undefined when it is not one of ours. */
export async function readRefreshToken(
  keys: IdentityKeys,
  tenant: string,
  token: string,
): Promise<RefreshToken | undefined> {
  const [, user = '', session = '', generation = '', secret = '', mark = ''] = FORM.exec(token) ?? [];
  if (mark === '') return undefined;
  const expected = await markOf(keys, tenant, `${user}.${session}.${generation}.${secret}`);
  if (!timingSafeEqual(Buffer.from(mark), Buffer.from(expected))) return undefined;
  return { user, session, generation: Number(generation), hash: sha256(token) };
}

async function markOf(keys: IdentityKeys, tenant: string, body: string): Promise<string> {
  return (await keys.mark('refresh-token', tenant, body)).subarray(0, 16).toString('base64url');
}

/** SHA-256 as lower-case hex: enough for what is random, never for what people choose. */
export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
