import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isRedirectUri, leadsBack } from './oauth-client.ts';

const redirectUris = [
  'https://app.example/cb',
  'http://127.0.0.1:9999/cb',
  'http://[::1]/cb',
  'http://localhost/x?y=1',
];
const leads = (uri: string): boolean => leadsBack({ redirectUris }, uri);

describe('an address that a program asks to be answered at', () => {
  test('is one that it registered, byte by byte', () => {
    assert.ok(leads('https://app.example/cb'));
    for (const other of [
      'https://app.example/cb/',
      'https://app.example/cb?x=1',
      'https://app.example:443/cb',
      'https://APP.example/cb',
      'http://app.example/cb',
      'https://app.example/cb#x',
      '',
    ])
      assert.equal(leads(other), false, other);
  });

  test('has any port on the own machine (RFC 8252 section 7.3)', () => {
    for (const uri of [
      'http://127.0.0.1:1/cb',
      'http://127.0.0.1:65535/cb',
      'http://127.0.0.1/cb',
      'http://[::1]:51004/cb',
      'http://localhost:8080/x?y=1',
    ])
      assert.ok(leads(uri), uri);
  });

  test('is nowhere else for that', () => {
    for (const uri of [
      'http://127.0.0.1:1/other',
      'http://127.0.0.1:65536/cb',
      'http://127.0.0.1:1@evil.example/cb',
      'http://127.0.0.1.evil.example/cb',
      'http://127.0.0.2:1/cb',
      'https://127.0.0.1:1/cb',
      'http://localhost:1/cb',
      'http://[::1]:1@evil.example/cb',
    ])
      assert.equal(leads(uri), false, uri);
  });
});

describe('an address that a program may register', () => {
  test('is one with https, or one on the own machine', () => {
    for (const uri of [
      ...redirectUris,
      'https://app.example/@somebody/cb?x=a@b.example',
      'http://127.0.0.1:9999/cb',
      'http://localhost',
    ])
      assert.ok(isRedirectUri(uri), uri);
  });

  test('hides its host behind nothing and has no fragment', () => {
    for (const uri of [
      'http://app.example/cb',
      'http://localhost.evil.example/cb',
      'http://localhost:x@evil.example/cb',
      'http://127.0.0.1:80@evil.example/cb',
      'https://user:secret@evil.example/cb',
      'https://app.example\\@evil.example/cb',
      'https://evil.example\\@x/',
      'https://app.example/cb#x',
      'http:localhost/cb',
      'https://',
      'javascript:alert(1)',
    ])
      assert.equal(isRedirectUri(uri), false, uri);
  });
});
