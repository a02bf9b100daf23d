import {
  constants,
  createHash,
  type KeyObject,
  privateEncrypt,
  publicDecrypt,
  randomBytes,
} from 'node:crypto';

/**
 * RSA signatures over a digest that the caller has already taken (RFC 8017). Node signs messages only, so
 * the encodings are made here and only the exponentiation is Node's.
 */
export type Hash = 'sha256' | 'sha384' | 'sha512';

/** DER of DigestInfo up to the digest itself (RFC 8017, 9.2, note 1). */
const DIGEST_INFO: Readonly<Record<Hash, string>> = {
  sha256: '3031300d060960864801650304020105000420',
  sha384: '3041300d060960864801650304020205000430',
  sha512: '3051300d060960864801650304020305000440',
};

/** RSASSA-PKCS1-v1_5. */
export function signPkcs1(privateKey: KeyObject, hash: Hash, digest: Buffer): Buffer {
  return privateEncrypt({ key: privateKey, padding: constants.RSA_PKCS1_PADDING }, digestInfo(hash, digest));
}

export function verifyPkcs1(publicKey: KeyObject, hash: Hash, digest: Buffer, signature: Buffer): boolean {
  try {
    const decrypted = publicDecrypt({ key: publicKey, padding: constants.RSA_PKCS1_PADDING }, signature);
    return decrypted.equals(digestInfo(hash, digest));
  } catch {
    return false;
  }
}

/** RSASSA-PSS with a salt as long as the digest (RFC 7518, 3.5). */
export function signPss(privateKey: KeyObject, hash: Hash, digest: Buffer): Buffer {
  const bits = privateKey.asymmetricKeyDetails?.modulusLength ?? 0;
  return privateEncrypt(
    { key: privateKey, padding: constants.RSA_NO_PADDING },
    encodePss(hash, digest, bits),
  );
}

export function verifyPss(publicKey: KeyObject, hash: Hash, digest: Buffer, signature: Buffer): boolean {
  const bits = publicKey.asymmetricKeyDetails?.modulusLength ?? 0;
  try {
    const encoded = publicDecrypt({ key: publicKey, padding: constants.RSA_NO_PADDING }, signature);
    return isPss(hash, digest, encoded, bits);
  } catch {
    return false;
  }
}

function digestInfo(hash: Hash, digest: Buffer): Buffer {
  return Buffer.concat([Buffer.from(DIGEST_INFO[hash], 'hex'), digest]);
}

/** EMSA-PSS-ENCODE (RFC 8017, 9.1.1). Key sizes are whole bytes, so the top bit alone is cleared. */
function encodePss(hash: Hash, digest: Buffer, modulusBits: number): Buffer {
  const length = modulusBits / 8;
  const salt = randomBytes(digest.length);
  const h = saltedHash(hash, digest, salt);
  const block = Buffer.alloc(length - h.length - 1);
  block[block.length - salt.length - 1] = 1;
  salt.copy(block, block.length - salt.length);
  return Buffer.concat([masked(hash, h, block), h, Buffer.from([0xbc])]);
}

/** EMSA-PSS-VERIFY (RFC 8017, 9.1.2). */
function isPss(hash: Hash, digest: Buffer, encoded: Buffer, modulusBits: number): boolean {
  const blockLength = modulusBits / 8 - digest.length - 1;
  if (encoded.length !== modulusBits / 8 || encoded.at(-1) !== 0xbc) return false;
  const h = encoded.subarray(blockLength, -1);
  const block = masked(hash, h, encoded.subarray(0, blockLength));
  const saltStart = blockLength - digest.length;
  const padding = Buffer.alloc(saltStart);
  padding[saltStart - 1] = 1;
  return (
    block.subarray(0, saltStart).equals(padding) &&
    saltedHash(hash, digest, block.subarray(saltStart)).equals(h)
  );
}

function saltedHash(hash: Hash, digest: Buffer, salt: Buffer): Buffer {
  return createHash(hash).update(Buffer.alloc(8)).update(digest).update(salt).digest();
}

/** Applies MGF1 (RFC 8017, B.2.1) to a block and clears its top bit; doing it twice gives the block back. */
function masked(hash: Hash, seed: Buffer, block: Buffer): Buffer {
  const mask: Buffer[] = [];
  for (let counter = 0, made = 0; made < block.length; counter += 1, made += seed.length) {
    const suffix = Buffer.alloc(4);
    suffix.writeUInt32BE(counter);
    mask.push(createHash(hash).update(seed).update(suffix).digest());
  }
  const stream = Buffer.concat(mask);
  const result = Buffer.from(block.map((byte, index) => byte ^ (stream[index] ?? 0)));
  result[0] = (result[0] ?? 0) & 0x7f;
  return result;
}
