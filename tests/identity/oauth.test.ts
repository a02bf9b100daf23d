import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { before, describe, test } from 'node:test';
import { type Answer, type Client, openClient } from '../../scripts/demo/client.ts';
import { until } from '../../scripts/demo/expect.ts';
import type { OwnTenant } from '../isolation/own-tenants.ts';
import { enrol } from './authenticator.ts';
import { A_MINUTE, bearing, logInTo, ownTenant, PASSPHRASE, verdict } from './people.ts';

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const CALLBACK = 'https://bench.example/callback';
let tenant: OwnTenant;

before(async () => {
  tenant = await ownTenant();
});

type Fields = Readonly<Record<string, string>>;

function send(path: string, fields: Fields, headers: Fields = {}, of = tenant): Promise<Answer> {
  return of.anonymous.post(path, new URLSearchParams(fields).toString(), { ...FORM, ...headers });
}

async function declare(
  kind: 'public' | 'confidential',
  permissions = ['calibration.customer:read'],
  of = tenant,
) {
  const body = { name: 'Bench software', kind, permissions, redirectUris: [CALLBACK] };
  const { status, body: client, bytes } = await of.owner.post('/api/v1/oauth-clients', body);
  assert.equal(status, 201, String(bytes));
  return client.id as string;
}

async function secretOf(id: string): Promise<string> {
  const { body } = await tenant.owner.post(`/api/v1/oauth-clients/${id}/secret`);
  return body.clientSecret;
}

function bearer({ body }: Answer): Client {
  return openClient(tenant.origin, body.access_token);
}

