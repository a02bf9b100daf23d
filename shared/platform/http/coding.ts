import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import Negotiator from 'negotiator';

export type Coding = 'br' | 'gzip';
/** Smallest first. */
const CODINGS: readonly Coding[] = ['br', 'gzip'];

/** The smallest of our codings that a client accepts (RFC 9110 section 12.5.3); undefined for none. */
export function codingFor(acceptEncoding: string | undefined): Coding | undefined {
  if (acceptEncoding === undefined) return undefined;
  const accepted = new Negotiator({ headers: { 'accept-encoding': acceptEncoding } }).encodings(CODINGS);
  return CODINGS.find(coding => accepted.includes(coding));
}

/** Quality for answers that are made anew each time: small enough, in little time. */
export function encode(text: string, coding: Coding): Uint8Array {
  if (coding === 'gzip') return gzipSync(text, { level: 5 });
  return brotliCompressSync(text, { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } });
}
