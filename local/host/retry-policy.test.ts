import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isRetried, problemsOfRetry, retryDelay, toRetryContext } from './retry-policy.ts';

const fixed = { retryStrategy: 'fixedDelay', maxRetryCount: 2, delayInterval: { seconds: 3 } } as const;
const backoff = {
  retryStrategy: 'exponentialBackoff',
  maxRetryCount: -1,
  minimumInterval: { seconds: 2 },
  maximumInterval: { seconds: 60 },
} as const;

test('a fixed delay stays the same, exponential backoff doubles within a fifth up to its greatest interval', () => {
  assert.deepEqual(
    [0, 1, 2].map(count => retryDelay(fixed, count, 0.5)),
    [3000, 3000, 3000],
  );
  assert.deepEqual(
    [0, 1, 2, 3, 9].map(count => retryDelay(backoff, count, 0.5)),
    [2000, 4000, 6000, 10_000, 60_000],
  );
  assert.equal(retryDelay(backoff, 1, 0), 3600);
});

test('retries end with maxRetryCount, and never when it is -1', () => {
  assert.deepEqual(
    [0, 1, 2].map(count => isRetried(fixed, count)),
    [true, true, false],
  );
  assert.equal(isRetried(backoff, 1000), true);
  assert.equal(isRetried(undefined, 0), false);
});

test('with a policy the first try has a retry context too, without an exception', () => {
  assert.deepEqual(toRetryContext(fixed, 0, undefined), {
    retryContext: { retryCount: 0, maxRetryCount: 2 },
  });
  const { retryContext } = toRetryContext(fixed, 1, new Error('once'));
  assert.match(retryContext?.exception?.message ?? '', /^Result: Failure\nException: once\nStack: /);
  assert.deepEqual(toRetryContext(undefined, 0, undefined), {});
});

test('a retry policy without its count or intervals is refused', () => {
  assert.deepEqual(problemsOfRetry(fixed), []);
  assert.deepEqual(problemsOfRetry(backoff), []);
  assert.deepEqual(problemsOfRetry({ retryStrategy: 'fixedDelay' }), [
    'maxRetryCount is missing',
    'delayInterval is missing',
  ]);
  assert.deepEqual(problemsOfRetry({ ...backoff, minimumInterval: { seconds: 61 } }), [
    'minimumInterval is greater than maximumInterval',
  ]);
});
