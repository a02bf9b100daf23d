import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import type { Secrets } from '../secrets/index.ts';

/** What the identity of a tenant is sealed and marked with: keys derived per purpose and tenant from one secret. */
export type IdentityKeys = {
  /** HMAC-SHA-256: 32 bytes that nobody else can make. */
  mark(purpose: string, tenant: string, text: string): Promise<Buffer>;
  /** AES-256-GCM; what it is for is bound to it. */
  seal(purpose: string, tenant: string, text: string): Promise<string>;
  open(purpose: string, tenant: string, sealed: string): Promise<string>;
};

const SECRET = 'identity-root-key';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Keys from the Key Vault secret `identity-root-key`, which the first use makes. */
export function openIdentityKeys(secrets: Secrets): IdentityKeys {
  const keyOf = async (purpose: string, tenant: string): Promise<Buffer> => {
    const root = await secrets.getOrCreate(SECRET, () => randomBytes(32).toString('base64'));
    return Buffer.from(hkdfSync('sha256', Buffer.from(root, 'base64'), tenant, `touchstone/${purpose}`, 32));
  };
  return {
    mark: async (purpose, tenant, text) =>
      createHmac('sha256', await keyOf(purpose, tenant))
        .update(text)
        .digest(),
    seal: async (purpose, tenant, text) => {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', await keyOf(purpose, tenant), nonce);
      const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return `v1.${Buffer.concat([nonce, body, cipher.getAuthTag()]).toString('base64url')}`;
    },
    open: async (purpose, tenant, sealed) => {
      const bytes = Buffer.from(sealed.replace(/^v1\./, ''), 'base64url');
      const key = await keyOf(purpose, tenant);
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE_BYTES));
      decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
      const body = bytes.subarray(NONCE_BYTES, -TAG_BYTES);
      return Buffer.concat([decipher.update(body), decipher.final()]).toString('utf8');
    },
  };
}
