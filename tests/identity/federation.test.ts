import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, type TestContext, test } from 'node:test';
import { authenticatorOf } from '../../scripts/demo/authenticator.ts';
import { type Answer, openClient } from '../../scripts/demo/client.ts';
import { until } from '../../scripts/demo/expect.ts';
import { beginFederation } from '../../shared/platform/accounts/index.ts';
import { platform, systemOf } from '../access/people.ts';
import type { OwnTenant } from '../isolation/own-tenants.ts';
import { ISSUER_CLIENT, type Issuer, startIssuer } from './issuer.ts';
import { mailTo, tokenIn } from './mailbox.ts';
import { A_MINUTE, logInTo, ownTenant, verdict } from './people.ts';

const DOMAIN = 'lab.example';
const UNVERIFIED = [403, 'platform.federation_email_unverified'];
let tenant: OwnTenant;
let other: OwnTenant;
let lapsed: OwnTenant;
let issuer: Issuer;
let provider: string;

before(async () => {
  [tenant, other, lapsed] = [await ownTenant(), await ownTenant(), await ownTenant()];
  issuer = await startIssuer([tenant, other, lapsed]);
  provider = await trust(tenant);
});

after(() => issuer.close());

async function trust(of: OwnTenant, more: object = {}): Promise<string> {
  const { clientId, clientSecret } = ISSUER_CLIENT;
  const body = {
    name: 'Ours',
    issuer: issuer.url,
    clientId,
    emailDomains: [DOMAIN],
    defaultRoles: ['viewer'],
    ...more,
  };
  const made = await of.owner.post('/api/v1/identity-providers', body);
  assert.equal(made.status, 201, String(made.bytes));
  const path = `/api/v1/identity-providers/${made.body.id}/secret`;
  const given = await of.owner.call('PUT', path, { body: { clientSecret } });
  assert.equal(given.status, 204, String(given.bytes));
  return made.body.id;
}

function person(more: object = {}) {
  const sub = randomUUID();
  return { sub, email: `${sub}@${DOMAIN}`, email_verified: true, name: 'Tess Tester', ...more };
}

type Jar = Map<string, string>;

function keep(jar: Jar, answer: Answer): void {
  for (const [, name = '', value = ''] of (answer.headers['set-cookie'] ?? '').matchAll(
    /(?:^|,)\s*([\w.-]+)=([^;,]*);/g,
  ))
    jar.set(name, value);
}

