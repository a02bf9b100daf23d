import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { sign, whyBroken } from './signature.ts';

const parts = {
  subject: 'prc_1',
  subjectKind: 'test',
  version: 3,
  meaning: 'approval',
  user: 'usr_1',
  name: 'Quinn',
  position: null,
  at: '2026-11-25T10:00:00.000Z',
} as const;

test('a signature holds for what was signed, in whatever order its members come, and for nothing else', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (content, other) => {
      const signature = sign(parts, content);
      assert.equal(whyBroken(signature, structuredClone(content)), undefined);
      if (JSON.stringify(other) !== JSON.stringify(content))
        assert.equal(whyBroken(signature, { other }), 'content_changed');
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
    { content: sign(parts, { a: 2 }).content },
  ] as const)
    assert.equal(whyBroken({ ...signature, ...change }, { a: 1 }), 'altered');
});
