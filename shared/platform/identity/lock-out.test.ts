import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { secondsAfter } from '../../kernel/index.ts';
import { noFailures } from './credential.ts';
import { afterFailure, lockedSeconds } from './lock-out.ts';

const now = new Date('2026-11-25T12:00:00Z');

function failed(times: number) {
  let count = noFailures;
  for (let time = 0; time < times; time += 1) count = afterFailure(count, now);
  return count;
}

test('four failures lock nothing, the fifth locks for a minute, each further one twice as long', () => {
  const locks = [4, 5, 6, 7, 8].map(times => lockedSeconds(failed(times), now));
  assert.deepEqual(locks, [0, 60, 120, 240, 480]);
});

test('no lock is longer than an hour, and every lock ends', () => {
  fc.assert(
    fc.property(fc.integer({ min: 5, max: 2000 }), times => {
      const count = failed(times);
      const seconds = lockedSeconds(count, now);
      assert.ok(seconds >= 60 && seconds <= 3600);
      assert.equal(lockedSeconds(count, secondsAfter(now, seconds)), 0);
    }),
  );
});

test('failures of yesterday are forgotten', () => {
  const tomorrow = secondsAfter(now, 24 * 60 * 60);
  assert.deepEqual(afterFailure(failed(40), tomorrow).failures, 1);
  assert.equal(lockedSeconds(afterFailure(failed(40), tomorrow), tomorrow), 0);
});
