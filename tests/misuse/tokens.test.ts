import assert from 'node:assert/strict';
import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import { before, describe, test } from 'node:test';
import { roles } from '../../shared/kernel/index.ts';
import type { Endpoint } from '../../shared/platform/http/index.ts';
import { inParallel } from '../isolation/in-parallel.ts';
import { allRoles, type OwnTenant, openOwnTenants } from '../isolation/own-tenants.ts';
import { listsOf } from '../isolation/snapshot.ts';
import { app, endpoints, isSecured, pathWith } from '../isolation/table.ts';
import { assertProblem, type Refusal } from './problem.ts';

const secured = endpoints.filter(isSecured);
const SOME_ID = `cus_${'0'.repeat(26)}`;

let tenant: OwnTenant;
let other: OwnTenant;
let earlier: Readonly<Record<string, unknown>>;

before(async () => {
  const [first, second] = await openOwnTenants(2);
  if (first === undefined || second === undefined) throw new Error('two tenants were asked for');
  tenant = first;
  other = second;
  earlier = await listsOf(tenant);
});

/** Each of these endpoints refuses this `Authorization` header in this way. */
async function everywhere(
  authorization: string,
  expected: Refusal,
  where: readonly Endpoint[] = secured,
): Promise<void> {
  await inParallel(where, async endpoint => {
    const path = pathWith(endpoint, SOME_ID);
    const body = endpoint.example?.body;
    const answer = await tenant.anonymous.call(endpoint.method, path, { body, headers: { authorization } });
    assertProblem(answer, path, expected, `${endpoint.method} ${path}`);
    if (answer.status === 401) assert.match(answer.headers['www-authenticate'] ?? '', /^Bearer/);
  });
}

const INVALID: Refusal = { status: 401, code: 'platform.token_invalid' };
/** Where every way of forging is tried; how tokens are checked is the same for all. */
const few = secured.filter((_endpoint, index) => index % 7 === 0);

function encoded(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function parts(token: string): {
  header: Record<string, unknown>;
  payload: Record<string, unknown>;
  signature: string;
} {
  const [header = '', payload = '', signature = ''] = token.split('.');
  const decoded = (text: string) => JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
  return { header: decoded(header), payload: decoded(payload), signature };
}

describe('A token opens only what it was issued for', () => {
  test('no token, another scheme and an empty one are refused everywhere', async () => {
    const token = await tenant.token(allRoles);
    for (const header of ['', 'Basic dGVzczp0ZXNz', `Token ${token}`, token, 'Bearer'])
      await everywhere(
        header,
        { status: 401, code: 'platform.token_missing' },
        header === '' ? secured : few,
      );
  });

  test('garbage is refused everywhere', async () => {
    await everywhere('Bearer garbage', INVALID);
    for (const text of ['a.b.c', '..', `${'x'.repeat(4000)}.y.z`, 'Bearer', "' OR 1=1"])
      await everywhere(`Bearer ${text}`, INVALID, few);
  });

  test('an expired token is refused everywhere and says so', async () => {
    const expired = await tenant.token(allRoles, undefined, -60);
    await everywhere(`Bearer ${expired}`, { status: 401, code: 'platform.token_expired' });
  });

  test('a token of another tenant is refused everywhere', async () => {
    const foreign = await other.token(allRoles);
    await everywhere(`Bearer ${foreign}`, { status: 403, code: 'platform.tenant_mismatch' });
  });

  test('algorithm none is refused everywhere', async () => {
    const { header, payload } = parts(await tenant.token(allRoles));
    await everywhere(`Bearer ${encoded({ ...header, alg: 'none' })}.${encoded(payload)}.`, INVALID);
    await everywhere(`Bearer ${encoded({ alg: 'none', typ: 'JWT' })}.${encoded(payload)}.`, INVALID, few);
  });

  test('an altered token is refused', async () => {
    const { header, payload, signature } = parts(await tenant.token(['viewer']));
    const risen = encoded({ ...payload, roles: allRoles });
    await everywhere(`Bearer ${encoded(header)}.${risen}.${signature}`, INVALID);
    const flipped = `${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`;
    await everywhere(`Bearer ${encoded(header)}.${encoded(payload)}.${flipped}`, INVALID, few);
  });

  test('a token signed with another key is refused, whatever key it names', async () => {
    const { header, payload } = parts(await tenant.token(allRoles));
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const jwk = publicKey.export({ format: 'jwk' });
    for (const own of [
      header,
      { ...header, kid: 'mine' },
      { ...header, jwk },
      { ...header, jku: 'http://127.0.0.1:9/' },
    ]) {
      const signed = `${encoded(own)}.${encoded(payload)}`;
      const signature = sign('sha256', Buffer.from(signed), { key: privateKey, dsaEncoding: 'ieee-p1363' });
      await everywhere(`Bearer ${signed}.${signature.toString('base64url')}`, INVALID, few);
    }
  });

  test('a token signed with the public key as an HMAC secret is refused', async () => {
    const { header, payload } = parts(await tenant.token(allRoles));
    const { body } = await tenant.anonymous.get('/.well-known/jwks.json');
    const signed = `${encoded({ ...header, alg: 'HS256' })}.${encoded(payload)}`;
    const signature = createHmac('sha256', JSON.stringify(body.keys[0])).update(signed).digest('base64url');
    await everywhere(`Bearer ${signed}.${signature}`, INVALID, few);
  });

  test('the public keys hold nothing private', async () => {
    const { body } = await tenant.anonymous.get('/.well-known/jwks.json');
    assert.ok(body.keys.length > 0);
    for (const key of body.keys)
      for (const name of ['d', 'p', 'q', 'k', 'dp', 'dq', 'qi']) assert.ok(!(name in key));
  });

  test('a role without the permission is refused with the permission that it lacks, at every endpoint', async () => {
    await inParallel(secured, async endpoint => {
      const needed = typeof endpoint.access === 'object' ? endpoint.access.permission : 'platform.operate';
      const holders: readonly string[] = app.permissions[needed] ?? [];
      const poor = roles.filter(role => !holders.includes(role));
      const path = pathWith(endpoint, SOME_ID);
      // What is everybody's own, every role has.
      for (const held of [...(poor.length === 0 ? [] : [poor]), ['no-such-role'], []]) {
        const client = tenant.anonymous.as(await tenant.token(held));
        const answer = await client.call(endpoint.method, path, { body: endpoint.example?.body });
        assertProblem(
          answer,
          path,
          { status: 403, code: 'platform.permission_missing' },
          `${endpoint.id} as ${held}`,
        );
        assert.deepEqual(answer.body.data, { permission: needed });
      }
    });
  });

  test('a wrong passphrase, an unknown address and a disabled login look the same', async () => {
    const tries = [
      { email: tenant.email, password: 'not the passphrase' },
      { email: 'nobody@nowhere.example', password: 'not the passphrase' },
      { email: other.email, password: 'a passphrase for tests only' },
    ];
    for (const body of tries) {
      const answer = await tenant.anonymous.post('/api/v1/auth/login', body);
      const expected = { status: 401, code: 'platform.login_refused' };
      assertProblem(answer, '/api/v1/auth/login', expected, body.email);
    }
  });

  test('after all this nothing new is there', async () => {
    assert.deepEqual(await listsOf(tenant), earlier);
  });
});
