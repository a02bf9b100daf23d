import { createECDH, type KeyObject } from 'node:crypto';

/**
 * ECDSA over a digest that the caller has already taken (FIPS 186-5, 6.4). Node signs messages only, so the
 * two curve multiplications are borrowed from ECDH and the rest is arithmetic modulo the group order.
 * Not constant in time: good for a local stand-in, not for a service.
 */
type Curve = { readonly openssl: string; readonly order: bigint; readonly bytes: number };

/** Group orders from SEC 2, version 2. */
export const CURVES: Readonly<Record<string, Curve>> = {
  'P-256': {
    openssl: 'prime256v1',
    bytes: 32,
    order: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
  },
  'P-384': {
    openssl: 'secp384r1',
    bytes: 48,
    order:
      0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973n,
  },
  'P-521': {
    openssl: 'secp521r1',
    bytes: 66,
    order:
      0x1fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409n,
  },
  'P-256K': {
    openssl: 'secp256k1',
    bytes: 32,
    order: 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n,
  },
};

/** Signs a digest; the signature is r and s one after the other (RFC 7518, 3.4). */
export function signDigest(curve: Curve, privateKey: KeyObject, digest: Buffer): Buffer {
  const { order, bytes } = curve;
  const d = secretScalar(privateKey);
  for (;;) {
    const ephemeral = createECDH(curve.openssl);
    ephemeral.generateKeys();
    const k = toBigInt(ephemeral.getPrivateKey());
    const r = xOf(ephemeral.getPublicKey(), bytes) % order;
    const s = (inverse(k, order) * (truncated(digest, order) + r * d)) % order;
    if (r !== 0n && s !== 0n) return Buffer.concat([toBytes(r, bytes), toBytes(s, bytes)]);
  }
}

/** Whether a signature over a digest was made by this key. The private key saves adding two curve points. */
export function verifyDigest(
  curve: Curve,
  privateKey: KeyObject,
  digest: Buffer,
  signature: Buffer,
): boolean {
  const { order, bytes } = curve;
  if (signature.length !== 2 * bytes) return false;
  const [r, s] = [toBigInt(signature.subarray(0, bytes)), toBigInt(signature.subarray(bytes))];
  if (r === 0n || s === 0n || r >= order || s >= order) return false;
  const scalar = (inverse(s, order) * (truncated(digest, order) + r * secretScalar(privateKey))) % order;
  if (scalar === 0n) return false;
  const point = createECDH(curve.openssl);
  point.setPrivateKey(toBytes(scalar, bytes));
  return xOf(point.getPublicKey(), bytes) % order === r;
}

function secretScalar(privateKey: KeyObject): bigint {
  return toBigInt(Buffer.from(privateKey.export({ format: 'jwk' }).d ?? '', 'base64url'));
}

/** The leftmost bits of the digest, as many as the order has. */
function truncated(digest: Buffer, order: bigint): bigint {
  const excess = digest.length * 8 - order.toString(2).length;
  return excess > 0 ? toBigInt(digest) >> BigInt(excess) : toBigInt(digest);
}

/** x of an uncompressed point: one byte 04, then x, then y. */
function xOf(point: Buffer, bytes: number): bigint {
  return toBigInt(point.subarray(1, 1 + bytes));
}

function inverse(value: bigint, modulus: bigint): bigint {
  let [previous, current] = [modulus, value % modulus];
  let [before, after] = [0n, 1n];
  while (current > 1n) {
    const quotient = previous / current;
    [previous, current] = [current, previous - quotient * current];
    [before, after] = [after, before - quotient * after];
  }
  return ((after % modulus) + modulus) % modulus;
}

function toBigInt(bytes: Buffer): bigint {
  return BigInt(`0x${bytes.toString('hex') || '0'}`);
}

function toBytes(value: bigint, length: number): Buffer {
  return Buffer.from(value.toString(16).padStart(length * 2, '0'), 'hex');
}
