import type { TokenCredential } from '@azure/identity';

export type VaultOptions = {
  readonly endpoint: string;
  readonly credential: TokenCredential;
  /** Whether the vault's authentication challenge must name a host of Key Vault's own domain. */
  readonly challengeVerification: boolean;
};
