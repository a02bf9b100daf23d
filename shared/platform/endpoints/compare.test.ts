import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { applyPatch } from 'rfc6902';
import { compare } from './compare.ts';
import { patchWithoutHidden, withoutHidden } from './hidden.ts';

test('fields are named by where they are, with what they were and are', () => {
  const before = { name: 'A', sites: [{ city: 'Leeds' }], note: 'old' };
  const after = { name: 'B', sites: [{ city: 'Leeds' }, { city: 'York' }] };
  assert.deepEqual(compare(before, after).fields, [
    { field: 'name', before: 'A', after: 'B' },
    { field: 'sites.1', before: null, after: { city: 'York' } },
    { field: 'note', before: 'old', after: null },
  ]);
});

/** As it comes back from storage: JSON knows no negative zero, and no schema of ours takes a field called `__proto__`. */
const stored = fc
  .jsonValue()
  .filter(value => !JSON.stringify(value).includes('__proto__'))
  .map(value => JSON.parse(JSON.stringify(value)) as unknown);

test('the patch leads from one to the other, and equal values have neither patch nor fields', () => {
  fc.assert(
    fc.property(stored, stored, (before, after) => {
      const box = { value: before };
      applyPatch(box, structuredClone([...compare({ value: before }, { value: after }).patch]) as never);
      assert.deepEqual(box.value, after);
      assert.deepEqual(compare(after, structuredClone(after)), { patch: [], fields: [] });
    }),
  );
});

test('hidden members are shown neither as steps nor inside of what steps put in', () => {
  const patch = [
    { op: 'add', path: '/data', value: { name: 'x', secret: 'y', list: [{ secret: 'z' }] } },
    { op: 'replace', path: '/data/secret', value: 'w' },
  ];
  assert.deepEqual(patchWithoutHidden(patch, ['secret']), [
    { op: 'add', path: '/data', value: { name: 'x', list: [{}] } },
  ]);
  assert.deepEqual(withoutHidden({ secret: 1 }, []), { secret: 1 });
});
