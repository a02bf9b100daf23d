import { contentHash } from '../../kernel/index.ts';
import type { Stamp } from './schema.ts';

/** Which form of digest a stamp has; without it, the first one: `signed`, user, meaning and time alone. */
const WHOLE = 'v2:';

/** A stamp with the hash of everything in it, so that no part of it can be moved to another one (21 CFR 11.70). */
export function stampOf(open: Omit<Stamp, 'digest'>): Stamp {
  return { ...open, digest: `${WHOLE}${contentHash(open)}` };
}

/** Whether a stamp still says what it was made with, as far as its form of digest tells. */
export function isStampWhole({ digest, ...open }: Stamp): boolean {
  if (digest.startsWith(WHOLE)) return digest === `${WHOLE}${contentHash(open)}`;
  const { signed, user, meaning, at } = open;
  return digest === contentHash({ signed, user, meaning, at });
}

/** The digest as prints show it: its first sixteen figures, in fours. */
export function shortDigest({ digest }: Pick<Stamp, 'digest'>): string {
  const figures = digest.startsWith(WHOLE) ? digest.slice(WHOLE.length) : digest;
  return figures
    .slice(0, 16)
    .replaceAll(/(.{4})/g, '$1 ')
    .trim();
}
