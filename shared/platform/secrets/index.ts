export { openCliCredential, openCredential, openPersonalCredential } from './credential.ts';
export { vaultFault } from './faults.ts';
export { openSecrets, type Secrets } from './secrets.ts';
export { openSigningKey, type SigningKey } from './signing-key.ts';
export type { VaultOptions } from './vault.ts';
export { openWrappingKey, type Wrapped, type WrappingKey } from './wrapping-key.ts';
