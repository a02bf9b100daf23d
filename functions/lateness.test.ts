import assert from 'node:assert/strict';
import { test } from 'node:test';
import { secondsBehind, secondsWaited } from './lateness.ts';

const now = new Date('2026-11-25T12:00:30Z');

test('a message waited since it was enqueued, whatever the zone it is told in', () => {
  assert.equal(secondsWaited({ enqueuedTime: '2026-11-25T12:00:00+00:00' }, now), 30);
  assert.equal(secondsWaited({ enqueuedTime: '2026-11-25T13:00:00.5+01:00' }, now), 30);
});

test('a message whose metadata do not say did not wait', () => {
  assert.equal(secondsWaited({}, now), 0);
  assert.equal(secondsWaited(undefined, now), 0);
});

test('a page of changes is as late as its first', () => {
  assert.equal(secondsBehind([{ time: '2026-11-25T11:59:00Z' }, { time: '2026-11-25T12:00:00Z' }], now), 90);
  assert.equal(secondsBehind([], now), 0);
});
