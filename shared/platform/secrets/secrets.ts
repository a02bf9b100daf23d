import type { SecretClient } from '@azure/keyvault-secrets';
import { askVault } from './faults.ts';
import type { VaultOptions } from './vault.ts';

/** Named secrets in Key Vault. Values are kept in memory for a minute at most. */
export type Secrets = {
  get(name: string): Promise<string | undefined>;
  /** The secret's value; `make` provides it when there is none yet. */
  getOrCreate(name: string, make: () => string): Promise<string>;
  probe(): Promise<void>;
};

const KEEP_MILLISECONDS = 60_000;
const KEEP_MOST = 10_000;

/** Opens the vault's secrets. The SDK is loaded by the first call. Outages become `platform.vault_unavailable`. */
export function openSecrets(options: VaultOptions, now: () => Date): Secrets {
  const kept = new Map<string, { readonly value: string; readonly until: number }>();
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
  const get = async (name: string): Promise<string | undefined> => {
    const known = kept.get(name);
    if (known !== undefined && known.until > now().getTime()) return known.value;
    const value = await read(await client(), name);
    return value === undefined ? undefined : keep(name, value);
  };
  return {
    get,
    getOrCreate: async (name, make) => {
      const present = await get(name);
      if (present !== undefined) return present;
      const value = make();
      const vault = await client();
      await askVault(() => vault.setSecret(name, value));
      // Somebody else may have set one at the same time; the newest is everybody's.
      return keep(name, (await read(vault, name)) ?? value);
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

async function read(client: SecretClient, name: string): Promise<string | undefined> {
  try {
    return (await askVault(() => client.getSecret(name))).value;
  } catch (error) {
    if ((error as { statusCode?: unknown }).statusCode === 404) return undefined;
    throw error;
  }
}
