import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countOf } from './fields.ts';
import { Refusal } from './refusals.ts';

test('a number of messages is 1 or more, and no more than there may be', () => {
  const read = (count: number, most?: number): unknown => {
    try {
      return countOf({ 'message-count': count }, 'message-count', most);
    } catch (error) {
      return error instanceof Refusal ? error.code : error;
    }
  };
  assert.deepEqual(
    [-1, 0, 1, 5000].map(count => read(count)),
    ['argument-error', 'argument-error', 1, 5000],
  );
  assert.deepEqual(
    [4000, 4001].map(count => read(count, 4000)),
    [4000, 'out-of-range'],
  );
});
