import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { before, describe, test } from 'node:test';
import type { Answer, Client } from '../../scripts/demo/client.ts';
import { expectStatus, until } from '../../scripts/demo/expect.ts';
import {
  askForEmail,
  changePassword,
  confirmEmail,
  setPasswordByToken,
} from '../../shared/platform/accounts/index.ts';
import type { Capabilities } from '../../shared/platform/capabilities/index.ts';
import {
  CREDENTIAL_ID,
  credentialKind,
  emailChangeId,
  emailChangeKind,
  userKind,
} from '../../shared/platform/identity/index.ts';
import { RepeatedRequest, type Scope } from '../../shared/platform/records/index.ts';
import type { OwnTenant } from '../isolation/own-tenants.ts';
import { callerOf, openTestProduct } from '../product.ts';
import { countMails, mailTo, tokenIn } from './mailbox.ts';
import { A_MINUTE, bearing, logInTo, ownTenant, PASSPHRASE, refreshAt, verdict } from './people.ts';

const CONFIRM = /^Confirm your address/;
const REFUSED = [422, 'platform.link_invalid'];
const ELEVEN_MINUTES = 660;
const fresh = () => `${randomUUID()}@moved.example`;

/** A tenant whose owner is logged in. */
async function withSession() {
  const tenant = await ownTenant();
  const session = await logInTo(tenant);
  return { tenant, session, self: bearing(tenant, session), id: await idOf(tenant, 'owner@') };
}

async function idOf(tenant: OwnTenant, who: string): Promise<string> {
  const { body } = await tenant.owner.get('/api/v1/users');
  return body.items.find((user: { email: string }) => user.email.startsWith(who)).id;
}

/** The session that a client speaks in. */
async function sessionOf(client: Client): Promise<string> {
  const { body } = await client.get('/api/v1/me/sessions');
  return body.items.find(({ current }: { current: boolean }) => current).id;
}

const ask = (client: Client, email: string): Promise<Answer> => client.post('/api/v1/me/email', { email });
const confirm = (tenant: OwnTenant, token: string): Promise<Answer> =>
  tenant.anonymous.post('/api/v1/auth/email', { token });

/** The token of the mail that a change was asked for with. */
async function asked(client: Client, email: string): Promise<string> {
  expectStatus(await ask(client, email), 202, 'a change');
  return tokenIn(await mailTo(email, CONFIRM));
}

function changeOf(tenant: OwnTenant, user: string) {
  const directory = openTestProduct().platform.records.for(callerOf(tenant.tenant.id)).scope('directory');
  return { directory, read: () => directory.state(emailChangeKind, emailChangeId(user)) };
}

