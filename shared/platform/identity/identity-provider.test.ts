import assert from 'node:assert/strict';
import { test } from 'node:test';
import { blindIndex } from '../keys/index.ts';
import { decideFederation, federatedClaim } from './identity-provider.ts';

const provider = { emailDomains: ['lab.example'], createUsers: true, linkByVerifiedEmail: true };
const tess = { email: 'tess@lab.example', emailVerified: true, name: 'Tess' };

test('somebody new is made, when the tenant wants that and the issuer may speak for the domain', () => {
  assert.deepEqual(decideFederation(provider, tess, false), {
    what: 'create',
    email: tess.email,
    name: 'Tess',
  });
  assert.equal(decideFederation({ ...provider, createUsers: false }, tess, false).what, 'refuse');
  assert.equal(decideFederation(provider, { ...tess, email: 'tess@evil.example' }, false).what, 'refuse');
  assert.equal(decideFederation(provider, { ...tess, email: 'tess@sub.lab.example' }, false).what, 'refuse');
  assert.equal(decideFederation(provider, { ...tess, email: undefined }, false).what, 'refuse');
});

test('an address that is none here makes nobody, and a name that nobody may have is left out', () => {
  for (const email of [
    'jürgen@lab.example',
    'a b@lab.example',
    '"q\\"x"@lab.example',
    `${'a'.repeat(300)}@lab.example`,
  ])
    for (const isTaken of [true, false])
      assert.deepEqual(decideFederation(provider, { ...tess, email }, isTaken), {
        what: 'refuse',
        why: 'platform.federation_unknown_person',
      });
  for (const name of ['Eve\u202E\r\nBcc: x\u0000', '', ' '.repeat(30), 'x'.repeat(201), undefined])
    assert.deepEqual(decideFederation(provider, { ...tess, name }, false), {
      what: 'create',
      email: tess.email,
      name: tess.email,
    });
});

test('an address that is taken links only when it is verified and the tenant says so', () => {
  assert.deepEqual(decideFederation(provider, tess, true), { what: 'link' });
  assert.equal(decideFederation(provider, { ...tess, emailVerified: false }, true).what, 'refuse');
  assert.equal(decideFederation({ ...provider, linkByVerifiedEmail: false }, tess, true).what, 'refuse');
  assert.equal(decideFederation(provider, { ...tess, email: 'tess@evil.example' }, true).what, 'refuse');
});

test('an address that the issuer has not verified makes nobody and links nobody', () => {
  const unverified = { ...tess, emailVerified: false };
  for (const isTaken of [true, false])
    assert.deepEqual(decideFederation(provider, unverified, isTaken), {
      what: 'refuse',
      why: 'platform.federation_email_unverified',
    });
});

test('the same subject of two issuers is two people', () => {
  const blind = blindIndex(new Uint8Array(32));
  assert.notEqual(
    federatedClaim(blind, 'https://a.example', '1'),
    federatedClaim(blind, 'https://b.example', '1'),
  );
});
