import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseNcrontab } from './ncrontab.ts';
import { afterRun, checkPastDue, formatStatus, never, parseStatus } from './timer-status.ts';

const hourly = parseNcrontab('0 0 * * * *');
const at = (text: string): Date => new Date(`2026-01-01T${text}Z`);

test('a new timer waits for its next occurrence', () => {
  const { status, changed, pastDue } = checkPastDue(undefined, hourly, at('10:20:00'));
  assert.deepEqual(status, { last: never, next: at('11:00:00'), lastUpdated: at('10:20:00') });
  assert.deepEqual([changed, pastDue], [true, false]);
});

test('an occurrence that came while nothing ran is past due', () => {
  const stored = { last: at('10:00:00'), next: at('11:00:00'), lastUpdated: at('10:00:00') };
  assert.deepEqual(checkPastDue(stored, hourly, at('12:30:00')), {
    status: stored,
    changed: false,
    pastDue: true,
  });
  assert.equal(checkPastDue(stored, hourly, at('10:59:59')).pastDue, false);
});

test('the first occurrence of a timer that never ran can be past due too', () => {
  const stored = { last: never, next: at('11:00:00'), lastUpdated: at('10:20:00') };
  assert.equal(checkPastDue(stored, hourly, at('11:00:01')).pastDue, true);
});

test('a schedule that changed is computed anew and is not past due', () => {
  const stored = { last: at('10:00:00'), next: at('10:30:00'), lastUpdated: at('10:00:00') };
  const later = checkPastDue(stored, hourly, at('12:30:00'));
  assert.deepEqual(later.status, { last: never, next: at('13:00:00'), lastUpdated: at('12:30:00') });
  assert.deepEqual([later.changed, later.pastDue], [true, false]);
  const sooner = checkPastDue(stored, hourly, at('10:40:00'));
  assert.deepEqual(sooner.status, { last: never, next: at('11:00:00'), lastUpdated: at('10:00:00') });
});

test('a timer that fires a little early does not fire again for the same occurrence', () => {
  const status = { last: at('10:00:00'), next: at('11:00:00'), lastUpdated: at('10:00:00') };
  const early = new Date(at('11:00:00').getTime() - 5);
  assert.deepEqual(afterRun(status, hourly, early, true).next, at('12:00:00'));
  assert.deepEqual(afterRun(status, hourly, at('10:20:00'), false), {
    last: at('10:20:00'),
    next: at('11:00:00'),
    lastUpdated: at('10:20:00'),
  });
});

test('a status survives being stored, anything else is none', () => {
  const status = { last: never, next: at('11:00:00'), lastUpdated: at('10:20:00') };
  assert.deepEqual(parseStatus(JSON.parse(JSON.stringify(formatStatus(status)))), status);
  assert.equal(formatStatus(status).Last, '0001-01-01T00:00:00+00:00');
  assert.equal(parseStatus({ Last: 'x' }), undefined);
  assert.equal(parseStatus(undefined), undefined);
});
