import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { systemCaller } from '../../kernel/index.ts';
import { changeOf } from './change.fixture.ts';
import { added } from './projection.ts';
import { storedBytes } from './stored-bytes.ts';

const caller = systemCaller('tnt_1', 'one', 'test');
/** As artifacts are: the place follows from the content. */
const file = fc.nat({ max: 5_000_000 }).map(bytes => ({ blob: `blob-${bytes}`, bytes }));
const data = fc.record({
  title: fc.string(),
  artifact: fc.option(file),
  files: fc.array(file, { maxLength: 3 }),
});
type Data = typeof data extends fc.Arbitrary<infer T> ? T : never;

function bytesOf(state: Data | null): number {
  const files = state === null ? [] : [...state.files, ...(state.artifact === null ? [] : [state.artifact])];
  return files.reduce((sum, { bytes }) => sum + bytes, 0);
}

test('any life of a record counts the bytes of the files that it refers to in the end', () => {
  fc.assert(
    fc.property(fc.array(fc.option(data), { minLength: 1, maxLength: 8 }), states => {
      let counters: Readonly<Record<string, number>> = {};
      let before: Data | null = null;
      for (const [index, after] of states.entries()) {
        counters = added(
          counters,
          storedBytes.fold(changeOf(caller, 'test.thing', index + 1, before, after)),
        );
        before = after;
      }
      assert.equal(counters['bytes'] ?? 0, bytesOf(states.at(-1) ?? null));
    }),
  );
});
