import { createHash, timingSafeEqual } from 'node:crypto';

/** RFC 7636 section 4.1: 43 to 128 unreserved characters. */
export const VERIFIER = /^[\w.~-]{43,128}$/;
/** A SHA-256 in base64url; the method `plain` is not taken (RFC 9700 section 2.1.1). */
export const CHALLENGE = /^[\w-]{43}$/;

/** Whether a verifier is the one whose challenge was given, by S256 (RFC 7636 section 4.6). */
export function fitsChallenge(verifier: string, challenge: string): boolean {
  if (!VERIFIER.test(verifier)) return false;
  const made = Buffer.from(createHash('sha256').update(verifier).digest('base64url'));
  const given = Buffer.from(challenge);
  return made.length === given.length && timingSafeEqual(made, given);
}
