import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { type Client, logIn, openClient } from '../../scripts/demo/client.ts';
import { openOwnTenants } from '../isolation/own-tenants.ts';
import { passphrase } from '../laboratory.ts';
import { provisionLaboratories } from '../provision.ts';
import { testStack } from '../stack.ts';

const { settings, urls } = testStack();
const SLUG = 'http-face';
const origin = `http://${SLUG}.localhost:${new URL(urls['api'] ?? '').port}`;
const PAGE = 'https://app.face.example';

describe('the HTTP face', () => {
  let owner: Client;

  before(async () => {
    await provisionLaboratories(settings, { slug: SLUG, locale: 'fa-IR', corsOrigins: [PAGE] });
    owner = await logIn(origin, `owner@${SLUG}.example`, passphrase);
  });

  test('answers a preflight of a page of the tenant, and no other one', async () => {
    const ask = (from: string) =>
      openClient(origin).call('OPTIONS', '/api/v1/srfs', {
        headers: { origin: from, 'access-control-request-method': 'POST' },
      });
    const own = await ask(PAGE);
    assert.equal(own.status, 204);
    assert.equal(own.headers['access-control-allow-origin'], PAGE);
    assert.equal(own.headers['access-control-allow-methods'], 'HEAD, GET, POST');
    assert.equal(own.headers['access-control-max-age'], '7200');
    const foreign = await ask('https://evil.example');
    assert.equal(foreign.headers['access-control-allow-origin'], undefined);
    assert.equal(foreign.headers['access-control-allow-methods'], undefined);
  });

  test('lets such a page read answers and refusals', async () => {
    const headers = { origin: PAGE };
    assert.equal((await owner.get('/api/v1/me', headers)).headers['access-control-allow-origin'], PAGE);
    const refused = await openClient(origin).get('/api/v1/me', headers);
    assert.equal(refused.status, 401);
    assert.equal(refused.headers['access-control-allow-origin'], PAGE);
    assert.match(refused.headers['vary'] ?? '', /Origin.*Accept-Language/);
  });

  test('lets such a page read what leads nowhere, too, in the language of the tenant', async () => {
    const lost = await openClient(origin).get('/api/v1/nowhere', { origin: PAGE });
    assert.deepEqual([lost.status, lost.body.code], [404, 'platform.route_unknown']);
    assert.equal(lost.headers['access-control-allow-origin'], PAGE);
    assert.equal(lost.headers['content-language'], 'fa');
    const wrong = await openClient(origin).call('PUT', '/api/v1/srfs', { headers: { origin: PAGE } });
    assert.deepEqual([wrong.status, wrong.headers['access-control-allow-origin']], [405, PAGE]);
  });

  test('shows the page of verification in the language of the tenant, or in the one that is asked for', async () => {
    const page = async (headers: Readonly<Record<string, string>>) =>
      String((await openClient(origin).get('/verify', headers)).bytes);
    assert.match(await page({}), /<html lang="fa" dir="rtl">/);
    assert.match(await page({ 'accept-language': 'en-GB' }), /<html lang="en" dir="ltr">/);
  });

  test('leads whoever has only the name of a host to the page of the API', async () => {
    for (const host of ['platform', SLUG]) {
      const { port } = new URL(origin);
      const { status, headers } = await openClient(`http://${host}.localhost:${port}`).get('/');
      assert.deepEqual([status, headers['location']], [303, '/docs']);
    }
  });

  test('answers 304 to who has the present version of a record or a list', async () => {
    for (const path of ['/api/v1/me', '/api/v1/users?limit=2', '/api/v1/openapi.json']) {
      const first = await owner.get(path);
      const again = await owner.get(path, { 'if-none-match': first.headers['etag'] ?? '' });
      assert.equal(again.status, 304, path);
      assert.equal(again.bytes.length, 0);
      assert.equal(again.headers['etag'], first.headers['etag']);
    }
  });

  test('does not answer 304 when an answer says more than the record and that has changed', async () => {
    const path = '/api/v1/me';
    const [tenant] = await openOwnTenants(1);
    assert.ok(tenant !== undefined);
    const holding = async (...held: string[]) => tenant.anonymous.as(await tenant.token(held));
    const first = await (await holding('viewer')).get(path);
    const known = { 'if-none-match': first.headers['etag'] ?? '' };
    const more = await (await holding('viewer', 'technician')).get(path, known);
    assert.equal(more.status, 200);
    assert.ok(more.body.permissions.length > first.body.permissions.length);
  });

  test("refuses in the tenant's language, or in the one that is asked for", async () => {
    const plain = await owner.get('/api/v1/srfs/srf_none');
    assert.equal(plain.headers['content-language'], 'fa');
    assert.match(plain.body.detail, /شناسه/);
    const english = await owner.get('/api/v1/srfs/srf_none', { 'accept-language': 'en-GB,en;q=0.9' });
    assert.equal(english.headers['content-language'], 'en');
    assert.equal(english.body.code, plain.body.code);
  });

  test('names a request the same in its answer, its problem and its header', async () => {
    const answer = await owner.get('/api/v1/srfs/srf_none', { 'x-request-id': 'request-0815' });
    assert.equal(answer.headers['x-request-id'], 'request-0815');
    assert.equal(answer.body.requestId, 'request-0815');
  });

  test('describes itself as OpenAPI 3.1 and 3.0', async () => {
    assert.match((await owner.get('/api/v1/openapi.json')).body.openapi, /^3\.1\./);
    assert.match((await owner.get('/api/v1/openapi-3.0.json')).body.openapi, /^3\.0\./);
  });
});