describe('a machine with client credentials', () => {
  test('gets a token by either way of showing them, and may what it was declared for', async () => {
    const id = await declare('confidential', ['calibration.customer:read', 'calibration.customer:write']);
    const secret = await secretOf(id);
    const grant = { grant_type: 'client_credentials' };
    const basic = { authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` };
    for (const answer of [
      await send('/oauth/token', grant, basic),
      await send('/oauth/token', { ...grant, client_id: id, client_secret: secret }),
    ]) {
      assert.deepEqual(
        [answer.status, answer.body.token_type, answer.body.refresh_token],
        [200, 'Bearer', undefined],
      );
      assert.equal((await bearer(answer).get('/api/v1/customers')).status, 200);
      assert.equal((await bearer(answer).get('/api/v1/equipment')).status, 403);
    }
    const narrow = await send('/oauth/token', { ...grant, scope: 'calibration.customer:read' }, basic);
    const made = await bearer(narrow).post('/api/v1/customers', { name: 'A', address: ['1 Street'] });
    assert.equal(made.status, 403);
  });

  test('is refused as RFC 6749 says it', async () => {
    const id = await declare('confidential');
    const secret = await secretOf(id);
    const good = { grant_type: 'client_credentials', client_id: id, client_secret: secret };
    const errors: readonly (readonly [Fields, number, string])[] = [
      [{ ...good, client_secret: 'tss_wrong' }, 401, 'invalid_client'],
      [{ ...good, client_id: `cli_${'0'.repeat(26)}` }, 401, 'invalid_client'],
      [{ ...good, scope: 'platform.user:write' }, 400, 'invalid_scope'],
      [{ ...good, grant_type: 'password' }, 400, 'unsupported_grant_type'],
      [{ client_id: id, client_secret: secret }, 400, 'invalid_request'],
      [{ grant_type: 'client_credentials', client_id: await declare('public') }, 400, 'unauthorized_client'],
    ];
    for (const [fields, status, error] of errors) {
      const answer = await send('/oauth/token', fields);
      assert.deepEqual([answer.status, answer.body.error], [status, error]);
      assert.equal(answer.headers['content-type'], 'application/json');
      assert.equal(answer.headers['cache-control'], 'no-store');
      if (status === 401) assert.match(answer.headers['www-authenticate'] ?? '', /^Basic/);
    }
    const elsewhere = await send('/oauth/token', good, {}, await ownTenant());
    assert.deepEqual([elsewhere.status, elsewhere.body.error], [401, 'invalid_client']);
  });

  test('loses within a minute what its maker loses, and everything when they are disabled', async () => {
    const own = await ownTenant();
    const { body: users } = await own.owner.get('/api/v1/users');
    const { id: maker } = users.items.find(({ email }: { email: string }) => email.startsWith('second@'));
    const permissions = ['calibration.customer:read', 'calibration.customer:write'];
    const wish = { name: 'Bench', kind: 'confidential', permissions };
    const { body: client } = await own.second.post('/api/v1/oauth-clients', wish);
    const { body: secret } = await own.second.post(`/api/v1/oauth-clients/${client.id}/secret`);
    const grant = {
      ...{ grant_type: 'client_credentials', client_id: client.id },
      client_secret: secret.clientSecret,
    };
    const machine = own.anonymous.as((await send('/oauth/token', grant, {}, own)).body.access_token);
    const write = () => machine.post('/api/v1/customers', { name: 'A', address: ['1 Street'] });
    assert.equal((await write()).status, 201);
    const change = async (body: object) => {
      const { headers } = await own.owner.get(`/api/v1/users/${maker}`);
      return own.owner.patch(`/api/v1/users/${maker}`, body, { 'if-match': headers['etag'] ?? '' });
    };
    assert.equal((await change({ roles: ['viewer'] })).status, 200);
    const refused = await until(write, ({ status }) => status !== 201, A_MINUTE, 'the narrower rights');
    assert.deepEqual(verdict(refused), [403, 'platform.permission_missing']);
    assert.equal((await machine.get('/api/v1/customers')).status, 200);
    assert.equal((await change({ status: 'disabled' })).status, 200);
    const read = () => machine.get('/api/v1/customers');
    const out = await until(read, ({ status }) => status !== 200, A_MINUTE, 'the end of the machine');
    assert.deepEqual(verdict(out), [401, 'platform.token_revoked']);
    assert.equal((await send('/oauth/token', grant, {}, own)).body.error, 'unauthorized_client');
  });

  test('is out within a minute when it is ended', async () => {
    const id = await declare('confidential');
    const secret = await secretOf(id);
    const grant = { grant_type: 'client_credentials', client_id: id, client_secret: secret };
    const answer = await send('/oauth/token', grant);
    assert.equal((await tenant.owner.post(`/api/v1/oauth-clients/${id}/revocation`)).status, 200);
    assert.equal((await send('/oauth/token', grant)).body.error, 'invalid_client');
    const ask = () => bearer(answer).get('/api/v1/customers');
    await until(ask, ({ status }) => status === 401, A_MINUTE, 'the end of the client');
  });
});

type Flow = { readonly client: string; readonly verifier: string; readonly request: Fields };

async function flow(more: Fields = {}, of = tenant): Promise<Flow> {
  const client = await declare('public', undefined, of);
  const verifier = randomBytes(32).toString('base64url');
  const request = {
    response_type: 'code',
    client_id: client,
    redirect_uri: CALLBACK,
    state: 'xyz',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    ...more,
  };
  return { client, verifier, request };
}

async function codeOf(request: Fields, of = tenant, more: Fields = {}): Promise<string> {
  const answer = await send(
    '/oauth/authorize',
    { ...request, email: of.email, password: PASSPHRASE, ...more },
    {},
    of,
  );
  assert.equal(answer.status, 303, String(answer.bytes));
  return new URL(answer.headers['location'] ?? '').searchParams.get('code') ?? '';
}

function exchange({ client, verifier }: Flow, code: string, more: Fields = {}, of = tenant): Promise<Answer> {
  const fields = {
    grant_type: 'authorization_code',
    client_id: client,
    redirect_uri: CALLBACK,
    code,
    code_verifier: verifier,
  };
  return send('/oauth/token', { ...fields, ...more }, {}, of);
}

describe('a program that acts for a person', () => {
  test('enrols no factor in their name, and gets no code, where everybody needs one and they have none', async () => {
    const own = await ownTenant();
    const one = await flow({}, own);
    const { body } = await exchange(one, await codeOf(one.request, own), {}, own);
    const program = own.anonymous.as(body.access_token);
    assert.equal((await program.get('/api/v1/customers')).status, 200);
    const policy = await own.owner.get('/api/v1/sign-in-policy');
    const changed = await own.owner.call('PUT', '/api/v1/sign-in-policy', {
      body: { ...policy.body, requireMfa: true },
      headers: { 'if-match': policy.headers['etag'] ?? '' },
    });
    assert.equal(changed.status, 200);
    const refused = await until(
      () => program.get('/api/v1/customers'),
      ({ status }) => status !== 200,
      A_MINUTE,
      'the policy',
    );
    const asked = [
      refused,
      await program.post('/api/v1/me/second-factor'),
      await program.get('/api/v1/me/sessions'),
      await program.post('/api/v1/auth/logout-everywhere'),
    ];
    for (const answer of asked) assert.deepEqual(verdict(answer), [403, 'platform.enrolment_needed']);
    const page = await send(
      '/oauth/authorize',
      { ...one.request, email: own.email, password: PASSPHRASE },
      {},
      own,
    );
    assert.equal(page.status, 422);
    assert.match(String(page.bytes), /Second factor needed/);
  });

  test('is led back with a code for tokens that may what it was declared for', async () => {
    const one = await flow();
    const page = await tenant.anonymous.get(`/oauth/authorize?${new URLSearchParams(one.request)}`);
    assert.equal(page.status, 200);
    const shown =
      /<li>See customers and their contacts <bdi><code>calibration\.customer:read<\/code><\/bdi><\/li>/;
    assert.match(String(page.bytes), shown);
    const persian = await tenant.anonymous.get(`/oauth/authorize?${new URLSearchParams(one.request)}`, {
      'accept-language': 'fa',
    });
    assert.match(String(persian.bytes), /<li>دیدن مشتریان و افراد تماس آنان <bdi>/);
    assert.match(
      page.headers['content-security-policy'] ?? '',
      /form-action 'self' https:\/\/bench\.example;/,
    );
    const submitted = await send('/oauth/authorize', {
      ...one.request,
      email: tenant.email,
      password: PASSPHRASE,
    });
    const target = new URL(submitted.headers['location'] ?? '');
    assert.equal(`${target.origin}${target.pathname}`, CALLBACK);
    assert.deepEqual(
      [target.searchParams.get('state'), target.searchParams.get('iss')?.startsWith('http')],
      ['xyz', true],
    );
    const tokens = await exchange(one, target.searchParams.get('code') ?? '');
    assert.equal(tokens.status, 200, String(tokens.bytes));
    assert.equal((await bearer(tokens).get('/api/v1/customers')).status, 200);
    assert.equal((await bearer(tokens).get('/api/v1/me')).status, 403);
    const grant = {
      grant_type: 'refresh_token',
      client_id: one.client,
      refresh_token: tokens.body.refresh_token,
    };
    const renewed = await send('/oauth/token', grant);
    assert.equal((await bearer(renewed).get('/api/v1/customers')).status, 200);
    const asPerson = await tenant.anonymous.post('/api/v1/auth/refresh', {
      refreshToken: renewed.body.refresh_token,
    });
    assert.deepEqual(verdict(asPerson), [401, 'platform.refresh_invalid']);
  });

  test('on the person’s own machine is led back to whatever port it has', async () => {
    const here = ['http://127.0.0.1:7001/callback'];
    const permissions = ['calibration.customer:read', 'calibration.customer:write'];
    const wish = { name: 'Native', kind: 'public', permissions, redirectUris: here };
    const { body: native } = await tenant.owner.post('/api/v1/oauth-clients', wish);
    const address = 'http://127.0.0.1:51004/callback';
    const asked = { client_id: native.id, redirect_uri: address, scope: 'calibration.customer:read' };
    const one = await flow(asked);
    const page = await tenant.anonymous.get(`/oauth/authorize?${new URLSearchParams(one.request)}`);
    assert.equal(page.status, 200);
    assert.doesNotMatch(String(page.bytes), /customer:write/, 'it did not ask for that');
    const code = await codeOf(one.request);
    const tokens = await exchange({ ...one, client: native.id }, code, { redirect_uri: address });
    assert.equal(tokens.status, 200, String(tokens.bytes));
    assert.equal((await bearer(tokens).get('/api/v1/customers')).status, 200);
    const elsewhere = { ...one.request, redirect_uri: 'http://127.0.0.1:51004/other' };
    const refused = await tenant.anonymous.get(`/oauth/authorize?${new URLSearchParams(elsewhere)}`);
    assert.equal(refused.status, 400);
  });

  test('loses everything when its code comes twice, one after the other or fifty at once', async () => {
    const one = await flow();
    const code = await codeOf(one.request);
    const first = await exchange(one, code);
    assert.equal(first.status, 200);
    const again = await exchange(one, code);
    assert.deepEqual([again.status, again.body.error], [400, 'invalid_grant']);
    const grant = {
      grant_type: 'refresh_token',
      client_id: one.client,
      refresh_token: first.body.refresh_token,
    };
    assert.equal((await send('/oauth/token', grant)).body.error, 'invalid_grant');
    const two = await flow();
    const other = await codeOf(two.request);
    const answers = await Promise.all(Array.from({ length: 50 }, () => exchange(two, other)));
    const won = answers.filter(({ status }) => status === 200);
    assert.ok(won.length <= 1);
    for (const { body } of won) {
      const refresh = {
        grant_type: 'refresh_token',
        client_id: two.client,
        refresh_token: body.refresh_token,
      };
      assert.equal((await send('/oauth/token', refresh)).body.error, 'invalid_grant');
    }
  });

  test('gets nothing for a code with another verifier, address or client', async () => {
    const one = await flow();
    const stranger = await flow();
    const code = await codeOf(one.request);
    for (const answer of [
      await exchange(one, code, { code_verifier: stranger.verifier }),
      await exchange(one, code, { redirect_uri: `${CALLBACK}/` }),
      await exchange({ ...one, client: stranger.client }, code),
      await exchange(one, `${code.slice(0, -1)}${code.endsWith('A') ? 'E' : 'A'}`),
    ])
      assert.deepEqual([answer.status, answer.body.error], [400, 'invalid_grant']);
    assert.equal((await exchange(one, code)).status, 200);
  });

  test('is led nowhere when its address is not the one that was declared', async () => {
    for (const uri of [
      `${CALLBACK}/`,
      `${CALLBACK}?x=1`,
      'https://evil.example/callback',
      'javascript:alert(1)',
      '',
    ]) {
      const { request } = await flow({ redirect_uri: uri });
      const shown = await tenant.anonymous.get(`/oauth/authorize?${new URLSearchParams(request)}`);
      const sent = await send('/oauth/authorize', { ...request, email: tenant.email, password: PASSPHRASE });
      assert.deepEqual([shown.status, sent.status, sent.headers['location']], [400, 400, undefined], uri);
    }
  });

  test('is told by its address what else is wrong: no PKCE, the method plain, another scope', async () => {
    const wrong: readonly (readonly [Fields, string])[] = [
      [{ code_challenge: '' }, 'invalid_request'],
      [{ code_challenge_method: 'plain' }, 'invalid_request'],
      [{ response_type: 'token' }, 'unsupported_response_type'],
      [{ scope: 'platform.user:write' }, 'invalid_scope'],
    ];
    for (const [more, error] of wrong) {
      const { request } = await flow(more);
      const { status, headers } = await tenant.anonymous.get(
        `/oauth/authorize?${new URLSearchParams(request)}`,
      );
      const target = new URL(headers['location'] ?? '');
      assert.deepEqual(
        [status, target.searchParams.get('error'), target.searchParams.get('state')],
        [303, error, 'xyz'],
      );
    }
  });

  test('gets no code for a wrong password, nor without the second factor of whoever has one', async () => {
    const own = await ownTenant();
    const { authenticator } = await enrol(bearing(own, await logInTo(own)));
    const declared = await own.owner.post('/api/v1/oauth-clients', {
      name: 'Bench',
      kind: 'public',
      permissions: ['calibration.customer:read'],
      redirectUris: [CALLBACK],
    });
    const { request } = await flow();
    const asked = { ...request, client_id: declared.body.id, email: own.email };
    const wrong = await send('/oauth/authorize', { ...asked, password: 'wrong' }, {}, own);
    assert.deepEqual([wrong.status, /role="alert"/.test(String(wrong.bytes))], [422, true]);
    assert.ok(!String(wrong.bytes).includes('wrong"'));
    const half = await send('/oauth/authorize', { ...asked, password: PASSPHRASE }, {}, own);
    assert.equal(half.status, 422);
    const code = await codeOf({ ...request, client_id: declared.body.id }, own, {
      code: authenticator.next(),
    });
    assert.match(code, /^tsa_/);
  });

  test('gives its tokens back (RFC 7009)', async () => {
    const one = await flow();
    const tokens = await exchange(one, await codeOf(one.request));
    const token = tokens.body.refresh_token;
    const other = await declare('public');
    assert.equal((await send('/oauth/revoke', { token, client_id: other })).status, 200);
    const grant = { grant_type: 'refresh_token', client_id: one.client };
    const renewed = await send('/oauth/token', { ...grant, refresh_token: token });
    assert.equal(renewed.status, 200, 'another client revokes nothing');
    const revoked = await send('/oauth/revoke', { token: renewed.body.refresh_token, client_id: one.client });
    assert.equal(revoked.status, 200);
    const late = await send('/oauth/token', { ...grant, refresh_token: renewed.body.refresh_token });
    assert.equal(late.body.error, 'invalid_grant');
    assert.equal((await send('/oauth/revoke', { token: 'x', client_id: one.client })).status, 200);
  });
});

test('the metadata names what is there (RFC 8414)', async () => {
  const { body } = await tenant.anonymous.get('/.well-known/oauth-authorization-server');
  assert.ok(body.token_endpoint.startsWith(body.issuer));
  assert.deepEqual(body.code_challenge_methods_supported, ['S256']);
  assert.equal((await tenant.anonymous.get(new URL(body.jwks_uri).pathname)).status, 200);
});
