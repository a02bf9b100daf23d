import { createHmac, timingSafeEqual } from 'node:crypto';

/** RFC 6238: T0 = 0, X = 30 s. */
const STEP_SECONDS = 30;
/** RFC 6238 section 5.2: at most one step for delay. */
const STEPS_AROUND = 1;
const DIGITS = 6;
/** RFC 4226 section 4, R6: 160 bits. */
export const TOTP_SECRET_BYTES = 20;
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** The number of the time step that an instant is in. */
export function stepOf(now: Date): number {
  return Math.floor(now.getTime() / 1000 / STEP_SECONDS);
}

/** The code of a time step (RFC 6238 over RFC 4226 section 5.3). */
export function totpCode(
  secret: Uint8Array,
  step: number,
  { digits = DIGITS, algorithm = 'sha1' }: { digits?: number; algorithm?: 'sha1' | 'sha256' | 'sha512' } = {},
): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac(algorithm, secret).update(counter).digest();
  const offset = (mac.at(-1) ?? 0) & 0x0f;
  const value = mac.readUInt32BE(offset) & 0x7fffffff;
  return String(value % 10 ** digits).padStart(digits, '0');
}

/**
 * The time step whose code this is, at most one away from now and later than the last one that was accepted, so that no
 * step is accepted twice. Undefined when it is none.
 */
export function acceptedStep(
  secret: Uint8Array,
  code: string,
  now: Date,
  lastStep: number,
): number | undefined {
  return stepsOf(secret, code, now).find(step => step > lastStep);
}

/** Whether a code was right and is used up: whoever brings it has the authenticator, or saw it, and does not guess. */
export function isSpent(secret: Uint8Array, code: string, now: Date, lastStep: number): boolean {
  const steps = stepsOf(secret, code, now);
  return steps.length > 0 && steps.every(step => step <= lastStep);
}

/** The steps around now whose code this is, the earliest first; takes as long for every code. */
function stepsOf(secret: Uint8Array, code: string, now: Date): readonly number[] {
  const current = stepOf(now);
  const given = Buffer.from(code);
  const fitting: number[] = [];
  for (let step = current - STEPS_AROUND; step <= current + STEPS_AROUND; step += 1) {
    const expected = Buffer.from(totpCode(secret, step));
    if (given.length === expected.length && timingSafeEqual(given, expected)) fitting.push(step);
  }
  return fitting;
}

/** RFC 4648 base 32 without padding, as authenticators take it. */
export function base32(bytes: Uint8Array): string {
  let bits = '';
  for (const byte of bytes) bits += byte.toString(2).padStart(8, '0');
  return (bits.match(/.{1,5}/g) ?? [])
    .map(group => ALPHABET[Number.parseInt(group.padEnd(5, '0'), 2)] ?? '')
    .join('');
}

/** What authenticators read from a QR code (Key Uri Format of Google Authenticator). */
export function otpauthUri(issuer: string, account: string, secret: Uint8Array): string {
  const label = `${encodeURIComponent(issuer)}:${encodeURIComponent(account)}`;
  const query = `secret=${base32(secret)}&issuer=${encodeURIComponent(issuer)}`;
  return `otpauth://totp/${label}?${query}&algorithm=SHA1&digits=${DIGITS}&period=${STEP_SECONDS}`;
}
