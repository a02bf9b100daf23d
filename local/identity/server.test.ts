import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { ManagedIdentityCredential } from '@azure/identity';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { faults } from '../faults/client.ts';
import { IDENTITIES, OWNER } from './identities.ts';
import { type IdentityServer, startIdentityServer } from './server.ts';
import { TokenRefused, verifyToken } from './tokens.ts';

let dataDir = '';
let server: IdentityServer;

before(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'touchstone-identity-'));
  server = await startIdentityServer({ port: 0, dataDir });
});

after(async () => {
  await server.close();
  rmSync(dataDir, { recursive: true, force: true });
});

/** Takes a token through the official SDK, which reads its endpoint from the environment when constructed. */
async function tokenFor(scope: string): Promise<{ token: string; expiresOnTimestamp: number }> {
  process.env['IDENTITY_ENDPOINT'] = `http://localhost:${server.port}/msi/token`;
  process.env['IDENTITY_HEADER'] = server.header;
  return await new ManagedIdentityCredential().getToken(scope);
}

function ask(query: string, headers: Record<string, string>): Promise<Response> {
  return fetch(`http://127.0.0.1:${server.port}/msi/token?${query}`, { headers });
}

const VALID = 'resource=https%3A%2F%2Fvault.azure.net&api-version=2019-08-01';
const now = (): number => Math.floor(Date.now() / 1000);

test('the official credential gets a token for the resource of its scope, good for a day', async () => {
  const { token, expiresOnTimestamp } = await tokenFor('https://storage.azure.com/.default');
  const keys = createRemoteJWKSet(new URL(`http://127.0.0.1:${server.port}/discovery/keys`));
  const { payload } = await jwtVerify(token, keys, {
    issuer: 'https://sts.windows.net/00000000-0000-0000-0000-000000000001/',
  });
  assert.equal(payload.aud, 'https://storage.azure.com');
  assert.equal(payload['ver'], '1.0');
  assert.ok(Math.abs(expiresOnTimestamp / 1000 - now() - 86_400) < 60);
});

test('the key set file verifies a token and refuses another audience, a later time and a changed body', async () => {
  const { token } = await tokenFor('https://vault.azure.net/.default');
  const jwks = JSON.parse(readFileSync(server.jwksFile, 'utf8'));
  assert.equal(verifyToken(token, jwks, 'https://vault.azure.net/', now()).aud, 'https://vault.azure.net');
  const [header, body, signature] = token.split('.');
  const changed = Buffer.from(`${Buffer.from(body ?? '', 'base64url')}`.replace('vault', 'other')).toString(
    'base64url',
  );
  assert.throws(() => verifyToken(token, jwks, 'https://localhost', now()), TokenRefused);
  assert.throws(() => verifyToken(token, jwks, 'https://vault.azure.net', now() + 90_000), TokenRefused);
  assert.throws(
    () => verifyToken(`${header}.${changed}.${signature}`, jwks, 'https://other.azure.net', now()),
    TokenRefused,
  );
  assert.throws(() => verifyToken('nonsense', jwks, 'https://vault.azure.net', now()), TokenRefused);
});

test('discovery tells where the keys are', async () => {
  const response = await fetch(`http://127.0.0.1:${server.port}/.well-known/openid-configuration`);
  const document = await response.json();
  const keys = await (await fetch(document.jwks_uri)).json();
  assert.equal(keys.keys[0].alg, 'RS256');
  assert.equal(keys.keys[0].d, undefined);
});

test('a request without the header, with a wrong one, or incomplete is refused as App Service refuses it', async () => {
  const header = { 'X-IDENTITY-HEADER': server.header };
  assert.equal((await ask(VALID, {})).status, 400);
  assert.equal((await ask(VALID, { 'X-IDENTITY-HEADER': 'guess' })).status, 401);
  assert.equal((await ask('api-version=2019-08-01', header)).status, 400);
  assert.equal((await ask('resource=https%3A%2F%2Fvault.azure.net', header)).status, 400);
});

