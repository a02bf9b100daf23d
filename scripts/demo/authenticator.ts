import { stepOf, totpCode } from '../../shared/platform/identity/totp.ts';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** Somebody's authenticator, as it stands after reading the QR code. */
export type Authenticator = {
  /** A code that was not given before: of this step, or of the next one, which is accepted too. */
  next(): string;
  /** The code of the present step. */
  present(): string;
};

/** The authenticator that read this address of a QR code. */
export function authenticatorOf(uri: string): Authenticator {
  return authenticatorWith(new URL(uri).searchParams.get('secret') ?? '');
}

/** The authenticator with a secret in base 32. */
export function authenticatorWith(base32: string): Authenticator {
  const secret = bytesOf(base32);
  let given = 0;
  return {
    present: () => totpCode(secret, stepOf(new Date())),
    next: () => {
      given = Math.max(given + 1, stepOf(new Date()) - 1);
      return totpCode(secret, given);
    },
  };
}

/** The bytes of a text in base 32 (RFC 4648) without padding. */
export function bytesOf(base32: string): Buffer {
  const bits = [...base32].map(letter => ALPHABET.indexOf(letter).toString(2).padStart(5, '0')).join('');
  return Buffer.from((bits.match(/.{8}/g) ?? []).map(byte => Number.parseInt(byte, 2)));
}
