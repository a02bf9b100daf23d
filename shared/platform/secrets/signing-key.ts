import type { CryptographyClient, KeyVaultKey } from '@azure/keyvault-keys';
import { askVault } from './faults.ts';
import type { VaultOptions } from './vault.ts';

/** A P-256 key in Key Vault: signing happens there, verifying here. */
export type SigningKey = {
  currentId(): Promise<string>;
  /** ECDSA P-256 over a SHA-256 digest: 64 bytes, r and s (RFC 7518 section 3.4). */
  sign(digest: Uint8Array): Promise<Uint8Array>;
  /** Enabled versions as JWKs, newest first. */
  publicKeys(): Promise<readonly Record<string, string>[]>;
  /** Makes the key when the vault has none. For provisioning. */
  ensure(): Promise<void>;
};

type Opened = {
  readonly key: KeyVaultKey;
  readonly cryptography: CryptographyClient;
  readonly until: number;
};

const KEEP_MILLISECONDS = 10 * 60_000;

/** The key `name` of the vault; read anew every ten minutes, so that a rotation is followed. */
export function openSigningKey(options: VaultOptions, name: string, now: () => Date): SigningKey {
  let opened: Promise<Opened> | undefined;
  const current = async (): Promise<Opened> => {
    const known = await opened?.catch(() => undefined);
    if (known !== undefined && known.until > now().getTime()) return known;
    opened = open(options, name, now().getTime() + KEEP_MILLISECONDS);
    return opened;
  };
  return {
    currentId: async () => keyId((await current()).key),
    sign: async digest => {
      const { cryptography } = await current();
      return (await askVault(() => cryptography.sign('ES256', digest))).result;
    },
    publicKeys: async () => [publicJwk((await current()).key)],
    ensure: async () => {
      const { KeyClient } = await import('@azure/keyvault-keys');
      const client = new KeyClient(options.endpoint, options.credential, verification(options));
      try {
        await askVault(() => client.getKey(name));
      } catch (error) {
        if ((error as { statusCode?: unknown }).statusCode !== 404) throw error;
        await askVault(() => client.createEcKey(name, { curve: 'P-256', keyOps: ['sign', 'verify'] }));
      }
    },
  };
}

async function open(options: VaultOptions, name: string, until: number): Promise<Opened> {
  const { CryptographyClient, KeyClient } = await import('@azure/keyvault-keys');
  const client = new KeyClient(options.endpoint, options.credential, verification(options));
  const key = await askVault(() => client.getKey(name));
  return { key, cryptography: new CryptographyClient(key, options.credential, verification(options)), until };
}

function verification(options: VaultOptions): { readonly disableChallengeResourceVerification: boolean } {
  return { disableChallengeResourceVerification: !options.challengeVerification };
}

function keyId(key: KeyVaultKey): string {
  return key.properties.version ?? key.name;
}

function publicJwk(key: KeyVaultKey): Record<string, string> {
  const { x, y } = key.key ?? {};
  if (x === undefined || y === undefined) throw new Error(`key ${key.name} is not an elliptic curve key`);
  return {
    kty: 'EC',
    crv: 'P-256',
    x: Buffer.from(x).toString('base64url'),
    y: Buffer.from(y).toString('base64url'),
    kid: keyId(key),
    alg: 'ES256',
    use: 'sig',
  };
}
