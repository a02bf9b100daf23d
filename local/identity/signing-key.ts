import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPair,
  type JsonWebKey,
  type KeyObject,
} from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** The key that signs tokens, and the key set that verifies them (RFC 7517). */
export type SigningKey = { readonly id: string; readonly privateKey: KeyObject; readonly jwks: JwkSet };
export type JwkSet = { readonly keys: readonly JsonWebKey[] };

/**
 * Loads the RS256 key of a data directory, or makes it once. `jwks.json` beside it is written before this
 * returns, because verifying servers read it when they start.
 */
export async function loadSigningKey(dataDir: string): Promise<SigningKey> {
  const file = join(dataDir, 'signing-key.pem');
  mkdirSync(dataDir, { recursive: true });
  if (!existsSync(file)) await createKey(file);
  const privateKey = createPrivateKey(readFileSync(file));
  const { kty, n, e } = createPublicKey(privateKey).export({ format: 'jwk' });
  // RFC 7638: the thumbprint hashes exactly these members in this order.
  const id = createHash('sha256').update(JSON.stringify({ e, kty, n })).digest('base64url');
  const jwks = { keys: [{ kty, n, e, use: 'sig', alg: 'RS256', kid: id }] } as JwkSet;
  writeWhole(join(dataDir, 'jwks.json'), `${JSON.stringify(jwks)}\n`);
  return { id, privateKey, jwks };
}

async function createKey(file: string): Promise<void> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
  writeWhole(file, privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
}

/** Writes through a rename, so that a kill in between leaves the old file or none, never half of one. */
function writeWhole(file: string, text: string): void {
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, text, { mode: 0o600 });
  renameSync(draft, file);
}
