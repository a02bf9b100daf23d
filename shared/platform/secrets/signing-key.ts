import type { CryptographyClient, KeyClient, KeyVaultKey } from '@azure/keyvault-keys';
import { askVault } from './faults.ts';
import type { VaultOptions } from './vault.ts';

export type PublicJwk = Readonly<Record<string, string>>;

/** A P-256 key in Key Vault: signing happens there, verifying here. */
export type SigningKey = {
  currentId(): Promise<string>;
  /** ECDSA P-256 over a SHA-256 digest: 64 bytes, r and s (RFC 7518 section 3.4). */
  sign(digest: Uint8Array): Promise<Uint8Array>;
  /** The public key with this id; undefined when the vault has no enabled version of it. */
  publicKey(id: string): Promise<PublicJwk | undefined>;
  /** All enabled versions as JWKs, newest first: tokens live on when the key is rotated. */
  publicKeys(): Promise<readonly PublicJwk[]>;
  /** Makes the key when the vault has none. For provisioning. */
  ensure(): Promise<void>;
};

type Current = {
  readonly key: KeyVaultKey;
  readonly cryptography: CryptographyClient;
  readonly until: number;
};
type Versions = { readonly keys: readonly PublicJwk[]; readonly until: number };

const KEEP_MILLISECONDS = 10 * 60_000;
/** An id that nobody knows makes us ask the vault again, but no more often than this. */
const LOOK_AGAIN_MILLISECONDS = 30_000;
/** Tokens live for hours and keys for months: older versions sign nothing that is still valid. */
const MOST_VERSIONS = 3;

/** The key `name` of the vault. The SDK is loaded by the first call; a rotation is followed within minutes. */
export function openSigningKey(options: VaultOptions, name: string, now: () => Date): SigningKey {
  const time = (): number => now().getTime();
  let opened: Promise<Current> | undefined;
  let listed: Promise<Versions> | undefined;
  const current = async (): Promise<Current> => {
    const known = await opened?.catch(() => undefined);
    if (known !== undefined && known.until > time()) return known;
    opened = readCurrent(options, name, time() + KEEP_MILLISECONDS);
    return opened;
  };
  const versions = async (): Promise<Versions> => {
    const known = await listed?.catch(() => undefined);
    if (known !== undefined && known.until > time()) return known;
    listed = readVersions(options, name, time() + LOOK_AGAIN_MILLISECONDS);
    return listed;
  };
  return {
    currentId: async () => keyId((await current()).key),
    sign: async digest => {
      const { cryptography } = await current();
      return (await askVault(() => cryptography.sign('ES256', digest))).result;
    },
    publicKey: async id => {
      const { key } = await current();
      if (keyId(key) === id) return publicJwk(key);
      return (await versions()).keys.find(({ kid }) => kid === id);
    },
    publicKeys: async () => (await versions()).keys,
    ensure: () => ensureKey(options, name),
  };
}

async function openClient(options: VaultOptions): Promise<KeyClient> {
  const { KeyClient } = await import('@azure/keyvault-keys');
  return new KeyClient(options.endpoint, options.credential, verification(options));
}

async function readCurrent(options: VaultOptions, name: string, until: number): Promise<Current> {
  const { CryptographyClient } = await import('@azure/keyvault-keys');
  const client = await openClient(options);
  const key = await askVault(() => client.getKey(name));
  return { key, cryptography: new CryptographyClient(key, options.credential, verification(options)), until };
}

async function readVersions(options: VaultOptions, name: string, until: number): Promise<Versions> {
  const client = await openClient(options);
  const found: { readonly version: string; readonly createdOn: number }[] = [];
  await askVault(async () => {
    for await (const { version, enabled, createdOn } of client.listPropertiesOfKeyVersions(name)) {
      if (version !== undefined && enabled === true)
        found.push({ version, createdOn: createdOn?.getTime() ?? 0 });
    }
  });
  const newest = found.toSorted((left, right) => right.createdOn - left.createdOn).slice(0, MOST_VERSIONS);
  const keys = await Promise.all(
    newest.map(({ version }) => askVault(() => client.getKey(name, { version }))),
  );
  return { keys: keys.map(publicJwk), until };
}

async function ensureKey(options: VaultOptions, name: string): Promise<void> {
  const client = await openClient(options);
  try {
    await askVault(() => client.getKey(name));
  } catch (error) {
    if ((error as { statusCode?: unknown }).statusCode !== 404) throw error;
    await askVault(() => client.createEcKey(name, { curve: 'P-256', keyOps: ['sign', 'verify'] }));
  }
}

function verification(options: VaultOptions): { readonly disableChallengeResourceVerification: boolean } {
  return { disableChallengeResourceVerification: !options.challengeVerification };
}

function keyId(key: KeyVaultKey): string {
  return key.properties.version ?? key.name;
}

function publicJwk(key: KeyVaultKey): PublicJwk {
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
