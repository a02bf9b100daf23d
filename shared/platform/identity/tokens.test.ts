import assert from 'node:assert/strict';
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { describe, test } from 'node:test';
import { type JWTPayload, SignJWT } from 'jose';
import type { SigningKey } from '../secrets/index.ts';
import { openIdentity } from './tokens.ts';

const ISSUER = 'https://platform.example';
const NOW = new Date('2026-11-26T10:00:00Z');
const seconds = Math.floor(NOW.getTime() / 1000);
const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });

/** What is signed stands below; only the public half is asked for. */
const key: SigningKey = {
  currentId: async () => 'k1',
  sign: async () => new Uint8Array(64),
  publicKey: async id =>
    (id === 'k1' ? { ...publicKey.export({ format: 'jwk' }), kid: 'k1' } : undefined) as never,
  publicKeys: async () => [],
  ensure: async () => undefined,
};
const identity = openIdentity(key, ISSUER, () => NOW);

const good = {
  ...{ iss: ISSUER, aud: 'touchstone-api', sub: 'usr_1', tenant: 'ten_1', name: 'Tess', roles: ['viewer'] },
  ...{ iat: seconds, nbf: seconds, exp: seconds + 600 },
};

async function verdictOn(payload: JWTPayload, header: object = {}, by: KeyObject = privateKey) {
  const protectedHeader = { alg: 'ES256', typ: 'at+jwt', kid: 'k1', ...header };
  const token = await new SignJWT(payload).setProtectedHeader(protectedHeader).sign(by);
  const outcome = await identity.verify(token);
  return outcome.valid ? outcome.claims.user : outcome.why;
}

/** The good token with one claim another one, or without it. */
function but(claims: object): JWTPayload {
  return JSON.parse(JSON.stringify({ ...good, ...claims }));
}

describe('an access token that our own key has signed', () => {
  test('is good as it should be', async () => {
    assert.equal(await verdictOn(good), 'usr_1');
  });

  test('is not good for another audience, nor for none', async () => {
    for (const aud of ['somebody-else', `${ISSUER}/`, undefined, []])
      assert.equal(await verdictOn(but({ aud })), 'invalid', String(aud));
    assert.equal(await verdictOn(but({ aud: ['somebody-else', 'touchstone-api'] })), 'usr_1');
  });

  test('is not good from another issuer, nor as another type', async () => {
    for (const iss of ['https://evil.example', undefined])
      assert.equal(await verdictOn(but({ iss })), 'invalid', String(iss));
    for (const typ of ['JWT', 'id_token+jwt', undefined])
      assert.equal(await verdictOn(good, { typ }), 'invalid', String(typ));
  });

  test('is not good before its time, after it, or without one', async () => {
    assert.equal(await verdictOn(but({ nbf: seconds + 60 })), 'invalid');
    assert.equal(await verdictOn(but({ exp: seconds - 60 })), 'expired');
    for (const claim of ['exp', 'nbf', 'iat', 'sub'])
      assert.equal(await verdictOn(but({ [claim]: undefined })), 'invalid', claim);
  });

  test('is not good after its time though it was good before', async () => {
    let now = NOW;
    const late = openIdentity(key, ISSUER, () => now);
    const token = await new SignJWT(good)
      .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: 'k1' })
      .sign(privateKey);
    assert.equal((await late.verify(token)).valid, true);
    now = new Date(NOW.getTime() + 660_000);
    assert.deepEqual(await late.verify(token), { valid: false, why: 'expired' });
  });

  test('is not good by a key that the vault has not', async () => {
    assert.equal(await verdictOn(good, { kid: 'k2' }), 'invalid');
    const other = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
    assert.equal(await verdictOn(good, {}, other), 'invalid');
  });
});
