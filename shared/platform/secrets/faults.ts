import { defineFaults } from '../../kernel/index.ts';
import { isOutage } from '../outages/index.ts';

/** How Key Vault says no. */
export const vaultFault = defineFaults({
  'platform.vault_unavailable': { status: 503, retry: 'later' },
});

/** Makes a call of Key Vault; throttling and outages become `platform.vault_unavailable`. */
export async function askVault<R>(call: () => Promise<R>): Promise<R> {
  try {
    return await call();
  } catch (error) {
    throw isOutage(error) ? vaultFault('platform.vault_unavailable', {}, error) : error;
  }
}
