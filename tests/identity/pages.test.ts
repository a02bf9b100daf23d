import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import type { Answer } from '../../scripts/demo/client.ts';
import { until } from '../../scripts/demo/expect.ts';
import { answer, endpointRouter } from '../../shared/platform/http/index.ts';
import type { OwnTenant } from '../isolation/own-tenants.ts';
import { openTestProduct } from '../product.ts';
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

const BROWSER = { ...FORM, accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' };

describe('a refusal of what a browser sent', () => {
  test('is a page in the reader’s language that says what was wrong, with the status that a program would get', async () => {
    const path = '/account/forgot-password';
    const page = await tenant.anonymous.post(path, 'email=x', { ...BROWSER, 'accept-language': 'fa' });
    assert.equal(page.status, 400);
    assert.match(page.headers['content-type'] ?? '', /^text\/html/);
    assert.match(page.headers['content-security-policy'] ?? '', /^default-src 'none'; style-src 'sha256-/);
    const html = String(page.bytes);
    assert.match(html, /<html lang="fa" dir="rtl">/);
    assert.ok(html.includes('platform.input_invalid') && html.includes(page.headers['x-request-id'] ?? '-'));
    const program = await tenant.anonymous.post(path, 'email=x', { ...FORM, accept: 'application/json' });
    assert.deepEqual([program.status, program.body.code], [400, 'platform.input_invalid']);
  });

  test('is a page with Retry-After when the quota is used up', async () => {
    const { app, platform } = openTestProduct();
    const { permissions, personal, wordings, fieldWordings, kinds } = app;
    const tools = {
      ...{ platform, router: endpointRouter(app.endpoints), permissions, personal, wordings, fieldWordings },
      ...{ kinds, limiter: platform.limiter, limitFactor: 0.01, log: () => undefined },
      diagnosticHeaders: false,
    };
    const ask = (accept: string) => {
      const headers: Readonly<Record<string, string>> = { ...FORM, accept };
      return answer(tools, {
        method: 'POST',
        url: new URL('/account/forgot-password', tenant.origin),
        host: new URL(tenant.origin).hostname,
        address: '203.0.113.77',
        header: name => headers[name],
        bytes: async () => Buffer.from('email=nobody%40nowhere.example'),
      });
    };
    // A minute may end between two of them.
    const refused = (accept: string) =>
      until(
        () => ask(accept),
        ({ status }) => status === 429,
        30_000,
        'the end of the quota',
      );
    const page = await refused(BROWSER.accept);
    assert.match(page.headers['content-type'] ?? '', /^text\/html/);
    assert.ok(Number(page.headers['retry-after']) > 0 && page.headers['ratelimit'] !== undefined);
    const problem = await refused('application/json');
    assert.deepEqual([problem.status, problem.headers['content-type']], [429, 'application/problem+json']);
    assert.ok(Number(problem.headers['retry-after']) > 0);
  });

  test('is a page with Retry-After when nobody can log in with the address for a while', async () => {
    const client = { name: 'B', kind: 'public', permissions: ['calibration.customer:read'] };
    const redirect = 'https://bench.example/callback';
    const { body } = await tenant.owner.post('/api/v1/oauth-clients', {
      ...client,
      redirectUris: [redirect],
    });
    const fields = new URLSearchParams({
      ...{ response_type: 'code', client_id: body.id, redirect_uri: redirect },
      ...{ code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM', code_challenge_method: 'S256' },
      ...{ email: tenant.email.replace('owner@', 'second@'), password: 'not this one at all' },
    }).toString();
    const submit = () => tenant.anonymous.post('/oauth/authorize', fields, BROWSER);
    assert.equal((await submit()).status, 422, 'the form again, with what was wrong');
    const locked = await until(submit, ({ status }) => status === 429, 30_000, 'the lock');
    assert.match(locked.headers['content-type'] ?? '', /^text\/html/);
    assert.ok(Number(locked.headers['retry-after']) > 0);
  });
});
