import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Deadlines } from './deadlines.ts';

test('what is due comes out in order, moved and deleted deadlines heeded', () => {
  const steps = fc.array(
    fc.record({
      key: fc.integer({ min: 0, max: 9 }),
      at: fc.integer({ min: 0, max: 99 }),
      remove: fc.boolean(),
    }),
  );
  fc.assert(
    fc.property(steps, fc.integer({ min: 0, max: 99 }), (changes, now) => {
      const deadlines = new Deadlines<number>();
      const model = new Map<number, number>();
      for (const { key, at, remove } of changes) {
        if (remove) {
          deadlines.delete(key);
          model.delete(key);
        } else {
          deadlines.set(key, at);
          model.set(key, at);
        }
      }
      const due = deadlines.takeDue(now);
      const moments = due.map(key => model.get(key) ?? Number.NaN);
      assert.deepEqual(
        moments,
        moments.toSorted((a, b) => a - b),
      );
      assert.deepEqual(new Set(due), new Set([...model].filter(([, at]) => at <= now).map(([key]) => key)));
      const left = [...model.values()].filter(at => at > now);
      assert.equal(deadlines.next(), left.length === 0 ? undefined : Math.min(...left));
    }),
  );
});
