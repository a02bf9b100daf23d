import { sha256 } from './refresh-token.ts';
import { base32 } from './totp.ts';

const CODES = 10;
const BYTES = 10;

/** Ten recovery codes of 80 random bits, as people write them, and the hashes that are kept. */
export function makeRecoveryCodes(random: (size: number) => Uint8Array): {
  readonly codes: readonly string[];
  readonly hashes: readonly string[];
} {
  const codes = Array.from({ length: CODES }, () => base32(random(BYTES)).match(/.{4}/g)?.join('-') ?? '');
  return { codes, hashes: codes.map(hashOf) };
}

/** The hashes without that of a code; undefined when the code is none of them. */
export function withoutCode(hashes: readonly string[], code: string): string[] | undefined {
  const hash = hashOf(code);
  return hashes.includes(hash) ? hashes.filter(other => other !== hash) : undefined;
}

/** Case, spaces and dashes are how people write; the letters are the code. */
function hashOf(code: string): string {
  return sha256(code.toUpperCase().replaceAll(/[^A-Z2-7]/g, ''));
}
