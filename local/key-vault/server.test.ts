import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { TokenCredential } from '@azure/identity';
import { CryptographyClient, KeyClient } from '@azure/keyvault-keys';
import { SecretClient } from '@azure/keyvault-secrets';
import { createLocalJWKSet, jwtVerify } from 'jose';
import { type IdentityServer, startIdentityServer } from '../identity/server.ts';
import { loadSigningKey } from '../identity/signing-key.ts';
import { issueToken } from '../identity/tokens.ts';
import { ensureCertificates } from '../tls/certificates.ts';
import { type KeyVaultServer, startKeyVaultServer } from './server.ts';

let dataDir = '';
let ca = '';
let identity: IdentityServer;
let vault: KeyVaultServer;
let credential: TokenCredential;

function start(purgeProtection = false, folder = 'key-vault'): Promise<KeyVaultServer> {
  return startKeyVaultServer({
    port: 0,
    dataDir: join(dataDir, folder),
    tlsCert: join(dataDir, 'tls', 'server.pem'),
    tlsKey: join(dataDir, 'tls', 'server.key'),
    jwksFile: identity.jwksFile,
    purgeProtection,
  });
}

before(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'touchstone-vault-'));
  ca = readFileSync((await ensureCertificates(dataDir)).ca, 'utf8');
  identity = await startIdentityServer({ port: 0, dataDir: join(dataDir, 'identity') });
  const key = await loadSigningKey(join(dataDir, 'identity'));
  // The managed identity credential reads its endpoint once per process; identity has its own test with it.
  credential = {
    getToken: async scopes => {
      const audience = String(scopes).replace(/\/\.default$/, '');
      return {
        token: issueToken(key, audience, Date.now() / 1000, 3600),
        expiresOnTimestamp: Date.now() + 3_600_000,
      };
    },
  };
  vault = await start();
});

after(async () => {
  await vault.close();
  await identity.close();
  rmSync(dataDir, { recursive: true, force: true });
});

const options = () => ({
  disableChallengeResourceVerification: true,
  tlsOptions: { ca },
  retryOptions: { maxRetries: 0 },
});
const urlOf = (server: KeyVaultServer): string => `https://localhost:${server.port}`;
const secretsOf = (server = vault): SecretClient => new SecretClient(urlOf(server), credential, options());
const keysOf = (server = vault): KeyClient => new KeyClient(urlOf(server), credential, options());
const cryptography = (id: string): CryptographyClient => new CryptographyClient(id, credential, options());

async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const list: Item[] = [];
  for await (const item of items) list.push(item);
  return list;
}

/** Sends a request as no SDK would, to see the bare answer. */
function send(
  path: string,
  headers: Record<string, string>,
  method = 'GET',
  body = '',
): Promise<{ status: number; challenge: string; text: string }> {
  return new Promise((resolve, reject) => {
    const client = request(
      { host: 'localhost', port: vault.port, path, method, headers, ca, agent: false },
      response => {
        const chunks: Buffer[] = [];
        response.on('data', chunk => chunks.push(chunk));
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            challenge: String(response.headers['www-authenticate']),
            text: Buffer.concat(chunks).toString(),
          }),
        );
      },
    );
    client.on('error', reject).end(body);
  });
}

/** Signs without the SDK, which itself refuses what the key it has seen does not allow. */
async function statusOfSign(keyId: string): Promise<number> {
  const { token } = (await credential.getToken('https://vault.azure.net/.default')) ?? { token: '' };
  const body = JSON.stringify({ alg: 'RS256', value: Buffer.alloc(32).toString('base64url') });
  const path = `${new URL(keyId).pathname}/sign?api-version=7.6`;
  return (await send(path, { authorization: `Bearer ${token}` }, 'POST', body)).status;
}

test('a secret keeps its value, content type and tags, version by version', async () => {
  const client = secretsOf();
  const first = await client.setSecret('webhook-key', 'one', {
    contentType: 'text/plain',
    tags: { tenant: 'lab' },
  });
  const second = await client.setSecret('webhook-key', 'two');
  assert.equal((await client.getSecret('webhook-key')).value, 'two');
  const old = await client.getSecret('webhook-key', { version: first.properties.version ?? '' });
  assert.equal(old.value, 'one');
  assert.equal(old.properties.contentType, 'text/plain');
  assert.deepEqual(old.properties.tags, { tenant: 'lab' });
  assert.equal(old.properties.vaultUrl, urlOf(vault));
  const versions = await all(client.listPropertiesOfSecretVersions('webhook-key'));
  assert.deepEqual(
    versions.map(item => item.version).sort(),
    [first.properties.version, second.properties.version].sort(),
  );
});

