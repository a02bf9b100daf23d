import type { CryptographyClient, KeyClient } from '@azure/keyvault-keys';
import { askVault } from './faults.ts';
import type { VaultOptions } from './vault.ts';

/** Bytes that only a key in Key Vault brings back; `key` is the id of its very version. */
export type Wrapped = { readonly key: string; readonly bytes: string };

/** An RSA key that never leaves Key Vault and wraps other keys (RSA-OAEP-256, RFC 8017 section 7.1). */
export type WrappingKey = {
  /** By the newest version. A vault that has no such key, and lets us, gets one. */
  wrap(bytes: Uint8Array): Promise<Wrapped>;
  /** By whichever version wrapped them. */
  unwrap(wrapped: Wrapped): Promise<Uint8Array>;
};

const ALGORITHM = 'RSA-OAEP-256';
const BITS = 3072;
const KEEP_MOST = 1000;

/** The key `name` of the vault. The SDK is loaded by the first call. Outages become `platform.vault_unavailable`. */
export function openWrappingKey(options: VaultOptions, name: string): WrappingKey {
  const versions = new Map<string, Promise<CryptographyClient>>();
  const versionOf = (id: string): Promise<CryptographyClient> => {
    const opened = versions.get(id) ?? openVersion(options, id);
    if (versions.size >= KEEP_MOST) versions.clear();
    versions.set(id, opened);
    return opened;
  };
  return {
    wrap: async bytes => {
      const id = await newestOf(await openClient(options), name);
      const version = await versionOf(id);
      const { result } = await askVault(() => version.wrapKey(ALGORITHM, bytes));
      return { key: id, bytes: Buffer.from(result).toString('base64url') };
    },
    unwrap: async ({ key, bytes }) => {
      const version = await versionOf(key);
      const { result } = await askVault(() => version.unwrapKey(ALGORITHM, Buffer.from(bytes, 'base64url')));
      return result;
    },
  };
}

/** Templates make the key where apps may not. Two that make it at once make two versions, and each unwraps what it wrapped. */
async function newestOf(client: KeyClient, name: string): Promise<string> {
  try {
    return (await askVault(() => client.getKey(name))).id ?? '';
  } catch (error) {
    if ((error as { statusCode?: unknown }).statusCode !== 404) throw error;
    const key = { keySize: BITS, keyOps: ['wrapKey', 'unwrapKey'] };
    return (await askVault(() => client.createRsaKey(name, key))).id ?? '';
  }
}

async function openClient(options: VaultOptions): Promise<KeyClient> {
  const { KeyClient } = await import('@azure/keyvault-keys');
  return new KeyClient(options.endpoint, options.credential, verification(options));
}

async function openVersion(options: VaultOptions, id: string): Promise<CryptographyClient> {
  const { CryptographyClient } = await import('@azure/keyvault-keys');
  return new CryptographyClient(id, options.credential, verification(options));
}

function verification(options: VaultOptions): { readonly disableChallengeResourceVerification: boolean } {
  return { disableChallengeResourceVerification: !options.challengeVerification };
}
