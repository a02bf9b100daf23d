import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { before, describe, test } from 'node:test';
import { type Answer, type Client, openClient } from '../../scripts/demo/client.ts';
import { until } from '../../scripts/demo/expect.ts';
import { makeCode } from '../../shared/platform/accounts/index.ts';
import { CODE_SECONDS } from '../../shared/platform/identity/index.ts';
import { platform, systemOf } from '../access/people.ts';
import type { OwnTenant } from '../isolation/own-tenants.ts';
import { A_MINUTE, ownTenant, verdict } from './people.ts';

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const CALLBACK = 'https://bench.example/callback';
const REVOKED = [401, 'platform.token_revoked'];
let tenant: OwnTenant;

before(async () => {
  tenant = await ownTenant();
});

type Fields = Readonly<Record<string, string>>;
type Machine = { readonly client_id: string; readonly client_secret: string };

function send(path: string, fields: Fields): Promise<Answer> {
  return tenant.anonymous.post(path, new URLSearchParams(fields).toString(), FORM);
}

async function declare(kind: 'confidential' | 'public'): Promise<string> {
  const permissions = ['calibration.customer:read'];
  const body = { name: 'Bench software', kind, permissions, redirectUris: [CALLBACK] };
  const { status, body: client, bytes } = await tenant.owner.post('/api/v1/oauth-clients', body);
  assert.equal(status, 201, String(bytes));
  return client.id;
}

async function machine(id?: string): Promise<Machine> {
  const client = id ?? (await declare('confidential'));
  const { body } = await tenant.owner.post(`/api/v1/oauth-clients/${client}/secret`);
  return { client_id: client, client_secret: body.clientSecret };
}

async function tokenOf(credentials: Machine): Promise<string> {
  const { status, body } = await send('/oauth/token', { grant_type: 'client_credentials', ...credentials });
  assert.equal(status, 200);
  return body.access_token;
}

function use(token: string): Promise<Answer> {
  const client: Client = openClient(tenant.origin, token);
  return client.get('/api/v1/customers');
}

describe('a token of a machine’s own', () => {
  test('that is taken back is no longer good, and no other one with it', async () => {
    const credentials = await machine();
    const [one, other] = [await tokenOf(credentials), await tokenOf(credentials)];
    assert.equal((await use(one)).status, 200);
    assert.equal((await send('/oauth/revoke', { token: one, ...credentials })).status, 200);
    const gone = await until(
      () => use(one),
      ({ status }) => status !== 200,
      A_MINUTE,
      'the revocation',
    );
    assert.deepEqual(verdict(gone), REVOKED);
    assert.equal((await use(other)).status, 200);
  });

  test('is not taken back by another machine', async () => {
    const token = await tokenOf(await machine());
    const own = await machine();
    assert.equal((await send('/oauth/revoke', { token, ...own })).status, 200);
    const mark = await tokenOf(own);
    await send('/oauth/revoke', { token: mark, ...own });
    await until(
      () => use(mark),
      ({ status }) => status !== 200,
      A_MINUTE,
      'a revocation that came later',
    );
    assert.equal((await use(token)).status, 200);
  });

  test('ends with the secret that it was got by; one of the new secret is good', async () => {
    const before = await machine();
    const old = await tokenOf(before);
    const token = await tokenOf(await machine(before.client_id));
    const gone = await until(
      () => use(old),
      ({ status }) => status !== 200,
      A_MINUTE,
      'the new secret',
    );
    assert.deepEqual(verdict(gone), REVOKED);
    assert.equal((await use(token)).status, 200);
  });
});

test('an authorization code is good for its minute and not longer', async () => {
  const client = await declare('public');
  const { body: me } = await tenant.owner.get('/api/v1/me');
  const verifier = randomBytes(32).toString('base64url');
  const grant = {
    ...{ user: me.id, redirectUri: CALLBACK, permissions: ['calibration.customer:read'], methods: ['pwd'] },
    ...{ challenge: createHash('sha256').update(verifier).digest('base64url') },
    authTime: Math.floor(Date.now() / 1000),
  };
  const exchangeAfter = async (age: number) => {
    const now = () => new Date(Date.now() - age * 1000);
    const code = await makeCode({ ...platform, now }, systemOf(tenant), client, grant);
    const fields = { grant_type: 'authorization_code', client_id: client, redirect_uri: CALLBACK };
    return send('/oauth/token', { ...fields, code, code_verifier: verifier });
  };
  assert.equal((await exchangeAfter(0)).status, 200);
  const late = await exchangeAfter(CODE_SECONDS + 5);
  assert.deepEqual([late.status, late.body.error], [400, 'invalid_grant']);
});