describe('a change of one’s own address', () => {
  test('is made by the link of a mail to it, once, and the address of before is told twice and free again', async () => {
    const { tenant, session, self, id } = await withSession();
    const there = await logInTo(tenant);
    const email = fresh();
    const token = await asked(self, email);
    await mailTo(tenant.email, /^Another address for your login/);
    assert.equal((await logInTo(tenant)).status, 200, 'nothing is changed yet');
    assert.equal((await confirm(tenant, token)).status, 204);
    assert.deepEqual(verdict(await confirm(tenant, token)), REFUSED);
    await mailTo(tenant.email, /^Your address at .* was changed$/);
    assert.deepEqual(verdict(await logInTo(tenant)), [401, 'platform.login_refused']);
    assert.equal((await logInTo(tenant, email.toUpperCase())).status, 200);
    assert.equal((await refreshAt(tenant, session.body.refreshToken)).status, 200);
    assert.equal((await refreshAt(tenant, there.body.refreshToken)).status, 401);
    const found = (await tenant.owner.get(`/api/v1/users?email=${email}`)).body.items;
    assert.deepEqual(
      found.map((user: { id: string }) => user.id),
      [id],
    );
    const wish = { email: tenant.email, name: 'Successor', roles: ['viewer'] };
    expectStatus(await tenant.owner.post('/api/v1/users', wish), 201, 'the address of before');
    const { items } = (await tenant.owner.get('/api/v1/audit?action=platform.user.email_changed')).body;
    assert.deepEqual(
      items.map(({ by }: { by: { user: string } }) => by.user),
      [id],
    );
  });

  test('is confirmed on a page that changes nothing by being looked at', async () => {
    const { tenant, self } = await withSession();
    const email = fresh();
    expectStatus(await ask(self, email), 202, 'a change');
    const mail = await mailTo(email, CONFIRM);
    const link = new URL(/https?:\S+confirm-email\S+/.exec(mail.text)?.[0] ?? '');
    const language = { 'accept-language': 'fa' };
    const page = await tenant.anonymous.get(`${link.pathname}${link.search}`, language);
    assert.match(String(page.bytes), /dir="rtl"[\s\S]*نشانی خود را تأیید کنید/);
    assert.equal((await logInTo(tenant)).status, 200);
    const body = new URLSearchParams({ token: link.searchParams.get('token') ?? '' }).toString();
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    const press = () => tenant.anonymous.post(link.pathname, body, form);
    const [done, again] = [await press(), await press()];
    assert.deepEqual([done.status, /role="status"/.test(String(done.bytes))], [200, true]);
    assert.deepEqual([again.status, /role="alert"/.test(String(again.bytes))], [422, true]);
    assert.equal((await logInTo(tenant, email)).status, 200);
  });

  test('tells nobody that an address is somebody’s, but that one', async () => {
    const { tenant, self, id } = await withSession();
    const other = tenant.email.replace('owner@', 'second@');
    const [taken, free] = [await ask(self, other), await ask(self, fresh())];
    assert.deepEqual([taken.status, taken.bytes.length], [202, 0]);
    assert.deepEqual([free.status, free.bytes.length], [202, 0]);
    expectStatus(await ask(self, other), 202, 'a change');
    const letter = await mailTo(other, /^Your address at/);
    assert.doesNotMatch(letter.text, /token=/);
    assert.equal(await countMails(other, CONFIRM), 0);
    const { body } = await tenant.owner.get(`/api/v1/users/${id}`);
    assert.equal(body.email, tenant.email);
  });

  test('wants a fresh proof, another address, and a password that is ours', async () => {
    const tenant = await ownTenant();
    const roles = ['technician'];
    const id = await idOf(tenant, 'owner@');
    const stale = tenant.anonymous.as(await tenant.token(roles, id, 3600, ELEVEN_MINUTES));
    assert.deepEqual(verdict(await ask(stale, fresh())), [401, 'platform.step_up_required']);
    const same = await ask(tenant.owner, tenant.email.toUpperCase());
    assert.deepEqual(verdict(same), [422, 'platform.email_unchanged']);
    const { platform } = openTestProduct();
    const federated = `usr_${platform.newKey()}`;
    const data = { email: fresh(), name: 'Fedora', roles, status: 'active' as const };
    const directory = platform.records.for(callerOf(tenant.tenant.id)).scope('directory');
    await directory.commit({
      action: 'test.federated',
      create: [{ kind: userKind, id: federated, data }],
      events: [],
    });
    const self = tenant.anonymous.as(await tenant.token(roles, federated));
    const refused = () => ask(self, fresh());
    const answer = await until(refused, ({ status }) => status !== 404, 10_000, 'they are seen');
    assert.deepEqual(verdict(answer), [409, 'platform.email_of_issuer']);
  });

  test('is asked for three times an hour at most, and the newest link alone is good', async () => {
    const { tenant, self } = await withSession();
    const addresses = [fresh(), fresh(), fresh(), fresh()];
    const [first, second, third, fourth] = addresses as [string, string, string, string];
    const tokens = [await asked(self, first), await asked(self, second), await asked(self, third)];
    expectStatus(await ask(self, fourth), 202, 'one more');
    for (const token of tokens.slice(0, 2)) assert.deepEqual(verdict(await confirm(tenant, token)), REFUSED);
    assert.equal((await confirm(tenant, tokens[2] ?? '')).status, 204);
    assert.equal(await countMails(fourth, /./), 0);
  });

  test('is called off by another password, and takes links to the address of before with it', async () => {
    const { tenant, self } = await withSession();
    const email = fresh();
    const token = await asked(self, email);
    const reset = async () => {
      await tenant.anonymous.post('/api/v1/auth/password-reset', { email: tenant.email });
      return tokenIn(await mailTo(tenant.email, /^Reset your password/));
    };
    const set = (link: string, password: string) =>
      tenant.anonymous.post('/api/v1/auth/password', { token: link, password });
    assert.equal((await set(await reset(), 'violet kettles at noon')).status, 204);
    assert.deepEqual(verdict(await confirm(tenant, token)), REFUSED);
    const again = bearing(tenant, await logInTo(tenant, tenant.email, 'violet kettles at noon'));
    const next = fresh();
    const link = await asked(again, next);
    expectStatus(
      await tenant.anonymous.post('/api/v1/auth/password-reset', { email: tenant.email }),
      202,
      'a mail',
    );
    const left = tokenIn(await mailTo(tenant.email, /^Reset your password/, 2));
    assert.equal((await confirm(tenant, link)).status, 204);
    assert.deepEqual(verdict(await set(left, 'kettles of violet noons')), REFUSED);
  });

  test('is called off by whatever ends the session that asked', async () => {
    const tenant = await ownTenant();
    const email = tenant.email.replace('owner@', 'second@');
    const id = await idOf(tenant, 'second@');
    const ways: readonly ((self: Client) => Promise<unknown>)[] = [
      self => self.post('/api/v1/auth/logout-everywhere'),
      async self => self.call('DELETE', `/api/v1/me/sessions/${await sessionOf(self)}`),
      () => tenant.owner.call('DELETE', `/api/v1/users/${id}/sessions`),
    ];
    for (const end of ways) {
      const self = bearing(tenant, await logInTo(tenant, email));
      const token = await asked(self, fresh());
      await end(self);
      assert.deepEqual(verdict(await confirm(tenant, token)), REFUSED, String(end));
    }
  });

  test('is called off when somebody is disabled, also when that was cut off before their sessions ended', async () => {
    const tenant = await ownTenant();
    const email = tenant.email.replace('owner@', 'second@');
    const id = await idOf(tenant, 'second@');
    const change = async (status: string) => {
      const { headers } = await tenant.owner.get(`/api/v1/users/${id}`);
      const match = { 'if-match': headers['etag'] ?? '' };
      expectStatus(await tenant.owner.patch(`/api/v1/users/${id}`, { status }, match), 200, status);
    };
    const cutOff = async () => {
      const records = openTestProduct().platform.records.for(callerOf(tenant.tenant.id));
      const user = await records.get(userKind, id);
      const update = [{ record: user, data: { ...user.data, status: 'disabled' as const } }];
      await records.scope('directory').commit({ action: 'test.disabled', update });
    };
    for (const disable of [() => change('disabled'), cutOff]) {
      const session = await logInTo(tenant, email);
      const token = await asked(bearing(tenant, session), fresh());
      await disable();
      await change('active');
      assert.deepEqual(verdict(await confirm(tenant, token)), REFUSED);
      assert.equal((await refreshAt(tenant, session.body.refreshToken)).status, 401);
    }
  });

  test('is called off by a password that was set by somebody who was cut off then', async () => {
    const { tenant, self, id } = await withSession();
    const token = await asked(self, fresh());
    const caller = { ...callerOf(tenant.tenant.id), user: id };
    const password = 'violet kettles at noon';
    const cutOff = changePassword(killedAfterwards(openTestProduct().platform), caller, PASSPHRASE, password);
    await assert.rejects(cutOff, /killed/);
    assert.equal((await logInTo(tenant, tenant.email, password)).status, 200);
    assert.deepEqual(verdict(await confirm(tenant, token)), REFUSED);
  });

  test('is called off when it is asked for after a reset has set the password and before sessions end', async () => {
    const { tenant, self } = await withSession();
    await tenant.anonymous.post('/api/v1/auth/password-reset', { email: tenant.email });
    const reset = tokenIn(await mailTo(tenant.email, /^Reset your password/));
    let token = '';
    const between = async (): Promise<void> => {
      if (token === '') token = await asked(self, fresh());
    };
    const platform = beforeSaves(openTestProduct().platform, between);
    await setPasswordByToken(platform, callerOf(tenant.tenant.id), reset, 'violet kettles at noon');
    assert.notEqual(token, '');
    assert.deepEqual(verdict(await confirm(tenant, token)), REFUSED);
  });

  test('is not for a session that is good for nothing but another password', async () => {
    const { tenant, id } = await withSession();
    const path = '/api/v1/sign-in-policy';
    const policy = { requireMfa: false, accessTokenMinutes: 180, passwordDays: 90 };
    const put = await tenant.owner.call('PUT', path, { body: policy, headers: { 'if-match': '"0"' } });
    assert.equal(put.status, 200, String(put.bytes));
    const own = openTestProduct().platform.records.for(callerOf(tenant.tenant.id)).scope(id);
    const kept = (await own.state(credentialKind, CREDENTIAL_ID)) ?? assert.fail();
    const data = { ...kept.data, passwordSetAt: new Date(0).toISOString() };
    assert.notEqual(await own.saveState({ ...kept, kind: credentialKind, data }), undefined);
    const enter = async () => {
      const client = bearing(tenant, await logInTo(tenant));
      return { client, me: await client.get('/api/v1/me') };
    };
    const { client } = await until(enter, ({ me }) => me.status === 403, A_MINUTE, 'the policy');
    assert.deepEqual(verdict(await ask(client, fresh())), [403, 'platform.permission_missing']);
    const change = { current: PASSPHRASE, password: 'violet kettles at noon' };
    assert.equal((await client.post('/api/v1/me/password', change)).status, 204);
  });

  test('is asked for once under an Idempotency-Key, however often that comes, also when it was made', async () => {
    const { tenant, self, id } = await withSession();
    const email = fresh();
    const headers = { 'idempotency-key': randomUUID() };
    const post = (to = email) => self.post('/api/v1/me/email', { email: to }, headers);
    const answers = await Promise.all(Array.from({ length: 8 }, () => post()));
    assert.deepEqual(
      answers.map(({ status, bytes }) => [status, bytes.length]),
      Array(8).fill([202, 0]),
    );
    assert.equal(answers.filter(answer => answer.headers['idempotency-replayed'] !== 'true').length, 1);
    const kept = await until(changeOf(tenant, id).read, state => state !== undefined, 10_000, 'it is seen');
    assert.equal(kept?.data.asked.length, 1);
    assert.deepEqual(verdict(await post(fresh())), [422, 'platform.idempotency_key_reused']);
    assert.equal((await confirm(tenant, tokenIn(await mailTo(email, CONFIRM)))).status, 204);
    assert.equal((await post()).headers['idempotency-replayed'], 'true');
  });

  test('is not asked for again by who was cut off before they were answered', async () => {
    const { tenant, id } = await withSession();
    const { platform } = openTestProduct();
    const email = fresh();
    const claim = { boundId: `key_${randomUUID()}`, entryId: `idem_${randomUUID()}` };
    const caller = {
      ...callerOf(tenant.tenant.id),
      user: id,
      idempotency: { ...claim, fingerprint: 'a request' },
    };
    await askForEmail(platform, caller, email);
    await assert.rejects(askForEmail(platform, caller, email), RepeatedRequest);
    const kept = await changeOf(tenant, id).read();
    assert.equal(kept?.data.asked.length, 1);
  });

  test('is refused by a link that has expired, was made for something else, or is another tenant’s', async () => {
    const { tenant, self, id } = await withSession();
    const token = await asked(self, fresh());
    const other = await ownTenant();
    assert.deepEqual(verdict(await confirm(other, token)), REFUSED);
    for (const guess of ['x', token.replace('tse', 'tsp'), `${token.slice(0, -2)}AA`])
      assert.deepEqual(verdict(await confirm(tenant, guess)), REFUSED, guess);
    const asPassword = { token, password: 'violet kettles at noon' };
    assert.deepEqual(verdict(await tenant.anonymous.post('/api/v1/auth/password', asPassword)), REFUSED);
    const { directory, read } = changeOf(tenant, id);
    const kept =
      (await until(read, state => state?.data.pending != null, 10_000, 'it is seen')) ?? assert.fail();
    const pending = { ...(kept.data.pending ?? assert.fail()), expiresAt: new Date(0).toISOString() };
    await directory.saveState({ ...kept, kind: emailChangeKind, data: { ...kept.data, pending } });
    assert.deepEqual(verdict(await confirm(tenant, token)), REFUSED);
  });

  test('of two people to one address is made by one, and a link that twelve bring at once is used by one', async () => {
    const { tenant, self } = await withSession();
    const second = bearing(tenant, await logInTo(tenant, tenant.email.replace('owner@', 'second@')));
    const email = fresh();
    const mine = await asked(self, email);
    expectStatus(await ask(second, email), 202, 'a change');
    const theirs = tokenIn(await mailTo(email, CONFIRM, 2));
    assert.notEqual(mine, theirs);
    const tokens = Array.from({ length: 12 }, (_none, number) => (number % 2 === 0 ? mine : theirs));
    const answers = await Promise.all(tokens.map(token => confirm(tenant, token)));
    assert.deepEqual(
      answers.map(verdict).filter(([status]) => status !== 204),
      Array(11).fill(REFUSED),
    );
    const { items } = (await tenant.owner.get(`/api/v1/users?email=${email}`)).body;
    assert.equal(items.length, 1);
  });

  test('that was cut off before it was made is made by the same link', async () => {
    const { tenant, self, id } = await withSession();
    const email = fresh();
    const token = await asked(self, email);
    const { platform } = openTestProduct();
    const caller = callerOf(tenant.tenant.id);
    await until(changeOf(tenant, id).read, state => state?.data.pending != null, 10_000, 'it is seen');
    await assert.rejects(confirmEmail(killedAtCommit(platform), caller, token), /killed/);
    const { body } = await tenant.owner.get(`/api/v1/users/${id}`);
    assert.equal(body.email, tenant.email);
    assert.equal((await confirm(tenant, token)).status, 204);
    assert.equal((await logInTo(tenant, email)).status, 200);
  });

  test('goes with whoever is erased', async () => {
    const { tenant } = await withSession();
    const email = tenant.email.replace('owner@', 'second@');
    const id = await idOf(tenant, 'second@');
    const token = await asked(bearing(tenant, await logInTo(tenant, email)), fresh());
    const { headers } = await tenant.owner.get(`/api/v1/users/${id}`);
    const off = { 'if-match': headers['etag'] ?? '' };
    expectStatus(
      await tenant.owner.patch(`/api/v1/users/${id}`, { status: 'disabled' }, off),
      200,
      'disabled',
    );
    const wish = { type: 'erasure', person: id, reason: 'Article 17' };
    expectStatus(await tenant.owner.post('/api/v1/privacy-requests', wish), 201, 'a request');
    const { read } = changeOf(tenant, id);
    await until(read, state => state === undefined, 60_000, 'it is gone');
    assert.deepEqual(verdict(await confirm(tenant, token)), REFUSED);
  });
});

