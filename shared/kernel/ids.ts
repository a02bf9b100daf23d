import { createHash } from 'node:crypto';

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
const LENGTH = 26;

/** Random bytes; an argument wherever ids are made, so tests choose them. */
export type RandomBytes = (size: number) => Uint8Array;

/**
 * The last part of an id: 48 bits of milliseconds and 80 random bits in Crockford's base 32, lower case.
 * Sorts by time of making (the layout of a ULID).
 */
export function sortableKey(now: Date, random: RandomBytes): string {
  const bytes = new Uint8Array(16);
  let time = now.getTime();
  for (let index = 5; index >= 0; index -= 1) {
    bytes[index] = time % 256;
    time = Math.floor(time / 256);
  }
  bytes.set(random(10), 6);
  return base32(bytes);
}

/** A key that depends on `parts` alone, so that a repeated request meets the same id. */
export function derivedKey(...parts: readonly string[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${part.length}:${part}`);
  return base32(hash.digest().subarray(0, 16));
}

function base32(bytes: Uint8Array): string {
  let value = 0n;
  for (const byte of bytes) value = (value << 8n) | BigInt(byte);
  let text = '';
  for (let index = 0; index < LENGTH; index += 1) {
    text = `${ALPHABET[Number(value & 31n)] ?? ''}${text}`;
    value >>= 5n;
  }
  return text;
}

/** `srf` + key, or `obs` + the scope that it lives in + key: every id tells its scope. */
export function joinId(prefix: string, scope: string | undefined, key: string): string {
  return scope === undefined ? `${prefix}_${key}` : `${prefix}_${scope}_${key}`;
}

export type ParsedId = { readonly prefix: string; readonly scope: string | undefined; readonly key: string };

const KEY = /^[0-9a-hjkmnp-tv-z]{26}$/;
const ID = /^([a-z]{3})_(?:([a-z0-9_-]{1,80})_)?([0-9a-z]{26})$/;

/** The parts of an id, or undefined when the text is not one. */
export function parseId(text: string): ParsedId | undefined {
  const match = ID.exec(text);
  const [, prefix, scope, key] = match ?? [];
  if (prefix === undefined || key === undefined || !KEY.test(key)) return undefined;
  return { prefix, scope, key };
}
