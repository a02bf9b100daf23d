import * as z from 'zod';
import { defineRecord } from '../records/index.ts';

/** A key with which a machine acts: named, narrowed to permissions, expiring. Its secret stands apart. */
export const ApiKey = z.strictObject({
  name: z.string(),
  permissions: z.array(z.string()),
  /** Who made it. It never may more than they may at the time, and nothing once they are disabled. */
  maker: z.string(),
  expiresAt: z.string(),
  /** When its maker was given its secret, the last time. */
  secretIssuedAt: z.string().optional(),
  status: z.enum(['active', 'revoked']),
});
export type ApiKeyData = z.infer<typeof ApiKey>;

export const apiKeyKind = defineRecord({
  name: 'platform.api_key',
  prefix: 'key',
  home: { fixed: 'directory' },
  schema: ApiKey,
  indexed: ({ status }) => ({ status }),
  owner: ({ maker }) => maker,
  readPermission: 'platform.api_key:read',
});

const FORM = /^tsk_([0-9a-z]{26})_([\w-]{43})$/;

/** The text of a key, which tells its id, so that finding it is one read. `secret` is 32 random bytes. */
export function apiKeyText(id: string, secret: Uint8Array): string {
  return `tsk_${id.slice('key_'.length)}_${Buffer.from(secret).toString('base64url')}`;
}

/** Whether a bearer token is meant to be a key of ours. */
export function looksLikeApiKey(token: string): boolean {
  return token.startsWith('tsk_');
}

/** The id of the key that a text claims to be. */
export function idOfApiKey(token: string): string | undefined {
  const key = FORM.exec(token)?.[1];
  return key === undefined ? undefined : `key_${key}`;
}
