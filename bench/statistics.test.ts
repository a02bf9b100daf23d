import assert from 'node:assert/strict';
import { test } from 'node:test';
import { quantile, summarise } from './statistics.ts';

test('the median of an even number of values lies between the middle two', () => {
  assert.deepEqual(summarise([4, 1, 3, 2]), { median: 2.5, min: 1, max: 4 });
});

test('one value is its own median', () => {
  assert.deepEqual(summarise([7]), { median: 7, min: 7, max: 7 });
});

test('no values are no summary', () => {
  assert.throws(() => summarise([]), /nothing was measured/);
});

test('a quantile lies between its neighbours by proportion', () => {
  assert.equal(quantile([0, 10], 0.95), 9.5);
});
