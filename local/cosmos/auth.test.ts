import assert from 'node:assert/strict';
import { generateKeyPairSync, sign } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { Agent } from 'node:https';
import { join } from 'node:path';
import { test } from 'node:test';
import { CosmosClient } from '@azure/cosmos';
import { ensureCertificates } from '../tls/certificates.ts';
import { Authenticator } from './auth.ts';
import { CosmosFault } from './errors.ts';
import { startServer } from './server.ts';
import { refusal, testFolder, testServer } from './test-server.ts';

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function issuer(kid: string) {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return {
    jwk: { ...publicKey.export({ format: 'jwk' }), kid },
    token: (claims: object): string => {
      const signed = `${encode({ alg: 'RS256', typ: 'JWT', kid })}.${encode(claims)}`;
      return `${signed}.${sign('sha256', Buffer.from(signed), privateKey).toString('base64url')}`;
    },
  };
}

test('a wrong key and a missing signature are 401', async t => {
  const server = await testServer(t);
  const stranger = new CosmosClient({
    endpoint: server.endpoint,
    key: Buffer.from('somebody else').toString('base64'),
  });
  t.after(() => stranger.dispose());
  assert.equal((await refusal(stranger.databases.readAll().fetchAll()))?.code, 401);
  assert.equal((await fetch(`${server.endpoint}/dbs`)).status, 401);
});

test('a signature is only good for its own time', async t => {
  const server = await testServer(t);
  server.wait(16 * 60);
  assert.equal((await refusal(server.client.databases.readAll().fetchAll()))?.code, 403);
});

test('a token of the known issuer reaches data and reads metadata, but manages nothing', async t => {
  const own = issuer('k1');
  const folder = testFolder(t);
  const jwks = join(folder, 'jwks.json');
  writeFileSync(jwks, JSON.stringify({ keys: [own.jwk] }));
  const topology = {
    database: 'd',
    containers: [{ id: 'c', partitionKey: { paths: ['/pk'], kind: 'Hash', version: 2 } }],
  };
  const files = await ensureCertificates(folder);
  const tls = { certificate: files.cert, key: files.key };
  const agent = new Agent({ ca: readFileSync(files.ca), keepAlive: true });
  t.after(() => agent.destroy());
  const server = await startServer({ port: 0, data: folder, topology, tls, jwks, partitions: 2 });
  t.after(server.close);
  const seconds = Math.floor(Date.now() / 1000);
  const client = (token: string): CosmosClient => {
    const credential = { getToken: async () => ({ token, expiresOnTimestamp: Date.now() + 3_600_000 }) };
    const made = new CosmosClient({ endpoint: server.endpoint, aadCredentials: credential, agent });
    t.after(() => made.dispose());
    return made;
  };
  const good = client(own.token({ aud: 'https://localhost', exp: seconds + 600 }));
  const made = await good.database('d').container('c').items.create({ id: 'a', pk: '1' });
  assert.equal(made.statusCode, 201);
  const managed = await refusal(good.databases.create({ id: 'more' }));
  assert.deepEqual([managed?.code, managed?.substatus], [403, 5300]);
  const code = async (token: string): Promise<number | undefined> =>
    (await refusal(client(token).database('d').container('c').items.query('SELECT * FROM c').fetchAll()))
      ?.code;
  assert.equal(await code(own.token({ aud: 'https://localhost', exp: seconds - 600 })), 401);
  assert.equal(await code(own.token({ aud: 'https://vault.azure.net', exp: seconds + 600 })), 401);
  assert.equal(await code(issuer('k1').token({ aud: 'https://localhost', exp: seconds + 600 })), 401);
  assert.equal(await code(issuer('k2').token({ aud: 'https://localhost', exp: seconds + 600 })), 401);
});

test('a token counts from its begin, give or take, to its end, also when it was seen before', t => {
  const own = issuer('k1');
  const jwks = join(testFolder(t), 'jwks.json');
  writeFileSync(jwks, JSON.stringify({ keys: [own.jwk] }));
  const auth = new Authenticator({ key: '', jwks, audiences: ['a'] });
  const token = own.token({ aud: 'a', nbf: 10_000, exp: 20_000, oid: 'p' });
  const request = { method: 'GET', resourceType: 'docs', resourceLink: '', date: undefined };
  const authorization = encodeURIComponent(`type=aad&ver=1.0&sig=${token}`);
  const check = (second: number): unknown => {
    try {
      return auth.check({ ...request, authorization }, second * 1000);
    } catch (error) {
      return error instanceof CosmosFault ? error.status : error;
    }
  };
  const inside = { principalId: 'p' };
  assert.deepEqual([check(9000), check(9200), check(19_999), check(20_000)], [401, inside, inside, 401]);
});
