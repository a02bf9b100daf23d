import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import type { Answer } from '../../scripts/demo/client.ts';
import type { OwnTenant } from '../isolation/own-tenants.ts';
import { mailTo } from './mailbox.ts';
import { logInTo, ownTenant } from './people.ts';

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const PASSWORD = 'violet kettles at noon';
let tenant: OwnTenant;

before(async () => {
  tenant = await ownTenant();
});

function send(path: string, fields: Readonly<Record<string, string>>): Promise<Answer> {
  return tenant.anonymous.post(path, new URLSearchParams(fields).toString(), FORM);
}

describe('the pages of an account', () => {
  test('lead from a forgotten password to another one', async () => {
    const asked = await send('/account/forgot-password', { email: tenant.email });
    assert.deepEqual([asked.status, /role="status"/.test(String(asked.bytes))], [200, true]);
    const mail = await mailTo(tenant.email, /^Reset your password/);
    const link = new URL(/https?:\/\/\S+set-password\S+/.exec(mail.text)?.[0] ?? '');
    const page = await tenant.anonymous.get(`${link.pathname}${link.search}`);
    assert.match(String(page.bytes), /autocomplete="new-password"/);
    const token = link.searchParams.get('token') ?? '';
    assert.ok(String(page.bytes).includes(`value="${token}"`));
    const weak = await send('/account/set-password', { token, password: 'too short' });
    assert.deepEqual([weak.status, /role="alert"/.test(String(weak.bytes))], [422, true]);
    assert.equal((await send('/account/set-password', { token, password: PASSWORD })).status, 200);
    assert.equal((await logInTo(tenant, tenant.email, PASSWORD)).status, 200);
  });

  test('run no scripts, are framed by nobody and send no referrer', async () => {
    const { headers } = await tenant.anonymous.get('/account/forgot-password');
    const policy = headers['content-security-policy'] ?? '';
    assert.match(policy, /^default-src 'none'; style-src 'sha256-/);
    assert.match(policy, /form-action 'self'; base-uri 'none'; frame-ancestors 'none'$/);
    assert.equal(headers['referrer-policy'], 'no-referrer');
  });

  test('put nothing of the address into the page but as text', async () => {
    const { bytes } = await tenant.anonymous.get('/account/set-password?token=%22%3E%3Cscript%3E');
    assert.ok(!String(bytes).includes('<script>'));
    assert.ok(String(bytes).includes('value="&quot;&gt;&lt;script&gt;"'));
  });

  test('speak Persian, from the right, to whoever asks for it', async () => {
    const { bytes } = await tenant.anonymous.get('/account/forgot-password', { 'accept-language': 'fa' });
    assert.match(String(bytes), /<html lang="fa" dir="rtl">/);
  });

  test('take forms and nothing else', async () => {
    const json = await tenant.anonymous.post('/account/forgot-password', { email: tenant.email });
    assert.deepEqual([json.status, json.body.code], [415, 'platform.media_type_unsupported']);
    const twice = await tenant.anonymous.post(
      '/account/forgot-password',
      'email=a%40b.example&email=c%40d.example',
      FORM,
    );
    assert.deepEqual([twice.status, twice.body.code], [400, 'platform.input_invalid']);
    assert.equal((await send('/account/forgot-password', { email: 'x' })).status, 400);
  });
});
