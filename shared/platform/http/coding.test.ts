import assert from 'node:assert/strict';
import { test } from 'node:test';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { codingFor, encode } from './coding.ts';
import { FixedText } from './fixed-text.ts';

test('a client gets the smallest coding that it accepts, and none that it refuses', () => {
  assert.equal(codingFor('gzip, deflate, br'), 'br');
  assert.equal(codingFor('gzip'), 'gzip');
  assert.equal(codingFor('*'), 'br');
  assert.equal(codingFor('gzip;q=0'), undefined);
  assert.equal(codingFor('br;q=0, gzip'), 'gzip');
  assert.equal(codingFor('*;q=0, gzip;q=0.1'), 'gzip');
  for (const none of [undefined, '', 'identity', 'deflate']) assert.equal(codingFor(none), undefined);
});

test('what is coded is the text again', () => {
  const text = 'Aufwärts, ۱۲۳. '.repeat(200);
  assert.equal(brotliDecompressSync(encode(text, 'br')).toString(), text);
  assert.equal(gunzipSync(encode(text, 'gzip')).toString(), text);
});

test('a text that is the same for everybody is coded once', () => {
  const fixed = new FixedText('x'.repeat(5000));
  assert.equal(fixed.coded('br'), fixed.coded('br'));
  assert.notDeepEqual(fixed.coded('br'), fixed.coded('gzip'));
});
