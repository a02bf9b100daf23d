import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { canonicalJson, contentHash } from './canonical.ts';

test('the order of members does not matter', () => {
  assert.equal(canonicalJson({ b: 1, a: { d: [2, 3], c: null } }), '{"a":{"c":null,"d":[2,3]},"b":1}');
});

test('it is JSON, and says the same as JSON.stringify does', () => {
  fc.assert(
    fc.property(fc.jsonValue(), value => {
      assert.deepEqual(JSON.parse(canonicalJson(value)), JSON.parse(JSON.stringify(value)));
    }),
  );
});

test('members that are undefined are left out', () => {
  assert.equal(contentHash({ a: 1, b: undefined }), contentHash({ a: 1 }));
});