test('an identity that the app does not have, another api-version and another method are refused', async () => {
  const header = { 'X-IDENTITY-HEADER': server.header };
  const other = 'ffffffff-0000-0000-0000-000000000000';
  for (const name of ['client_id', 'object_id', 'principal_id', 'mi_res_id']) {
    const unknown = await ask(`${VALID}&${name}=${other}`, header);
    assert.equal(unknown.status, 400, name);
    assert.match((await unknown.json()).message, /^No User Assigned or Delegated Managed Identity found/);
  }
  assert.equal((await ask(`${VALID}&client_id=${OWNER.clientId}`, header)).status, 200);
  assert.equal((await ask(VALID.replace('2019-08-01', '2018-02-01'), header)).status, 400);
  const posted = await fetch(`http://localhost:${server.port}/msi/token?${VALID}`, {
    method: 'POST',
    headers: header,
  });
  assert.equal(posted.status, 405);
});

test('each app is an identity of its own, and who names none is the owner', async () => {
  const header = { 'X-IDENTITY-HEADER': server.header };
  const jwks = JSON.parse(readFileSync(server.jwksFile, 'utf8'));
  for (const { name, clientId, principalId } of IDENTITIES) {
    const query = name === OWNER.name ? VALID : `${VALID}&client_id=${clientId}`;
    const { access_token, client_id } = await (await ask(query, header)).json();
    const { oid, appid } = verifyToken(access_token, jwks, 'https://vault.azure.net', now());
    assert.deepEqual([client_id, appid, oid], [clientId, clientId, principalId]);
  }
});

test('the official credential reports a refused header', async () => {
  // in a process of its own, since the SDK keeps the first endpoint and header that a process showed it
  const program = `
    import { ManagedIdentityCredential } from '@azure/identity';
    await new ManagedIdentityCredential().getToken('https://vault.azure.net/.default').catch(error => console.log(error.name));`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program], {
    env: {
      ...process.env,
      IDENTITY_ENDPOINT: `http://localhost:${server.port}/msi/token`,
      IDENTITY_HEADER: 'guess',
    },
  });
  assert.equal(stdout.trim(), 'CredentialUnavailableError');
});

test('key and header outlive a restart', async () => {
  const { token } = await tokenFor('https://vault.azure.net/.default');
  const again = await startIdentityServer({ port: 0, dataDir });
  try {
    assert.equal(again.header, server.header);
    const jwks = JSON.parse(readFileSync(again.jwksFile, 'utf8'));
    assert.equal(
      verifyToken(token, jwks, 'https://vault.azure.net', now()).tid,
      '00000000-0000-0000-0000-000000000001',
    );
  } finally {
    await again.close();
  }
});

test('a path of two slashes, a host that is none and a target of another form are answered', async () => {
  const ask = async (start: string, host: string): Promise<string | undefined> => {
    const socket = connect(server.port, '127.0.0.1');
    socket.write(`${start} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
    return (await text(socket)).split(' ', 2)[1];
  };
  assert.equal(await ask('GET //', 'localhost'), '404');
  assert.equal(await ask('GET //[', 'localhost'), '404');
  assert.equal(await ask('GET /msi/token', '['), '400');
  assert.equal(await ask('GET /msi/token', 'localhost:99999'), '400');
  assert.equal(await ask('GET http://elsewhere/discovery/keys', 'localhost'), '200');
  assert.equal(await ask('GET *', 'localhost'), '400');
  assert.equal(await ask('GET /discovery/keys', 'localhost'), '200');
});

test('a fault is told in the words of the endpoint, or of Entra behind it', async t => {
  const folder = mkdtempSync(join(tmpdir(), 'touchstone-identity-'));
  const faulty = await startIdentityServer({ port: 0, dataDir: folder, faultsToken: 'test' });
  t.after(async () => {
    await faulty.close();
    rmSync(folder, { recursive: true });
  });
  const origin = `http://127.0.0.1:${faulty.port}`;
  const settings = { FAULTS_TOKEN: 'test', FAULTS_IDENTITY_URL: origin };
  for (const [status, words] of [
    [400, /^No User Assigned or Delegated Managed Identity found/],
    [429, /^AADSTS90055: /],
    [500, /^An unexpected error occured while fetching the AAD Token\.$/],
    [503, /^AADSTS90006: /],
  ] as const) {
    await using _ = await faults({ settings }).on('identity').refuse({ operation: 'token', status });
    const answer = await fetch(`${origin}/msi/token?${VALID}`, {
      headers: { 'X-IDENTITY-HEADER': faulty.header },
    });
    assert.equal(answer.status, status);
    const { statusCode, message, correlationId } = await answer.json();
    assert.equal(statusCode, status);
    assert.match(message, words);
    assert.match(correlationId, /^[\da-f-]{36}$/);
  }
});
