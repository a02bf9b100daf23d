import type { IdentityKeys } from './identity-keys.ts';

const PURPOSE = 'totp-secret';

/** The secret of an authenticator as it is kept: sealed for its tenant. */
export function sealTotpSecret(keys: IdentityKeys, tenant: string, secret: Uint8Array): Promise<string> {
  return keys.seal(PURPOSE, tenant, Buffer.from(secret).toString('base64'));
}

/** The secret of an authenticator that was sealed. */
export async function openTotpSecret(
  keys: IdentityKeys,
  tenant: string,
  sealed: string,
): Promise<Uint8Array> {
  return Buffer.from(await keys.open(PURPOSE, tenant, sealed), 'base64');
}