test('an unknown secret is 404 SecretNotFound and a bad name 400 BadParameter', async () => {
  await assert.rejects(secretsOf().getSecret('nothing-here'), { statusCode: 404, code: 'SecretNotFound' });
  await assert.rejects(secretsOf().getSecret('under_score'), { statusCode: 400, code: 'BadParameter' });
});

test('at most fifteen tags, and attributes that are an object', async () => {
  const tags = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, at) => [`k${at}`, 'v']));
  const client = secretsOf();
  const { properties } = await client.setSecret('tagged', 'x', { tags: tags(15) });
  assert.equal(Object.keys(properties.tags ?? {}).length, 15);
  const refused = { statusCode: 400, code: 'BadParameter' };
  await assert.rejects(client.setSecret('tagged', 'y', { tags: tags(16) }), refused);
  await assert.rejects(
    client.updateSecretProperties('tagged', properties.version ?? '', { tags: tags(16) }),
    refused,
  );
  await assert.rejects(keysOf().createEcKey('tagged', { tags: tags(16) }), refused);
  assert.equal((await client.getSecret('tagged')).value, 'x');
  const { token } = (await credential.getToken('https://vault.azure.net/.default')) ?? { token: '' };
  for (const attributes of [5, 'x', [1], { enabled: 'yes' }, { exp: 'soon' }]) {
    const answer = await send(
      '/secrets/odd?api-version=7.6',
      { authorization: `Bearer ${token}` },
      'PUT',
      JSON.stringify({ value: 'x', attributes }),
    );
    assert.deepEqual(
      [answer.status, JSON.parse(answer.text).error.code],
      [400, 'BadParameter'],
      JSON.stringify(attributes),
    );
  }
});

test('a key that may leave the vault needs a policy, one that may not has none, and release is 501', async () => {
  const releasePolicy = { encodedPolicy: Buffer.from('{"version":"1.0.0"}') };
  for (const [options, statusCode, message] of [
    [{ exportable: true }, 400, /AKV\.SKR\.1004/],
    [{ releasePolicy }, 400, /AKV\.SKR\.1005/],
    [{ exportable: true, releasePolicy }, 501, /key release/],
  ] as const)
    await assert.rejects(keysOf().createRsaKey('released', options), { statusCode, message });
  await assert.rejects(keysOf().getKey('released'), { statusCode: 404 });
});

test('a disabled secret is not given out until it is enabled again', async () => {
  const client = secretsOf();
  const { properties } = await client.setSecret('paused', 'hidden');
  await client.updateSecretProperties('paused', properties.version ?? '', {
    enabled: false,
    tags: { why: 'leak' },
  });
  await assert.rejects(client.getSecret('paused'), { statusCode: 403, code: 'Forbidden' });
  // the SDK cuts times to 32 bits, so they must be before 2038
  const expiresOn = new Date('2037-01-01T00:00:00Z');
  await client.updateSecretProperties('paused', properties.version ?? '', { enabled: true, expiresOn });
  const secret = await client.getSecret('paused');
  assert.deepEqual(secret.properties.expiresOn, expiresOn);
  assert.deepEqual(secret.properties.tags, { why: 'leak' });
});

test('a deleted secret can be recovered; its name is taken until it is purged', async () => {
  const client = secretsOf();
  await client.setSecret('fleeting', 'kept');
  const deleted = await (await client.beginDeleteSecret('fleeting', { intervalInMs: 1 })).pollUntilDone();
  assert.equal(deleted.properties.recoveryId, `${urlOf(vault)}/deletedsecrets/fleeting`);
  const days =
    (Number(deleted.properties.scheduledPurgeDate) - Number(deleted.properties.deletedOn)) / 86_400_000;
  assert.equal(days, 90);
  await assert.rejects(client.getSecret('fleeting'), { statusCode: 404, code: 'SecretNotFound' });
  await assert.rejects(client.setSecret('fleeting', 'again'), { statusCode: 409, code: 'Conflict' });
  assert.deepEqual(
    (await all(client.listDeletedSecrets())).map(item => item.name),
    ['fleeting'],
  );
  await (await client.beginRecoverDeletedSecret('fleeting', { intervalInMs: 1 })).pollUntilDone();
  assert.equal((await client.getSecret('fleeting')).value, 'kept');
  await (await client.beginDeleteSecret('fleeting', { intervalInMs: 1 })).pollUntilDone();
  await client.purgeDeletedSecret('fleeting');
  await assert.rejects(client.getDeletedSecret('fleeting'), { statusCode: 404 });
  await client.setSecret('fleeting', 'new');
  assert.equal((await all(client.listPropertiesOfSecretVersions('fleeting'))).length, 1);
});

