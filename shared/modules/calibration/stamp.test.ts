import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { contentHash } from '../../kernel/index.ts';
import type { Stamp } from './schema.ts';
import { isStampWhole, shortDigest, stampOf } from './stamp.ts';

const open: Omit<Stamp, 'digest'> = {
  user: 'usr_1',
  name: 'Rana Karimi',
  position: 'Metrologist',
  at: '2026-11-20T10:00:00.000Z',
  meaning: 'performed',
  signed: 'a'.repeat(64),
};

test('no part of a stamp can be changed, printed name and position included', () => {
  const stamp = stampOf(open);
  assert.equal(isStampWhole(stamp), true);
  const members = fc.constantFrom('user', 'name', 'position', 'at', 'signed' as const);
  fc.assert(
    fc.property(members, fc.string(), (member, value) => {
      fc.pre(value !== open[member]);
      assert.equal(isStampWhole({ ...stamp, [member]: value }), false);
    }),
  );
  assert.equal(isStampWhole({ ...stamp, meaning: 'authorised' }), false);
  assert.equal(isStampWhole({ ...stamp, position: null }), false);
});

test('a stamp of the first form is compared as it was made', () => {
  const { signed, user, meaning, at } = open;
  const old = { ...open, digest: contentHash({ signed, user, meaning, at }) };
  assert.equal(isStampWhole(old), true);
  assert.equal(isStampWhole({ ...old, user: 'usr_2' }), false);
  assert.equal(shortDigest(old), shortDigest({ digest: `v2:${old.digest}` }));
});
