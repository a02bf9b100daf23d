import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { merkleRoot } from './merkle.ts';

/** RFC 6962 section 2.1, as it is written there. */
function root(leaves: readonly string[]): Buffer {
  const hash = (...parts: readonly (string | Buffer)[]): Buffer => {
    const sha = createHash('sha256');
    for (const part of parts) sha.update(part);
    return sha.digest();
  };
  if (leaves.length === 0) return hash();
  if (leaves.length === 1) return hash('\0', leaves[0] ?? '');
  let split = 1;
  while (split * 2 < leaves.length) split *= 2;
  return hash('\x01', root(leaves.slice(0, split)), root(leaves.slice(split)));
}

test('is what RFC 6962 defines, however many leaves there are', () => {
  fc.assert(
    fc.property(fc.array(fc.string(), { maxLength: 40 }), leaves => {
      assert.equal(merkleRoot(leaves), root(leaves).toString('hex'));
    }),
  );
});

test('knows published values', () => {
  // Certificate Transparency's own test vectors: no leaf, and the leaf of no bytes.
  assert.equal(merkleRoot([]), 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  assert.equal(merkleRoot(['']), '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d');
});
