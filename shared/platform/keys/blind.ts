import { createHmac } from 'node:crypto';

/** Makes personal values findable without being readable: HMAC-SHA-256 under a key of the tenant's own. */
export type BlindIndex = {
  /** For parts of words in search, of which every record has many: 48 bits. */
  token(text: string): string;
  /** For whole values that must be unique or found exactly. `name` says what kind of value it is. Normalise it before. */
  value(name: string, text: string): string;
};

/** A blind index under this key. */
export function blindIndex(key: Uint8Array): BlindIndex {
  const mac = (text: string): string => createHmac('sha256', key).update(text).digest('base64url');
  return {
    token: text => mac(text).slice(0, 8),
    value: (name, text) => mac(`${name}\n${text}`),
  };
}
