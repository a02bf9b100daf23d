import { createHmac, timingSafeEqual } from 'node:crypto';
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

/**
 * A place in a list as a text that says nothing to clients: the sort values of the last row behind a MAC over them and
 * over `binding`, which names tenant, list, filters and order. Whoever alters or carries it elsewhere gets
 * `platform.cursor_invalid`.
 */
export async function sealCursor(
  key: CursorKey,
  binding: unknown,
  values: readonly string[],
): Promise<string> {
  const text = JSON.stringify(values);
  return Buffer.concat([macOf(await key(), binding, text), Buffer.from(text)]).toString('base64url');
}

/** The values that were sealed under the same binding. */
export async function openCursor(
  key: CursorKey,
  binding: unknown,
  cursor: string,
): Promise<readonly string[]> {
  const bytes = Buffer.from(cursor, 'base64url');
  const mac = bytes.subarray(0, MAC_BYTES);
  const text = bytes.subarray(MAC_BYTES).toString('utf8');
  if (mac.length !== MAC_BYTES || !timingSafeEqual(mac, macOf(await key(), binding, text)))
    throw recordFault('platform.cursor_invalid');
  return JSON.parse(text) as readonly string[]; // sealed by ourselves, as the MAC shows
}

function macOf(key: Uint8Array, binding: unknown, text: string): Buffer {
  return createHmac('sha256', key)
    .update(`${contentHash(binding)}.${text}`)
    .digest()
    .subarray(0, MAC_BYTES);
}
