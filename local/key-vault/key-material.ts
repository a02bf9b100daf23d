import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type JsonWebKey,
  type KeyObject,
} from 'node:crypto';
import type { PrivateKey } from './cryptography.ts';
import { CURVES } from './ecdsa.ts';
import { badParameter } from './refusals.ts';

const RSA_SIZES = [2048, 3072, 4096];
/** JSON Web Key calls secp256k1 so; Key Vault calls it P-256K. */
const JWK_CURVE = { 'P-256K': 'secp256k1' } as const;

/** Makes the key that a create call asks for; throws 400 for another type, size or curve. */
export function generateKey(request: Readonly<Record<string, unknown>>): PrivateKey {
  const { kty, key_size: size = 2048, crv = 'P-256' } = request;
  if (kty === 'RSA' || kty === 'RSA-HSM') {
    if (typeof size !== 'number' || !RSA_SIZES.includes(size)) {
      throw badParameter(
        `RSA key size must be 2048, 3072 or 4096 bits. Size ${String(size)} is not supported.`,
      );
    }
    return toStored(generateKeyPairSync('rsa', { modulusLength: size }).privateKey, kty);
  }
  if (kty === 'EC' || kty === 'EC-HSM') {
    const curve = typeof crv === 'string' ? CURVES[crv] : undefined;
    if (curve === undefined) throw badParameter(`The curve ${String(crv)} is not supported.`);
    return toStored(generateKeyPairSync('ec', { namedCurve: curve.openssl }).privateKey, kty, String(crv));
  }
  throw badParameter(`Property kty has invalid value: ${String(kty)}.`);
}

/** Makes a new key of the same type and size, for a rotation. */
export function generateLike({ kty, crv, pkcs8 }: PrivateKey): PrivateKey {
  return generateKey({ kty, crv, key_size: createPrivateKey(pkcs8).asymmetricKeyDetails?.modulusLength });
}

/** Reads the private key of an import call; throws 400 when it is none. */
export function importKey(jwk: Readonly<Record<string, unknown>>): PrivateKey {
  const { kty, crv } = jwk;
  const type = String(kty).replace('-HSM', '');
  const curve = crv === 'P-256K' ? JWK_CURVE[crv] : crv;
  try {
    const key = createPrivateKey({
      key: { ...jwk, kty: type, ...(curve === undefined ? {} : { crv: curve }) } as JsonWebKey,
      format: 'jwk',
    });
    return toStored(key, String(kty), typeof crv === 'string' ? crv : undefined);
  } catch {
    throw badParameter('Property key has invalid value: it is not a private RSA or EC key.');
  }
}

/** The public half as Key Vault shows it. */
export function publicJwk(key: PrivateKey): JsonWebKey {
  const jwk = createPublicKey(key.pkcs8).export({ format: 'jwk' });
  return { ...jwk, kty: key.kty, ...(key.crv === undefined ? {} : { crv: key.crv }) };
}

function toStored(key: KeyObject, kty: string, crv?: string): PrivateKey {
  const pkcs8 = key.export({ type: 'pkcs8', format: 'pem' }).toString();
  return { pkcs8, kty, ...(crv === undefined ? {} : { crv }) };
}
