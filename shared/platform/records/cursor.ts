import { createCipheriv, createDecipheriv, createHmac, timingSafeEqual } from 'node:crypto';
import { contentHash } from '../../kernel/index.ts';
import type { Keyring } from '../keys/index.ts';
import { recordFault } from './faults.ts';

/** The secret that marks a tenant's cursors as ours; the same for every instance. */
export type CursorKey = () => Promise<Uint8Array>;

/** The key that marks the cursors of a tenant's lists. */
export function cursorKeyOf(keyring: Pick<Keyring, 'purpose'>, tenant: string): CursorKey {
  return () => keyring.purpose(tenant, '~cursors');
}

const MAC_BYTES = 16;
const CIPHER = 'aes-256-ctr';

/**
 * A place in a list as a text that says nothing to clients, nor to their logs: the sort values of the last row, encrypted, behind a MAC
 * over them and over `binding`, which names tenant, list, filters and order. Whoever alters or carries it elsewhere gets
 * `platform.cursor_invalid`. The MAC is the vector, too (a synthetic one, as in RFC 5297): the same place is the same text, so
 * that a page that did not change has the ETag that it had.
 */
export async function sealCursor(
  key: CursorKey,
  binding: unknown,
  values: readonly string[],
): Promise<string> {
  const keys = keysOf(await key());
  const text = Buffer.from(JSON.stringify(values));
  const mac = macOf(keys.mac, binding, text);
  const cipher = createCipheriv(CIPHER, keys.cipher, mac);
  return Buffer.concat([mac, cipher.update(text), cipher.final()]).toString('base64url');
}

/** The values that were sealed under the same binding. */
export async function openCursor(
  key: CursorKey,
  binding: unknown,
  cursor: string,
): Promise<readonly string[]> {
  const keys = keysOf(await key());
  const bytes = Buffer.from(cursor, 'base64url');
  const mac = bytes.subarray(0, MAC_BYTES);
  if (mac.length !== MAC_BYTES) throw recordFault('platform.cursor_invalid');
  const decipher = createDecipheriv(CIPHER, keys.cipher, mac);
  const text = Buffer.concat([decipher.update(bytes.subarray(MAC_BYTES)), decipher.final()]);
  if (!timingSafeEqual(mac, macOf(keys.mac, binding, text))) throw recordFault('platform.cursor_invalid');
  return JSON.parse(text.toString('utf8')) as readonly string[]; // sealed by ourselves, as the MAC shows
}

/** One for each of the two uses, of a key for both. */
function keysOf(key: Uint8Array): { readonly mac: Buffer; readonly cipher: Buffer } {
  const derived = (use: string): Buffer => createHmac('sha256', key).update(use).digest();
  return { mac: derived('cursor mac'), cipher: derived('cursor cipher') };
}

function macOf(key: Uint8Array, binding: unknown, text: Uint8Array): Buffer {
  return createHmac('sha256', key)
    .update(`${contentHash(binding)}.`)
    .update(text)
    .digest()
    .subarray(0, MAC_BYTES);
}
