import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import * as z from 'zod';
import { hasErased, isSameButErased } from './erased.ts';

const sealed = (version: number, text: string, person = 'con_1', path = 'contacts/*/name'): string =>
  `~1.${version}.${person}.${path}.${text}`;
const MARK = sealed(0, '');

test('data at rest is the same as itself in any order, and as nothing else', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), data => {
      const turned = Object.fromEntries(Object.entries(structuredClone(data)).toReversed());
      assert.ok(isSameButErased(data, turned));
      assert.ok(!isSameButErased(data, { ...data, more: { than: data } }));
      assert.ok(!isSameButErased({ ...data, more: null }, data));
    }),
  );
});

test('a mark stands for what was sealed for the same person at the same place alone', () => {
  const before = {
    name: 'Quill',
    contacts: [{ name: sealed(2, 'abc') }, { name: sealed(1, 'def', 'con_2') }],
  };
  const after = { ...before, contacts: [{ name: MARK }, before.contacts[1]] };
  assert.ok(isSameButErased(before, after));
  assert.ok(!isSameButErased(after, before));
  assert.ok(!isSameButErased(before, { ...after, name: 'Quilt' }));
  assert.ok(!isSameButErased(before, { ...after, contacts: [{ name: MARK }, { name: MARK }] }));
  assert.ok(!isSameButErased({ name: 'Quill' }, { name: MARK }));
  assert.ok(!isSameButErased(sealed(1, 'abc', 'con_1', 'contacts/*/email'), MARK));
});

test('whatever was sealed anew was changed, though nobody may be able to read it any more', () => {
  assert.ok(!isSameButErased(sealed(1, 'abc'), sealed(1, 'abd')));
});

test('data in clear tells whether somebody in it was erased', () => {
  const schema = z.strictObject({
    name: z.string(),
    contacts: z.array(z.strictObject({ name: z.string().meta({ personal: true }) })),
  });
  const told = (name: string, contact: string): boolean =>
    hasErased({ schema }, 'cus_1', { name, contacts: [{ name: 'Zenobia' }, { name: contact }] });
  assert.deepEqual([told('Quill', '[erased]'), told('[erased]', 'Barnaby')], [true, false]);
});
