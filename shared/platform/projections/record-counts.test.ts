import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { systemCaller } from '../../kernel/index.ts';
import { changeOf } from './change.fixture.ts';
import { added } from './projection.ts';
import { recordCounts } from './record-counts.ts';

const caller = systemCaller('tnt_1', 'one', 'test');
const state = fc.option(fc.constantFrom('draft', 'open', 'done'), { nil: null });

test('any life of a record is counted by its last state, and a deleted one by nothing', () => {
  fc.assert(
    fc.property(fc.array(state, { minLength: 1, maxLength: 8 }), states => {
      let counters: Readonly<Record<string, number>> = {};
      let before: unknown = null;
      for (const [index, one] of states.entries()) {
        const after = one === null ? null : { state: one, title: `version ${index}` };
        counters = added(
          counters,
          recordCounts.fold(changeOf(caller, 'test.thing', index + 1, before, after)),
        );
        before = after;
      }
      const last = states.at(-1) ?? null;
      assert.deepEqual(counters, last === null ? {} : { [`test.thing ${last}`]: 1 });
    }),
  );
});
