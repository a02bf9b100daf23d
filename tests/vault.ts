import { SecretClient } from '@azure/keyvault-secrets';
import { openCredential } from '../shared/platform/secrets/index.ts';
import { testStack } from './stack.ts';

/** The secrets of this run's Key Vault, as the tests themselves see them. */
export function openVault(): SecretClient {
  return new SecretClient(testStack().settings['KEY_VAULT_ENDPOINT'] ?? '', openCredential(undefined), {
    disableChallengeResourceVerification: true,
  });
}