test('a vault with purge protection refuses a purge', async () => {
  const strict = await start(true, 'strict');
  try {
    const client = secretsOf(strict);
    const { properties } = await client.setSecret('precious', 'kept');
    assert.equal(properties.recoveryLevel, 'Recoverable');
    await (await client.beginDeleteSecret('precious', { intervalInMs: 1 })).pollUntilDone();
    await assert.rejects(client.purgeDeletedSecret('precious'), { statusCode: 403, code: 'Forbidden' });
  } finally {
    await strict.close();
  }
});

test('lists are paged by twenty-five and show each secret once', async () => {
  const client = secretsOf();
  const names = Array.from({ length: 30 }, (_, index) => `page-${String(index).padStart(2, '0')}`);
  for (const name of names) await client.setSecret(name, name);
  await client.setSecret('page-00', 'second version');
  const listed = (await all(client.listPropertiesOfSecrets()))
    .map(item => item.name)
    .filter(name => name.startsWith('page-'));
  assert.deepEqual(listed, names);
});

test('a request without a good token gets a challenge that names tenant and resource', async () => {
  const bare = await send('/secrets/x?api-version=7.6', {});
  assert.equal(bare.status, 401);
  assert.match(
    bare.challenge,
    /^Bearer authorization="https:\/\/login\.windows\.net\/[0-9a-f-]{36}", resource="https:\/\/vault\.azure\.net"$/,
  );
  const key = await loadSigningKey(join(dataDir, 'identity'));
  const foreign = await loadSigningKey(join(dataDir, 'foreign'));
  const now = Date.now() / 1000;
  const refused = [
    issueToken(key, 'https://storage.azure.com', now, 3600),
    issueToken(key, 'https://vault.azure.net', now - 7200, 3600),
    issueToken(foreign, 'https://vault.azure.net', now, 3600),
    'nonsense',
  ];
  for (const token of refused) {
    const answer = await send('/secrets/x?api-version=7.6', { authorization: `Bearer ${token}` });
    assert.equal(answer.status, 401);
    assert.equal(JSON.parse(answer.text).error.code, 'Unauthorized');
  }
});

test('a body that is no JSON object, a missing or unknown api-version and an unknown path are refused', async () => {
  const { token } = (await credential.getToken('https://vault.azure.net/.default')) ?? { token: '' };
  const headers = { authorization: `Bearer ${token}` };
  assert.equal((await send('/secrets/x?api-version=7.6', headers, 'PUT', '[')).status, 400);
  assert.equal((await send('/secrets/x?api-version=7.6', headers, 'PUT', '{"value":1}')).status, 400);
  assert.equal((await send('/secrets/x', headers)).status, 400);
  assert.equal((await send('/secrets/x?api-version=1.0', headers)).status, 400);
  assert.equal((await send('/secrets/%ff?api-version=7.6', headers)).status, 400);
  assert.equal((await send('/certificates?api-version=7.6', headers)).status, 404);
  assert.equal((await send('/secrets/x?api-version=7.6', headers, 'POST', '{}')).status, 405);
});

test('an EC key signs tokens that others verify with its public half', async () => {
  const key = await keysOf().createEcKey('token-key', { curve: 'P-256' });
  const head = Buffer.from(JSON.stringify({ alg: 'ES256', kid: key.properties.version })).toString(
    'base64url',
  );
  const signed = `${head}.${Buffer.from(JSON.stringify({ sub: 'someone' })).toString('base64url')}`;
  const { result } = await cryptography(key.id ?? '').signData('ES256', Buffer.from(signed));
  const { x, y } = key.key ?? {};
  const jwk = {
    kty: 'EC',
    crv: 'P-256',
    kid: key.properties.version ?? '',
    x: Buffer.from(x ?? []).toString('base64url'),
    y: Buffer.from(y ?? []).toString('base64url'),
  };
  const { payload } = await jwtVerify(
    `${signed}.${Buffer.from(result).toString('base64url')}`,
    createLocalJWKSet({ keys: [jwk] }),
  );
  assert.equal(payload.sub, 'someone');
});

