import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hostnameOf, isPublicSuffix, isUnder, proofNameOf } from './hostname.ts';

test('a host name is compared in one form, whatever it is written in', () => {
  assert.equal(hostnameOf('Lab.Example.COM.'), 'lab.example.com');
  assert.equal(hostnameOf('bücher.example'), 'xn--bcher-kva.example');
  assert.equal(hostnameOf('آزمایشگاه.example')?.startsWith('xn--'), true);
});

test('what is no name, one label, an address or too long is none', () => {
  const long = `${'a'.repeat(63)}.`.repeat(4);
  for (const text of [
    '',
    'localhost',
    '127.0.0.1',
    '1.2.3',
    'a..b',
    '-a.example',
    '_x.example',
    '*.a.example',
    'a b.example',
    'http://a.example',
    'a.example:80',
    '[::1]',
    `${long}example`,
  ])
    assert.equal(hostnameOf(text), undefined, text);
});

test('what is below a domain ends with it and a dot before', () => {
  assert.equal(isUnder('lab.touchstone.example', 'touchstone.example'), true);
  assert.equal(isUnder('touchstone.example', 'touchstone.example'), true);
  assert.equal(isUnder('mytouchstone.example', 'touchstone.example'), false);
});

test('the proof stands below the name, beside any CNAME', () => {
  assert.equal(proofNameOf('lab.example.com'), '_touchstone.lab.example.com');
});

test('a name below which others have theirs is nobody’s alone', async () => {
  for (const hostname of ['co.uk', 'github.io', 'azurewebsites.net', 'ir', 'co.ir'])
    assert.equal(await isPublicSuffix(hostname), true, hostname);
  for (const hostname of [
    'lab.co.uk',
    'lab.github.io',
    'lab.azurewebsites.net',
    'lab.example.com',
    'lab.test',
  ])
    assert.equal(await isPublicSuffix(hostname), false, hostname);
});
