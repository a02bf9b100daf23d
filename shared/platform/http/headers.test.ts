import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Tenant } from '../tenancy/index.ts';
import { conditional, versionIn } from './conditional.ts';
import { corsHeaders, preflightHeaders } from './cors.ts';
import { deprecationHeaders } from './deprecation.ts';
import { mergeHeaders } from './merge-headers.ts';
import type { WireRequest } from './wire.ts';

function wire(method: string, headers: Readonly<Record<string, string>> = {}): WireRequest {
  return {
    method,
    url: new URL('http://lab.localhost/api/v1/srfs'),
    host: 'lab.localhost',
    address: undefined,
    header: name => headers[name],
    bytes: async () => new Uint8Array(),
  };
}

const tenant = { corsOrigins: ['https://lab.example'] } as unknown as Tenant; // only this member is looked at
const json = { 'content-type': 'application/json', 'cache-control': 'no-store' };

describe('a conditional read', () => {
  test('of what the client has is answered 304, with its ETag and without a body', () => {
    const headers = { 'content-type': 'application/pdf', 'cache-control': 'no-store', etag: '"3"' };
    const reply = { status: 200, headers, body: '{}' };
    for (const known of ['"3"', 'W/"3"', '"1", "3"', '*']) {
      const answer = conditional(wire('GET', { 'if-none-match': known }), reply);
      assert.deepEqual(answer, {
        status: 304,
        headers: { 'cache-control': 'no-store', etag: '"3"' },
        body: undefined,
      });
    }
    assert.equal(conditional(wire('GET', { 'if-none-match': '"2"' }), reply).status, 200);
  });

  test('of a record in JSON goes by its version and by what is said with it, and its ETag names the version', () => {
    const reply = (body: string) => ({ status: 200, headers: { ...json, etag: '"3"' }, body });
    const { etag = '' } = conditional(wire('GET'), reply('[1]')).headers;
    assert.match(etag, /^"3\.[\w-]{22}"$/);
    assert.equal(conditional(wire('GET', { 'if-none-match': etag }), reply('[1]')).status, 304);
    assert.equal(conditional(wire('GET', { 'if-none-match': etag }), reply('[2]')).status, 200);
    for (const known of [etag, '"3"']) assert.equal(versionIn(known), 3);
    for (const unknown of ['3', '*', 'W/"3"', '"3.x"', '""', `${etag}, ${etag}`])
      assert.equal(versionIn(unknown), undefined, unknown);
  });

  test('of JSON without a version goes by its content', () => {
    const reply = (body: string) => ({ status: 200, headers: json, body });
    const { etag = '' } = conditional(wire('GET'), reply('[1]')).headers;
    assert.match(etag, /^W\/"[\w-]{22}"$/);
    assert.equal(conditional(wire('GET', { 'if-none-match': etag }), reply('[1]')).status, 304);
    assert.equal(conditional(wire('GET', { 'if-none-match': etag }), reply('[2]')).status, 200);
  });

  test('is about reads that succeed, and nothing else', () => {
    const reply = { status: 200, headers: { ...json, etag: '"3"' }, body: '{}' };
    assert.equal(conditional(wire('POST', { 'if-none-match': '*' }), reply).status, 200);
    const gone = { status: 404, headers: json, body: '{}' };
    assert.equal(conditional(wire('GET', { 'if-none-match': '*' }), gone).status, 404);
  });
});

describe('another origin', () => {
  test("that is one of the tenant's may read answers, with the user's cookies", () => {
    const headers = corsHeaders(wire('GET', { origin: 'https://lab.example' }), tenant);
    assert.equal(headers['access-control-allow-origin'], 'https://lab.example');
    assert.equal(headers['access-control-allow-credentials'], 'true');
    assert.match(headers['access-control-expose-headers'] ?? '', /ETag.*RateLimit/);
  });

  test('that is not, or only looks like one, may not', () => {
    for (const origin of [
      'https://evil.example',
      'https://lab.example.evil',
      'http://lab.example',
      'null',
      '*',
    ])
      assert.deepEqual(corsHeaders(wire('GET', { origin }), tenant), { vary: 'Origin' });
    assert.deepEqual(corsHeaders(wire('GET', { origin: 'https://lab.example' }), undefined), {
      vary: 'Origin',
    });
  });

  test('learns from a preflight which methods and headers there are', () => {
    const request = wire('OPTIONS', { 'access-control-request-method': 'PATCH' });
    const headers = preflightHeaders(request, ['HEAD', 'GET', 'PATCH', 'OPTIONS']);
    assert.equal(headers['access-control-allow-methods'], 'HEAD, GET, PATCH');
    assert.match(headers['access-control-allow-headers'] ?? '', /If-Match/);
    assert.deepEqual(preflightHeaders(wire('OPTIONS'), ['GET']), {});
  });
});

test('an operation that will end says since when, until when and what follows', () => {
  const deprecated = { since: '2026-01-01', sunset: '2027-01-01', successor: '/api/v2/srfs' };
  assert.deepEqual(deprecationHeaders({ deprecated }), {
    deprecation: '@1767225600',
    sunset: 'Fri, 01 Jan 2027 00:00:00 GMT',
    link: '</api/v2/srfs>; rel="successor-version"',
  });
  assert.deepEqual(deprecationHeaders({}), {});
});

test('fields that are lists are joined, others replaced', () => {
  assert.deepEqual(mergeHeaders({ vary: 'Origin', etag: '"1"' }, { vary: 'Accept-Language', etag: '"2"' }), {
    vary: 'Origin, Accept-Language',
    etag: '"2"',
  });
});