const SIGNATURES = [
  ['ES256', 'P-256', 'sha256'],
  ['ES384', 'P-384', 'sha384'],
  ['ES512', 'P-521', 'sha512'],
  ['ES256K', 'P-256K', 'sha256'],
  ['RS256', 2048, 'sha256'],
  ['RS512', 3072, 'sha512'],
  ['PS256', 2048, 'sha256'],
  ['PS384', 2048, 'sha384'],
] as const;

for (const [algorithm, shape, hash] of SIGNATURES) {
  test(`${algorithm}: what the vault signs it verifies, and nothing else`, async () => {
    const name = `signer-${algorithm}`;
    const key =
      typeof shape === 'number'
        ? await keysOf().createRsaKey(name, { keySize: shape })
        : await keysOf().createEcKey(name, { curve: shape });
    const client = cryptography(key.id ?? '');
    const digest = createHash(hash).update('measurement').digest();
    const { result } = await client.sign(algorithm, digest);
    assert.equal((await client.verify(algorithm, digest, result)).result, true);
    assert.equal(
      (await client.verify(algorithm, createHash(hash).update('other').digest(), result)).result,
      false,
    );
    const broken = Buffer.from(result);
    broken[7] = (broken[7] ?? 0) ^ 1;
    assert.equal((await client.verify(algorithm, digest, broken)).result, false);
    await assert.rejects(client.sign(algorithm, Buffer.from('short')), {
      statusCode: 400,
      code: 'BadParameter',
    });
  });
}

test('a wrapping key wraps and unwraps data keys, and an older version still unwraps after a rotation', async () => {
  const key = await keysOf().createRsaKey('wrapping', { keyOps: ['wrapKey', 'unwrapKey'] });
  const dataKey = randomBytes(32);
  for (const algorithm of ['RSA-OAEP', 'RSA-OAEP-256'] as const) {
    const { result, keyID } = await cryptography(key.id ?? '').wrapKey(algorithm, dataKey);
    const rotated = await keysOf().rotateKey('wrapping');
    assert.notEqual(rotated.id, key.id);
    assert.deepEqual(
      Buffer.from((await cryptography(keyID ?? '').unwrapKey(algorithm, result)).result),
      dataKey,
    );
    await assert.rejects(cryptography(rotated.id ?? '').unwrapKey(algorithm, result), {
      statusCode: 400,
      code: 'BadParameter',
    });
  }
  assert.equal((await all(keysOf().listPropertiesOfKeyVersions('wrapping'))).length, 3);
  assert.equal(await statusOfSign(key.id ?? ''), 403);
});

test('an RSA key encrypts and decrypts', async () => {
  const key = await keysOf().createRsaKey('envelope');
  const client = cryptography(key.id ?? '');
  const { result } = await client.encrypt({ algorithm: 'RSA-OAEP-256', plaintext: Buffer.from('note') });
  const { result: plain } = await client.decrypt({ algorithm: 'RSA-OAEP-256', ciphertext: result });
  assert.equal(Buffer.from(plain).toString(), 'note');
});

test('key and algorithm must fit each other', async () => {
  const key = await keysOf().createEcKey('misfit', { curve: 'P-256' });
  const client = cryptography(key.id ?? '');
  await assert.rejects(client.sign('RS256', Buffer.alloc(32)), { statusCode: 400, code: 'BadParameter' });
  await assert.rejects(client.sign('ES384', Buffer.alloc(48)), { statusCode: 400, code: 'BadParameter' });
  await assert.rejects(keysOf().createRsaKey('tiny', { keySize: 1024 }), {
    statusCode: 400,
    code: 'BadParameter',
  });
});

test('a disabled key does nothing and an expired one only undoes what it did', async () => {
  const client = keysOf();
  const key = await client.createRsaKey('retired');
  const crypto = cryptography(key.id ?? '');
  const { result } = await crypto.wrapKey('RSA-OAEP-256', Buffer.from('data key'));
  await client.updateKeyProperties('retired', key.properties.version ?? '', {
    expiresOn: new Date('2020-01-01T00:00:00Z'),
  });
  assert.equal(await statusOfSign(key.id ?? ''), 403);
  assert.equal(Buffer.from((await crypto.unwrapKey('RSA-OAEP-256', result)).result).toString(), 'data key');
  await client.updateKeyProperties('retired', key.properties.version ?? '', { enabled: false });
  await assert.rejects(crypto.unwrapKey('RSA-OAEP-256', result), { statusCode: 403, code: 'Forbidden' });
});

