import type { KeyVaultSecret, SecretClient } from '@azure/keyvault-secrets';
import { askVault } from './faults.ts';
import type { VaultOptions } from './vault.ts';

/** Named secrets in Key Vault. Values are kept in memory for a minute at most. */
export type Secrets = {
  get(name: string): Promise<string | undefined>;
  /**
   * The secret's value; `make` provides it when there is none yet. However many instances make one at once, all get the
   * same value: that of the version whose claim came first. Who dies in between leaves a version that nobody uses.
   */
  getOrCreate(name: string, make: () => string): Promise<string>;
  /** Deletes a secret whose name nobody uses any more. Key Vault can bring it back until it purges it by its own retention. */
  remove(name: string): Promise<void>;
  probe(): Promise<void>;
};

/**
 * Which version of a secret that the apps made for themselves is in use. Key Vault knows no "set if absent", so two that
 * set make two versions; this is where one of them wins.
 */
type VersionClaims = {
  read(name: string): Promise<string | undefined>;
  /** Claims the version unless one is claimed; gives the one that stands. */
  claim(name: string, version: string): Promise<string>;
  /** Forgets which one was in use: there is none any more. */
  release(name: string): Promise<void>;
};

type Kept = { readonly value: string; readonly until: number };
type Version = { readonly value: string; readonly version: string; readonly isOurs: boolean };

const KEEP_MILLISECONDS = 60_000;
const KEEP_MOST = 10_000;
/** Marks what an app made. A version without it was set by a person, and then the newest counts: that is how one is replaced. */
const OURS = { madeBy: 'touchstone' };

/** Opens the vault's secrets. The SDK is loaded by the first call. Outages become `platform.vault_unavailable`. */
export function openSecrets(options: VaultOptions, claims: VersionClaims, now: () => Date): Secrets {
  const kept = new Map<string, Kept>();
  const making = new Map<string, Promise<string>>();
  let opened: Promise<SecretClient> | undefined;
  const client = (): Promise<SecretClient> => {
    opened ??= openClient(options);
    return opened;
  };
  const keep = (name: string, value: string): string => {
    if (kept.size >= KEEP_MOST) kept.clear();
    kept.set(name, { value, until: now().getTime() + KEEP_MILLISECONDS });
    return value;
  };
  const known = (name: string): string | undefined => {
    const { value, until = 0 } = kept.get(name) ?? {};
    return until > now().getTime() ? value : undefined;
  };
  const standing = async (name: string, newest: Version, claim: () => Promise<string>): Promise<string> => {
    if (!newest.isOurs) return keep(name, newest.value);
    const version = await claim();
    return keep(
      name,
      version === newest.version ? newest.value : await claimed(await client(), name, version),
    );
  };
  const make = async (name: string, newValue: () => string): Promise<string> => {
    const vault = await client();
    const newest = (await read(vault, name)) ?? (await set(vault, name, newValue()));
    return standing(name, newest, () => claims.claim(name, newest.version));
  };
  return {
    get: async name => {
      const present = known(name);
      if (present !== undefined) return present;
      const newest = await read(await client(), name);
      if (newest === undefined) return undefined;
      return standing(name, newest, async () => (await claims.read(name)) ?? newest.version);
    },
    getOrCreate: async (name, newValue) => {
      const present = known(name);
      if (present !== undefined) return present;
      const under = making.get(name) ?? make(name, newValue).finally(() => making.delete(name));
      making.set(name, under);
      return under;
    },
    remove: async name => {
      kept.delete(name);
      await remove(await client(), name);
      await claims.release(name);
    },
    probe: async () => {
      await read(await client(), 'readiness-probe');
    },
  };
}

async function openClient(options: VaultOptions): Promise<SecretClient> {
  const { SecretClient } = await import('@azure/keyvault-secrets');
  return new SecretClient(options.endpoint, options.credential, {
    disableChallengeResourceVerification: !options.challengeVerification,
  });
}

async function read(client: SecretClient, name: string, version?: string): Promise<Version | undefined> {
  try {
    const options = version === undefined ? {} : { version };
    return versionIn(await askVault(() => client.getSecret(name, options)));
  } catch (error) {
    if ((error as { statusCode?: unknown }).statusCode === 404) return undefined;
    throw error;
  }
}

/** Making another one instead would orphan whatever was sealed or marked with the one that is gone. */
async function claimed(client: SecretClient, name: string, version: string): Promise<string> {
  const found = await read(client, name, version);
  if (found === undefined) throw new Error(`version ${version} of secret ${name} is in use, but not there`);
  return found.value;
}

/** The first poll deletes; the next ones would only wait until the deleted secret can be seen, which nobody here may. */
async function remove(client: SecretClient, name: string): Promise<void> {
  try {
    await askVault(() => client.beginDeleteSecret(name));
  } catch (error) {
    if ((error as { statusCode?: unknown }).statusCode !== 404) throw error;
  }
}

async function set(client: SecretClient, name: string, value: string): Promise<Version> {
  return versionIn(await askVault(() => client.setSecret(name, value, { tags: OURS })));
}

function versionIn({ name, value, properties }: KeyVaultSecret): Version {
  const { version, tags } = properties;
  if (value === undefined || version === undefined)
    throw new Error(`secret ${name} came without its value or its version`);
  return { value, version, isOurs: tags?.['madeBy'] === OURS.madeBy };
}
