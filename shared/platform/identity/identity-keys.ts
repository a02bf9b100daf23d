import { createHmac, hkdfSync } from 'node:crypto';
import { decrypt, encrypt, type Keyring } from '../keys/index.ts';

/** What the identity of a tenant is sealed and marked with: keys derived for each purpose from one of the tenant's own. */
export type IdentityKeys = {
  /** HMAC-SHA-256: 32 bytes that nobody else can make. */
  mark(purpose: string, tenant: string, text: string): Promise<Buffer>;
  /** AES-256-GCM; what it is for is bound to it. */
  seal(purpose: string, tenant: string, text: string): Promise<string>;
  open(purpose: string, tenant: string, sealed: string): Promise<string>;
};

/** Keys from a tenant's key for identity. */
export function openIdentityKeys(keyring: Pick<Keyring, 'purpose'>): IdentityKeys {
  const keyOf = async (purpose: string, tenant: string): Promise<Buffer> => {
    const root = await keyring.purpose(tenant, '~identity');
    return Buffer.from(hkdfSync('sha256', root, tenant, `touchstone/${purpose}`, 32));
  };
  return {
    mark: async (purpose, tenant, text) =>
      createHmac('sha256', await keyOf(purpose, tenant))
        .update(text)
        .digest(),
    seal: async (purpose, tenant, text) =>
      `v1.${encrypt(await keyOf(purpose, tenant), contextOf(purpose, tenant), text)}`,
    open: async (purpose, tenant, sealed) => {
      const key = await keyOf(purpose, tenant);
      return decrypt(key, contextOf(purpose, tenant), sealed.replace(/^v1\./, '')).toString('utf8');
    },
  };
}

function contextOf(purpose: string, tenant: string): string {
  return JSON.stringify(['identity', tenant, purpose]);
}