test('keys are deleted, recovered and purged like secrets, and a private half never leaves', async () => {
  const client = keysOf();
  await client.createEcKey('passing');
  await (await client.beginDeleteKey('passing', { intervalInMs: 1 })).pollUntilDone();
  await assert.rejects(client.getKey('passing'), { statusCode: 404, code: 'KeyNotFound' });
  await assert.rejects(client.createEcKey('passing'), { statusCode: 409, code: 'Conflict' });
  await (await client.beginRecoverDeletedKey('passing', { intervalInMs: 1 })).pollUntilDone();
  assert.equal((await client.getKey('passing')).key?.d, undefined);
  await (await client.beginDeleteKey('passing', { intervalInMs: 1 })).pollUntilDone();
  assert.ok((await all(client.listDeletedKeys())).some(item => item.name === 'passing'));
  await client.purgeDeletedKey('passing');
  await assert.rejects(client.getDeletedKey('passing'), { statusCode: 404, code: 'KeyNotFound' });
});

test('a backup restores all versions of a secret or key in a vault of the same tenant, and only where the name is free', async () => {
  await secretsOf().setSecret('kept', 'old');
  const { properties } = await secretsOf().setSecret('kept', 'new', { tags: { of: 'backup' } });
  const key = await keysOf().createRsaKey('kept');
  const wrapped = await cryptography(key.id ?? '').wrapKey('RSA-OAEP-256', Buffer.from('data key'));
  await keysOf().rotateKey('kept');
  const secretBackup = (await secretsOf().backupSecret('kept')) ?? new Uint8Array();
  const keyBackup = (await keysOf().backupKey('kept')) ?? new Uint8Array();
  const elsewhere = await start(true, 'restored');
  try {
    await secretsOf(elsewhere).restoreSecretBackup(secretBackup);
    await keysOf(elsewhere).restoreKeyBackup(keyBackup);
    const secret = await secretsOf(elsewhere).getSecret('kept');
    assert.deepEqual(
      [secret.value, secret.properties.version, secret.properties.tags],
      ['new', properties.version, { of: 'backup' }],
    );
    assert.equal((await all(secretsOf(elsewhere).listPropertiesOfSecretVersions('kept'))).length, 2);
    const id = `${urlOf(elsewhere)}/keys/kept/${key.properties.version}`;
    const { result } = await cryptography(id).unwrapKey('RSA-OAEP-256', wrapped.result);
    assert.equal(Buffer.from(result).toString(), 'data key');
    const again = secretsOf(elsewhere).restoreSecretBackup(secretBackup);
    await assert.rejects(again, { statusCode: 409, code: 'Conflict' });
    const swapped = secretsOf(elsewhere).restoreSecretBackup(keyBackup);
    await assert.rejects(swapped, { statusCode: 400, code: 'BadParameter' });
    secretBackup[40] = (secretBackup[40] ?? 0) ^ 1;
    await assert.rejects(secretsOf(elsewhere).restoreSecretBackup(secretBackup), { statusCode: 400 });
  } finally {
    await elsewhere.close();
  }
});

test('a rotation policy is kept with its key', async () => {
  const client = keysOf();
  await client.createRsaKey('scheduled');
  await client.updateKeyRotationPolicy('scheduled', {
    lifetimeActions: [{ action: 'Rotate', timeAfterCreate: 'P90D' }],
    expiresIn: 'P180D',
  });
  const policy = await client.getKeyRotationPolicy('scheduled');
  assert.equal(policy.expiresIn, 'P180D');
  assert.deepEqual(
    policy.lifetimeActions?.map(action => action.timeAfterCreate),
    ['P90D'],
  );
});

test('secrets and keys outlive the server', async () => {
  const first = await start(false, 'durable');
  await secretsOf(first).setSecret('lasting', 'value');
  const { result } = await cryptography((await keysOf(first).createRsaKey('lasting')).id ?? '').wrapKey(
    'RSA-OAEP',
    Buffer.from('k'),
  );
  await first.close();
  const second = await start(false, 'durable');
  try {
    assert.equal((await secretsOf(second).getSecret('lasting')).value, 'value');
    const key = await keysOf(second).getKey('lasting');
    assert.equal(
      Buffer.from((await cryptography(key.id ?? '').unwrapKey('RSA-OAEP', result)).result).toString(),
      'k',
    );
  } finally {
    await second.close();
  }
});
