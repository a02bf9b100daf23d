import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { derivedKey, joinId, parseId, sortableKey } from './ids.ts';

const zeros = (size: number): Uint8Array => new Uint8Array(size);

test('keys sort by the time of their making', () => {
  fc.assert(
    fc.property(fc.nat({ max: 4e12 }), fc.nat({ max: 4e12 }), (left, right) => {
      fc.pre(left !== right);
      const [a, b] = [sortableKey(new Date(left), zeros), sortableKey(new Date(right), zeros)];
      assert.equal(a < b, left < right);
    }),
  );
});

test('a derived key depends on every part and on where parts end', () => {
  assert.equal(derivedKey('a', 'b'), derivedKey('a', 'b'));
  assert.notEqual(derivedKey('a', 'b'), derivedKey('ab'));
  assert.notEqual(derivedKey('ab', 'c'), derivedKey('a', 'bc'));
});

test('an id tells its prefix, its scope and its key', () => {
  const key = sortableKey(new Date(1_800_000_000_000), zeros);
  const root = joinId('srf', undefined, key);
  assert.deepEqual(parseId(root), { prefix: 'srf', scope: undefined, key });
  assert.deepEqual(parseId(joinId('obs', root, key)), { prefix: 'obs', scope: root, key });
});

test('what is not an id parses to nothing', () => {
  for (const text of [
    '',
    'srf',
    'srf_',
    'srf_short',
    `SRF_${'0'.repeat(26)}`,
    `srf_${'u'.repeat(26)}`,
    `../${'0'.repeat(26)}`,
  ]) {
    assert.equal(parseId(text), undefined, text);
  }
});
