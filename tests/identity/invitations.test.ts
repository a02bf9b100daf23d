import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { before, describe, test } from 'node:test';
import type { Answer } from '../../scripts/demo/client.ts';
import { until } from '../../scripts/demo/expect.ts';
import { platform } from '../access/people.ts';
import type { OwnTenant } from '../isolation/own-tenants.ts';
import { mailTo, tokenIn } from './mailbox.ts';
import { A_MINUTE, logInTo, ownTenant, verdict } from './people.ts';

const PASSWORD = 'violet kettles at noon';
let tenant: OwnTenant;

before(async () => {
  tenant = await ownTenant();
});

async function invite(more: object = {}): Promise<{ email: string; answer: Answer }> {
  const email = `${randomUUID()}@invited.example`;
  const body = { email, name: 'Rana Karimi', roles: ['technician'], ...more };
  const answer = await tenant.owner.post('/api/v1/users', body);
  assert.equal(answer.status, 201);
  return { email, answer };
}

function setPassword(token: string, password = PASSWORD): Promise<Answer> {
  return tenant.anonymous.post('/api/v1/auth/password', { token, password });
}

describe('an invitation', () => {
  test('lets the person choose a password once, without logging them in', async () => {
    const { email, answer } = await invite();
    assert.equal(answer.body.status, 'invited');
    assert.deepEqual(verdict(await logInTo(tenant, email, PASSWORD)), [401, 'platform.login_refused']);
    const mail = await mailTo(email, /^Your login at/);
    const { footer = '' } = tenant.tenant.branding;
    assert.ok(mail.text.trimEnd().endsWith(footer) && mail.html.includes(footer), 'the footer of the tenant');
    const token = tokenIn(mail);
    const set = await setPassword(token);
    assert.deepEqual([set.status, set.bytes.length], [204, 0]);
    assert.deepEqual(verdict(await setPassword(token)), [422, 'platform.link_invalid']);
    assert.equal((await logInTo(tenant, email, PASSWORD)).status, 200);
    assert.equal((await tenant.owner.get(`/api/v1/users/${answer.body.id}`)).body.status, 'active');
  });

  test('is used up by one of fifty that bring it at once', async () => {
    const { email } = await invite();
    const token = tokenIn(await mailTo(email, /^Your login at/));
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_none, number) => setPassword(token, `${PASSWORD} number ${number}`)),
    );
    const won = answers.flatMap(({ status }, number) => (status === 204 ? [number] : []));
    assert.equal(won.length, 1);
    assert.equal((await logInTo(tenant, email, `${PASSWORD} number ${won[0]}`)).status, 200);
  });

  test('sent again takes the place of the one before', async () => {
    const { email, answer } = await invite();
    const first = tokenIn(await mailTo(email, /^Your login at/));
    const again = await tenant.owner.post(`/api/v1/users/${answer.body.id}/invitation`);
    assert.deepEqual([again.status, again.bytes.length], [202, 0]);
    const second = tokenIn(await mailTo(email, /^Your login at/, 2));
    assert.notEqual(second, first);
    assert.deepEqual(verdict(await setPassword(first)), [422, 'platform.link_invalid']);
    assert.equal((await setPassword(second)).status, 204);
    const third = await tenant.owner.post(`/api/v1/users/${answer.body.id}/invitation`);
    assert.deepEqual(verdict(third), [409, 'platform.user_not_invited']);
  });

  test('waits while the tenant is suspended, and its link is good again afterwards', async () => {
    const own = await ownTenant();
    const email = `${randomUUID()}@invited.example`;
    const body = { email, name: 'Rana Karimi', roles: ['technician'] };
    const invited = await own.owner.post('/api/v1/users', body);
    const token = tokenIn(await mailTo(email, /^Your login at/));
    const accept = () => own.anonymous.post('/api/v1/auth/password', { token, password: PASSWORD });
    const found = await platform.tenants.byId(own.tenant.id);
    assert.ok(found !== undefined);
    const become = async (status: 'active' | 'suspended', version: number) => {
      const versions = { account: version, settings: version, domains: 0, plan: { id: '', version: 0 } };
      await platform.tenants.publish({ ...found, status }, versions);
      const told = () => own.anonymous.get('/api/v1/tenant-info');
      await until(told, answer => answer.body.status === status, A_MINUTE, status);
    };
    await become('suspended', 98);
    assert.deepEqual(verdict(await accept()), [403, 'platform.tenant_suspended']);
    const form = new URLSearchParams({ token, password: PASSWORD }).toString();
    const page = await own.anonymous.call('POST', '/account/set-password', {
      body: form,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    assert.deepEqual([page.status, page.bytes.toString().includes('Suspended')], [422, true]);
    const { body: user } = await own.owner.get(`/api/v1/users/${invited.body.id}`);
    assert.deepEqual([user.status, user.version], ['invited', 1], 'nothing was written');
    const wrong = await own.anonymous.post('/api/v1/auth/password', {
      token: `${token}x`,
      password: PASSWORD,
    });
    assert.deepEqual(verdict(wrong), [422, 'platform.link_invalid']);
    await become('active', 99);
    assert.equal((await accept()).status, 204);
    assert.equal((await logInTo(own, email, PASSWORD)).status, 200);
  });

  test('speaks the language of the person', async () => {
    const { email } = await invite({ locale: 'fa' });
    const mail = await mailTo(email, /حساب شما/);
    assert.match(mail.html, /dir="rtl"/);
  });

  test('wants a password that is long, uncommon and not the person’s name', async () => {
    const { email } = await invite();
    const token = tokenIn(await mailTo(email, /^Your login at/));
    for (const [password, code] of [
      ['violet kettle!', 'short'],
      ['violet kettle '.repeat(19), 'long'],
      ['123456789012345678', 'digits'],
      ['qwertyuiopqwertyuiop', 'common'],
      ['rana.karimi.2026', 'personal'],
    ] as const)
      assert.deepEqual(verdict(await setPassword(token, password)), [422, `platform.password_${code}`]);
    assert.equal((await setPassword(token)).status, 204);
  });
});
