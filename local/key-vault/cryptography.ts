import {
  constants,
  createPrivateKey,
  createPublicKey,
  type KeyObject,
  privateDecrypt,
  publicEncrypt,
} from 'node:crypto';
import { CURVES, signDigest, verifyDigest } from './ecdsa.ts';
import { badParameter } from './refusals.ts';
import { type Hash, signPkcs1, signPss, verifyPkcs1, verifyPss } from './rsa.ts';

type Signer = {
  readonly hash: Hash;
  readonly keyType: 'RSA' | 'EC';
  readonly curve?: string;
  sign(key: KeyObject, digest: Buffer): Buffer;
  verify(key: KeyObject, digest: Buffer, signature: Buffer): boolean;
};

const DIGEST_BYTES: Readonly<Record<Hash, number>> = { sha256: 32, sha384: 48, sha512: 64 };

function pkcs1(hash: Hash): Signer {
  return {
    hash,
    keyType: 'RSA',
    sign: (key, digest) => signPkcs1(key, hash, digest),
    verify: (key, digest, signature) => verifyPkcs1(createPublicKey(key), hash, digest, signature),
  };
}

function pss(hash: Hash): Signer {
  return {
    hash,
    keyType: 'RSA',
    sign: (key, digest) => signPss(key, hash, digest),
    verify: (key, digest, signature) => verifyPss(createPublicKey(key), hash, digest, signature),
  };
}

function ecdsa(hash: Hash, name: string): Signer {
  const curve = CURVES[name];
  if (curve === undefined) throw new Error(`no such curve: ${name}`);
  return {
    hash,
    keyType: 'EC',
    curve: name,
    sign: (key, digest) => signDigest(curve, key, digest),
    verify: (key, digest, signature) => verifyDigest(curve, key, digest, signature),
  };
}

const SIGNERS: Readonly<Record<string, Signer>> = {
  RS256: pkcs1('sha256'),
  RS384: pkcs1('sha384'),
  RS512: pkcs1('sha512'),
  PS256: pss('sha256'),
  PS384: pss('sha384'),
  PS512: pss('sha512'),
  ES256: ecdsa('sha256', 'P-256'),
  ES384: ecdsa('sha384', 'P-384'),
  ES512: ecdsa('sha512', 'P-521'),
  ES256K: ecdsa('sha256', 'P-256K'),
};

const ENCRYPTION: Readonly<Record<string, object>> = {
  'RSA-OAEP': { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha1' },
  'RSA-OAEP-256': { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' },
  RSA1_5: { padding: constants.RSA_PKCS1_PADDING },
};

/** A private key with what decides which algorithms fit it. `pkcs8` is PEM. */
export type PrivateKey = { readonly pkcs8: string; readonly kty: string; readonly crv?: string };

/** Signs a digest; throws 400 when key, algorithm and digest do not fit each other. */
export function sign(key: PrivateKey, algorithm: string, digest: Buffer): Buffer {
  return signerFor(key, algorithm, digest).sign(createPrivateKey(key.pkcs8), digest);
}

export function verify(key: PrivateKey, algorithm: string, digest: Buffer, signature: Buffer): boolean {
  return signerFor(key, algorithm, digest).verify(createPrivateKey(key.pkcs8), digest, signature);
}

/** Encrypts or wraps; throws 400 for another algorithm or a value longer than the key can take. */
export function encrypt(key: PrivateKey, algorithm: string, plain: Buffer): Buffer {
  const padding = paddingFor(key, algorithm);
  try {
    return publicEncrypt({ key: createPublicKey(key.pkcs8), ...padding }, plain);
  } catch {
    throw badParameter(`The value is too long for algorithm ${algorithm} and this key.`);
  }
}

/** Decrypts or unwraps; throws 400 for what this key and algorithm did not encrypt. */
export function decrypt(key: PrivateKey, algorithm: string, encrypted: Buffer): Buffer {
  const padding = paddingFor(key, algorithm);
  try {
    return privateDecrypt({ key: createPrivateKey(key.pkcs8), ...padding }, encrypted);
  } catch {
    throw badParameter('The parameter is incorrect.');
  }
}

function signerFor(key: PrivateKey, algorithm: string, digest: Buffer): Signer {
  const signer = SIGNERS[algorithm];
  if (signer === undefined) throw badParameter(`Invalid value for 'alg': ${algorithm}.`);
  const type = key.kty.replace('-HSM', '');
  if (signer.keyType !== type || signer.curve !== key.crv) {
    const fit = signer.curve === undefined ? signer.keyType : `${signer.keyType} and curve ${signer.curve}`;
    throw badParameter(
      `Key and signing algorithm are incompatible. The key is of type '${key.kty}', and algorithm '${algorithm}' can only be used ` +
        `with a key of type ${fit}.`,
    );
  }
  const expected = DIGEST_BYTES[signer.hash];
  if (digest.length !== expected) {
    throw badParameter(
      `Invalid length of 'value': ${digest.length} bytes. ${algorithm} requires ${expected} bytes, encoded with base64url.`,
    );
  }
  return signer;
}

function paddingFor(key: PrivateKey, algorithm: string): object {
  const padding = ENCRYPTION[algorithm];
  if (padding === undefined || !key.kty.startsWith('RSA')) {
    throw badParameter(`Key of type '${key.kty}' cannot be used with algorithm '${algorithm}'.`);
  }
  return padding;
}
