import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isWhole, sign } from './signature.ts';

const parts = {
  subject: 'prc_1',
  subjectKind: 'test',
  version: 3,
  chain: 'a'.repeat(64),
  meaning: 'approval',
  user: 'usr_1',
  name: 'Quinn',
  position: null,
  at: '2026-11-25T10:00:00.000Z',
} as const;

test('a signature is bound to what was signed, in whatever order its members come', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), content => {
      const turned = Object.fromEntries(Object.entries(content).toReversed());
      assert.deepEqual(sign(parts, turned), sign(parts, content));
      assert.equal(isWhole(sign(parts, content)), true);
      assert.notEqual(sign(parts, { content }).content, sign(parts, content).content);
    }),
  );
});

test('no part of a signature can be changed', () => {
  const signature = sign(parts, { a: 1 });
  for (const change of [
    { user: 'usr_2' },
    { name: 'Q' },
    { meaning: 'review' },
    { at: '2026-11-26T10:00:00.000Z' },
    { subject: 'prc_2' },
    { version: 4 },
    { chain: 'b'.repeat(64) },
    { content: sign(parts, { a: 2 }).content },
  ] as const)
    assert.equal(isWhole({ ...signature, ...change }), false);
});