/** The same, with a directory of one's own making. */
function withDirectory(platform: Capabilities, directory: (own: Scope) => Scope): Capabilities {
  const records: Capabilities['records'] = {
    for: caller => {
      const own = platform.records.for(caller);
      return {
        ...own,
        scope: name => (name === 'directory' ? directory(own.scope(name)) : own.scope(name)),
      };
    },
  };
  return { ...platform, records };
}

const killed = async (): Promise<never> => {
  throw new Error('killed');
};

/** Cut off when the directory would be written. */
function killedAtCommit(platform: Capabilities): Capabilities {
  return withDirectory(platform, own => ({ ...own, commit: killed }));
}

/** Cut off before anything beside records is written into the directory: what ends sessions, and what is pending. */
function killedAfterwards(platform: Capabilities): Capabilities {
  return withDirectory(platform, own => ({ ...own, saveState: killed }));
}

/** Something happens before anything beside records is written into the directory. */
function beforeSaves(platform: Capabilities, happens: () => Promise<void>): Capabilities {
  return withDirectory(platform, own => ({
    ...own,
    saveState: async state => {
      await happens();
      return own.saveState(state);
    },
  }));
}

describe('the address of somebody who was invited', () => {
  let tenant: OwnTenant;

  before(async () => {
    tenant = await ownTenant();
  });

  const invited = async () => {
    const email = fresh();
    const wish = { email, name: 'Rana Karimi', roles: ['technician'] };
    const { id } = expectStatus(await tenant.owner.post('/api/v1/users', wish), 201, 'a person');
    return { id, email, token: tokenIn(await mailTo(email, /^Your login at/)) };
  };
  const corrected = async (id: string, email: string) => {
    const { headers } = await tenant.owner.get(`/api/v1/users/${id}`);
    return tenant.owner.patch(`/api/v1/users/${id}`, { email }, { 'if-match': headers['etag'] ?? '' });
  };
  const set = (token: string) =>
    tenant.anonymous.post('/api/v1/auth/password', { token, password: 'violet kettles at noon' });

  test('is corrected by an administrator: the invitation goes there, and the link of the first one is void at once', async () => {
    const { id, email, token } = await invited();
    const right = fresh();
    const answer = expectStatus(await corrected(id, right), 200, 'a correction');
    assert.deepEqual([answer.email, answer.status], [right, 'invited']);
    assert.deepEqual(verdict(await set(token)), REFUSED);
    assert.equal((await set(tokenIn(await mailTo(right, /^Your login at/)))).status, 204);
    assert.equal((await logInTo(tenant, right, 'violet kettles at noon')).status, 200);
    const wish = { email, name: 'Somebody else', roles: ['viewer'] };
    expectStatus(await tenant.owner.post('/api/v1/users', wish), 201, 'the first address is free');
  });

  test('is nobody else’s, and of who has come it is their own to change', async () => {
    const { id, token } = await invited();
    assert.deepEqual(verdict(await corrected(id, tenant.email)), [409, 'platform.claim_taken']);
    assert.equal((await set(token)).status, 204);
    assert.deepEqual(verdict(await corrected(id, fresh())), [409, 'platform.user_not_invited']);
    const { body } = await tenant.owner.get(`/api/v1/users/${id}`);
    const same = { 'if-match': `"${body.version}"` };
    const answer = await tenant.owner.patch(`/api/v1/users/${id}`, { email: body.email, title: 'Dr' }, same);
    assert.deepEqual([answer.status, answer.body.title], [200, 'Dr']);
  });
});
