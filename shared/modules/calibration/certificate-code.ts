import { createHash, timingSafeEqual } from 'node:crypto';

/** The part of a key that is random: 80 bits, sixteen characters of Crockford's base 32. */
const RANDOM_CHARACTERS = 16;

/** A verification code that nobody guesses, in groups that can be typed: `7k3f-92mq-h4xw-0dzp`. */
export function newCode(key: string): string {
  return key
    .slice(-RANDOM_CHARACTERS)
    .replaceAll(/(.{4})/g, '$1-')
    .replace(/-$/, '');
}

/** Whether a typed code is the right one. Takes equally long for every wrong one. */
export function isCode(typed: string, code: string): boolean {
  return timingSafeEqual(digest(typed), digest(code));
}

function digest(code: string): Buffer {
  // Crockford's base 32 has no i, l and o, so that they can be read as the digits they look like.
  const plain = code.toLowerCase().replaceAll(/[\s-]/g, '').replaceAll(/[il]/g, '1').replaceAll('o', '0');
  return createHash('sha256').update(plain).digest();
}