function cookieOf(jar: Jar): string {
  return [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
}

/** Goes where it is led, as a browser does, until it is led to the callback. */
async function travel(of: OwnTenant, id = provider, query = ''): Promise<{ callback: URL; jar: Jar }> {
  const jar: Jar = new Map();
  const begun = await of.anonymous.get(`/api/v1/auth/federated/${id}/start?returnTo=/home${query}`);
  assert.equal(begun.status, 303, String(begun.bytes));
  assert.match(begun.headers['set-cookie'] ?? '', /httponly/i);
  keep(jar, begun);
  return { callback: await follow(of, new URL(begun.headers['location'] ?? '')), jar };
}

async function follow(of: OwnTenant, begun: URL): Promise<URL> {
  const abroad: Jar = new Map();
  let next = begun;
  for (let step = 0; step < 10 && next.origin !== of.origin; step += 1) {
    const answer = await openClient(next.origin).get(`${next.pathname}${next.search}`, {
      cookie: cookieOf(abroad),
    });
    keep(abroad, answer);
    assert.ok(answer.headers['location'] !== undefined, `${answer.status} ${answer.bytes}`);
    next = new URL(answer.headers['location'], next);
  }
  return next;
}

function arrive(of: OwnTenant, { callback, jar }: { callback: URL; jar: Jar }): Promise<Answer> {
  return of.anonymous.get(`${callback.pathname}${callback.search}`, { cookie: cookieOf(jar) });
}

async function logIn(of = tenant, id = provider): Promise<Answer> {
  return arrive(of, await travel(of, id));
}

function meWith(of: OwnTenant, answer: Answer): Promise<Answer> {
  const jar: Jar = new Map();
  keep(jar, answer);
  return of.anonymous.get('/api/v1/me', { cookie: cookieOf(jar) });
}

describe('somebody whom an issuer knows', () => {
  test('is made at the first login, with the roles of the tenant’s choice, and known at the next', async () => {
    issuer.logsIn(person());
    const first = await logIn();
    assert.deepEqual([first.status, first.headers['location']], [303, '/home'], String(first.bytes));
    const me = await meWith(tenant, first);
    assert.equal(me.status, 200);
    const user = await tenant.owner.get(`/api/v1/users/${me.body.id}`);
    assert.deepEqual(
      [user.body.roles, user.body.status, user.body.name],
      [['viewer'], 'active', 'Tess Tester'],
    );
    const again = await meWith(tenant, await logIn());
    assert.equal(again.body.id, me.body.id);
  });

  test('is refused with an address of a domain that is not the issuer’s to speak for, on a page in a browser', async () => {
    issuer.logsIn(person({ email: `x@elsewhere.example` }));
    assert.deepEqual(verdict(await logIn()), [403, 'platform.federation_unknown_person']);
    const { callback, jar } = await travel(tenant);
    const page = await tenant.anonymous.get(`${callback.pathname}${callback.search}`, {
      cookie: cookieOf(jar),
      accept: 'text/html,application/xhtml+xml;q=0.9,*/*;q=0.8',
    });
    assert.deepEqual([page.status, page.headers['content-type']], [403, 'text/html; charset=utf-8']);
    assert.ok(String(page.bytes).includes('platform.federation_unknown_person'));
  });

  test('is not the user with the same address, unless the tenant says so and the address is verified', async () => {
    const own = await inviteActive();
    issuer.logsIn(person({ email: own.email }));
    assert.deepEqual(verdict(await logIn()), [403, 'platform.federation_unknown_person']);
    const linking = await trust(tenant, { linkByVerifiedEmail: true });
    issuer.logsIn(person({ email: own.email, email_verified: false }));
    assert.deepEqual(verdict(await logIn(tenant, linking)), UNVERIFIED);
    issuer.logsIn(person({ email: own.email }));
    const linked = await meWith(tenant, await logIn(tenant, linking));
    assert.equal(linked.body.id, own.id);
  });

  test('is not made by an address that the issuer has not verified, which stays free for whoever has it', async () => {
    const email = `ceo-${randomUUID()}@${DOMAIN}`;
    for (const email_verified of [false, undefined]) {
      issuer.logsIn(person({ email, email_verified }));
      assert.deepEqual(verdict(await logIn()), UNVERIFIED);
    }
    const invited = await tenant.owner.post('/api/v1/users', { email, name: 'The CEO', roles: ['viewer'] });
    assert.equal(invited.status, 201, String(invited.bytes));
  });

  test('is made by an address whose domain Entra ID says is its owner’s', async () => {
    issuer.logsIn(person({ email_verified: undefined, xms_edov: '1' }));
    assert.equal((await logIn()).status, 303);
  });

  test('is not made where the plan has no room for them, and comes in once it has', async () => {
    const theirs = await trust(other);
    const known = person();
    issuer.logsIn(known);
    assert.equal((await logIn(other, theirs)).status, 303);
    const found = await platform.tenants.byId(other.tenant.id);
    assert.ok(found !== undefined);
    const entitlements = { limits: { users: 1 }, features: ['federation' as const] };
    await platform.tenants.publish(
      { ...found, entitlements },
      { account: 99, settings: 99, domains: 0, plan: { id: '', version: 0 } },
    );
    const somebody = () => {
      issuer.logsIn(person());
      return logIn(other, theirs);
    };
    const full = await until(somebody, ({ status }) => status !== 303, A_MINUTE, 'the limit');
    assert.deepEqual(verdict(full), [402, 'platform.plan_limit_reached']);
    issuer.logsIn(known);
    assert.equal((await logIn(other, theirs)).status, 303);
    await platform.tenants.publish(found, {
      account: 100,
      settings: 100,
      domains: 0,
      plan: { id: '', version: 0 },
    });
    await until(somebody, ({ status }) => status === 303, A_MINUTE, 'the end of the limit');
  });

  test('stays out when disabled here', async () => {
    issuer.logsIn(person());
    const { id } = (await meWith(tenant, await logIn())).body;
    const { headers } = await tenant.owner.get(`/api/v1/users/${id}`);
    const match = { 'if-match': headers['etag'] ?? '' };
    assert.equal(
      (await tenant.owner.patch(`/api/v1/users/${id}`, { status: 'disabled' }, match)).status,
      200,
    );
    assert.deepEqual(verdict(await logIn()), [403, 'platform.federation_unknown_person']);
  });
});

describe('what an issuer says of the login', () => {
  const key = { name: 'X', permissions: ['calibration.customer:read'], days: 1 };

  /** A browser after a login at an issuer that makes administrators. */
  async function browser(context: TestContext, more: object, query = '') {
    const own = await ownTenant();
    const theirs = await startIssuer([own]);
    context.after(() => theirs.close());
    const id = await trust(own, { defaultRoles: ['administrator'], issuer: theirs.url });
    theirs.logsIn(person(more));
    const arrived = await arrive(own, await travel(own, id, query));
    assert.equal(arrived.status, 303, String(arrived.bytes));
    const jar: Jar = new Map();
    keep(jar, arrived);
    const headers = { cookie: cookieOf(jar), 'x-csrf-token': jar.get('__Host-touchstone-csrf') ?? '' };
    return {
      own,
      get: (path: string) => own.anonymous.get(`/api/v1${path}`, headers),
      post: (path: string, body?: object) => own.anonymous.post(`/api/v1${path}`, body, headers),
    };
  }

  test('counts as a fresh proof only if they showed the issuer a moment ago who they are', async context => {
    const anHourAgo = Math.floor(Date.now() / 1000) - 3600;
    const silent = await browser(context, { loggedInAt: anHourAgo });
    assert.equal((await silent.get('/users')).status, 200);
    assert.deepEqual(verdict(await silent.post('/api-keys', key)), [401, 'platform.step_up_required']);
    const asked = await browser(context, {}, '&fresh=true');
    assert.equal((await asked.post('/api-keys', key)).status, 201);
  });

  test('counts as a second factor only if it says so, where the tenant wants one', async context => {
    const client = await browser(context, {});
    const policy = { requireMfa: true, accessTokenMinutes: 180, passwordDays: null };
    const wanted = { body: policy, headers: { 'if-match': '"0"' } };
    assert.equal((await client.own.owner.call('PUT', '/api/v1/sign-in-policy', wanted)).status, 200);
    const users = () => client.get('/users');
    const closed = await until(users, ({ status }) => status !== 200, A_MINUTE, 'the policy');
    assert.deepEqual(verdict(closed), [403, 'platform.enrolment_needed']);
    const shown = await client.post('/me/second-factor');
    const { next } = authenticatorOf(shown.body.uri);
    assert.equal((await client.post('/me/second-factor/confirmation', { code: next() })).status, 200);
    const proved = await client.post('/auth/step-up', { code: next() });
    assert.deepEqual([proved.status, proved.body.accessToken], [200, undefined]);
    const jar: Jar = new Map();
    keep(jar, proved);
    assert.equal((await client.own.anonymous.get('/api/v1/users', { cookie: cookieOf(jar) })).status, 200);
  });
});

describe('a login at an issuer', () => {
  test('that began too long ago ends nowhere', async () => {
    const caller = systemOf(tenant);
    const redirectUri = `${tenant.origin}/api/v1/auth/federated/callback`;
    const after = async (minutes: number) => {
      issuer.logsIn(person());
      const now = () => new Date(Date.now() - minutes * 60_000);
      const wish = { returnTo: '/home' };
      const { url, cookie } = await beginFederation(
        { ...platform, now },
        caller,
        provider,
        redirectUri,
        wish,
      );
      const jar: Jar = new Map([['__Secure-touchstone-federation', cookie]]);
      return arrive(tenant, { callback: await follow(tenant, new URL(url)), jar });
    };
    assert.equal((await after(9)).status, 303);
    assert.deepEqual(verdict(await after(11)), [400, 'platform.federation_state_invalid']);
  });

  test('ends only in the browser and at the tenant that it began in', async () => {
    issuer.logsIn(person());
    const one = await travel(tenant);
    const invalid = [400, 'platform.federation_state_invalid'];
    const path = `${one.callback.pathname}${one.callback.search}`;
    assert.deepEqual(verdict(await tenant.anonymous.get(path)), invalid);
    assert.deepEqual(verdict(await other.anonymous.get(path, { cookie: cookieOf(one.jar) })), invalid);
    const stranger = await travel(tenant);
    const crossed = await arrive(tenant, { callback: one.callback, jar: stranger.jar });
    assert.deepEqual(verdict(crossed), [401, 'platform.federation_refused']);
    assert.equal((await arrive(tenant, one)).status, 303);
    assert.deepEqual(verdict(await arrive(tenant, one)), [401, 'platform.federation_refused']);
  });

  test('leads to a place on this host and nowhere else', async () => {
    for (const place of [
      '//evil.example',
      'https://evil.example',
      '/\\evil.example',
      'javascript:alert(1)',
    ]) {
      const path = `/api/v1/auth/federated/${provider}/start?returnTo=${encodeURIComponent(place)}`;
      assert.equal((await tenant.anonymous.get(path)).status, 400, place);
    }
  });

  test('is not begun with an issuer that was disabled, nor with another tenant’s', async () => {
    const own = await trust(other);
    const start = (of: OwnTenant, id: string) => of.anonymous.get(`/api/v1/auth/federated/${id}/start`);
    assert.equal((await start(tenant, own)).status, 404);
    const disabled = await other.owner.call('PATCH', `/api/v1/identity-providers/${own}`, {
      body: { status: 'disabled' },
      headers: { 'if-match': '"1"' },
    });
    assert.equal(disabled.status, 200);
    assert.deepEqual(verdict(await start(other, own)), [401, 'platform.federation_refused']);
  });
});

describe('a plan that lost its issuers', () => {
  const CLOSED = [402, 'platform.feature_not_in_plan'];
  const PASSWORD = 'violet kettles at noon';
  let known: ReturnType<typeof person>;
  let theirs: string;
  let session: Answer;
  let half: Awaited<ReturnType<typeof travel>>;

  before(async () => {
    theirs = await trust(lapsed);
    known = person();
    issuer.logsIn(known);
    session = await logIn(lapsed, theirs);
    assert.equal(session.status, 303, String(session.bytes));
    half = await travel(lapsed, theirs);
    const found = await platform.tenants.byId(lapsed.tenant.id);
    assert.ok(found !== undefined);
    const entitlements = { limits: {}, features: ['calibration' as const] };
    await platform.tenants.publish(
      { ...found, entitlements },
      { account: 99, settings: 99, domains: 0, plan: { id: '', version: 0 } },
    );
    const told = () => lapsed.anonymous.get('/api/v1/tenant-info');
    const info = await until(told, ({ body }) => body.providers.length === 0, A_MINUTE, 'the loss');
    assert.deepEqual(info.body.logins, ['password']);
  });

  test('is no way in by them, neither begun anew nor half-way', async () => {
    const begun = await lapsed.anonymous.get(`/api/v1/auth/federated/${theirs}/start`);
    assert.deepEqual(verdict(begun), CLOSED);
    assert.deepEqual(begun.body.data, { feature: 'federation' });
    assert.deepEqual(verdict(await arrive(lapsed, half)), CLOSED);
  });

  test('leaves sessions to their end', async () => {
    assert.equal((await meWith(lapsed, session)).status, 200);
    const jar: Jar = new Map();
    keep(jar, session);
    const headers = { cookie: cookieOf(jar), 'x-csrf-token': jar.get('__Host-touchstone-csrf') ?? '' };
    const renewed = await lapsed.anonymous.post('/api/v1/auth/refresh', {}, headers);
    assert.equal(renewed.status, 200, String(renewed.bytes));
  });

  test('leaves a way in: owners have passwords, and whoever had none gets one by mail', async () => {
    assert.equal((await logInTo(lapsed)).status, 200);
    assert.equal((await logInTo(lapsed, known.email, PASSWORD)).status, 401);
    const asked = await lapsed.anonymous.post('/api/v1/auth/password-reset', { email: known.email });
    assert.equal(asked.status, 202);
    const token = tokenIn(await mailTo(known.email, /password/i));
    const set = await lapsed.anonymous.post('/api/v1/auth/password', { token, password: PASSWORD });
    assert.equal(set.status, 204, String(set.bytes));
    assert.equal((await logInTo(lapsed, known.email, PASSWORD)).status, 200);
  });

  test('registers no more of them, gives them no secret, and still sees and disables them', async () => {
    const { clientId, clientSecret } = ISSUER_CLIENT;
    const body = {
      name: 'More',
      issuer: issuer.url,
      clientId,
      emailDomains: [DOMAIN],
      defaultRoles: ['viewer'],
    };
    assert.deepEqual(verdict(await lapsed.owner.post('/api/v1/identity-providers', body)), CLOSED);
    const path = `/api/v1/identity-providers/${theirs}`;
    const given = await lapsed.owner.call('PUT', `${path}/secret`, { body: { clientSecret } });
    assert.deepEqual(verdict(given), CLOSED);
    assert.equal((await lapsed.owner.get(path)).status, 200);
    const disabled = await lapsed.owner.patch(path, { status: 'disabled' }, { 'if-match': '"1"' });
    assert.equal(disabled.status, 200, String(disabled.bytes));
  });
});

test('an issuer that says that it is another one, or does not answer, is not trusted', async () => {
  const { clientId, clientSecret } = ISSUER_CLIENT;
  for (const url of [`${issuer.url.replace('127.0.0.1', 'localhost')}`, 'http://127.0.0.1:9']) {
    const body = { name: 'Theirs', issuer: url, clientId, emailDomains: [DOMAIN], defaultRoles: ['viewer'] };
    const made = await tenant.owner.post('/api/v1/identity-providers', body);
    const path = `/api/v1/identity-providers/${made.body.id}/secret`;
    const given = await tenant.owner.call('PUT', path, { body: { clientSecret } });
    assert.deepEqual(verdict(given), [422, 'platform.issuer_unreachable'], url);
  }
});

async function inviteActive(): Promise<{ readonly id: string; readonly email: string }> {
  const email = `${randomUUID()}@${DOMAIN}`;
  const { body, headers } = await tenant.owner.post('/api/v1/users', {
    email,
    name: 'Known',
    roles: ['viewer'],
  });
  const match = { 'if-match': headers['etag'] ?? '' };
  const { status } = await tenant.owner.patch(`/api/v1/users/${body.id}`, { status: 'active' }, match);
  assert.equal(status, 200);
  return { id: body.id, email };
}
