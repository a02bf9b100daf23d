import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isSubMinute, parseNcrontab } from './ncrontab.ts';

/** The next occurrences of a schedule after a moment of UTC. */
function occurrences(expression: string, after: string, count: number): (string | undefined)[] {
  const schedule = parseNcrontab(expression);
  const found: (string | undefined)[] = [];
  let from: Date | undefined = new Date(`${after}Z`);
  for (let index = 0; index < count && from !== undefined; index += 1) {
    from = schedule.next(from);
    found.push(from?.toISOString().replace('.000Z', ''));
  }
  return found;
}

const examples: readonly [expression: string, after: string, expected: readonly string[]][] = [
  ['0 */5 * * * *', '2026-01-01T11:59:59', ['2026-01-01T12:00:00', '2026-01-01T12:05:00']],
  ['0 0 * * * *', '2026-01-01T23:30:00', ['2026-01-02T00:00:00', '2026-01-02T01:00:00']],
  ['0 0 */2 * * *', '2026-01-01T22:00:00', ['2026-01-02T00:00:00', '2026-01-02T02:00:00']],
  ['0 0 9-17 * * *', '2026-01-01T16:30:00', ['2026-01-01T17:00:00', '2026-01-02T09:00:00']],
  ['0 30 9 * * *', '2026-02-28T10:00:00', ['2026-03-01T09:30:00']],
  ['0 30 9 * * 1-5', '2026-01-02T10:00:00', ['2026-01-05T09:30:00']],
  ['0 30 9 * Jan Mon', '2026-01-27T00:00:00', ['2027-01-04T09:30:00']],
  [
    '5,8,10 * * * * *',
    '2026-01-01T00:00:05',
    ['2026-01-01T00:00:08', '2026-01-01T00:00:10', '2026-01-01T00:01:05'],
  ],
  ['0 5/20 * * * *', '2026-01-01T00:30:00', ['2026-01-01T00:45:00', '2026-01-01T01:05:00']],
  ['0 10-40/15 * * * *', '2026-01-01T00:26:00', ['2026-01-01T00:40:00', '2026-01-01T01:10:00']],
  ['0 0 0 31 * *', '2026-01-31T00:00:00', ['2026-03-31T00:00:00', '2026-05-31T00:00:00']],
  ['0 0 0 29 2 *', '2026-01-01T00:00:00', ['2028-02-29T00:00:00', '2032-02-29T00:00:00']],
  ['59 59 23 31 12 *', '2026-12-31T23:59:59', ['2027-12-31T23:59:59']],
  ['*/15 * * * *', '2026-01-01T00:14:59', ['2026-01-01T00:15:00', '2026-01-01T00:30:00']],
  ['0 0 0 * * sunday,WED', '2026-01-01T00:00:00', ['2026-01-04T00:00:00', '2026-01-07T00:00:00']],
];
for (const [expression, after, expected] of examples) {
  test(`"${expression}" after ${after} is ${expected[0]}`, () => {
    assert.deepEqual(occurrences(expression, after, expected.length), expected);
  });
}

test('a day must match the day of month and the day of week', () => {
  assert.deepEqual(occurrences('0 0 0 13 * Fri', '2026-01-01T00:00:00', 2), [
    '2026-02-13T00:00:00',
    '2026-03-13T00:00:00',
  ]);
});

test('parts of a second do not hide or repeat an occurrence', () => {
  const schedule = parseNcrontab('* * * * * *');
  assert.equal(
    schedule.next(new Date('2026-01-01T00:00:00.999Z'))?.toISOString(),
    '2026-01-01T00:00:01.000Z',
  );
  assert.equal(
    schedule.next(new Date('2026-01-01T00:00:01.000Z'))?.toISOString(),
    '2026-01-01T00:00:02.000Z',
  );
});

test('a day that no month has never comes', () => {
  assert.equal(parseNcrontab('0 0 0 30 2 *').next(new Date('2026-01-01T00:00:00Z')), undefined);
});

test('every minute of two years agrees with a search second by second', () => {
  const schedule = parseNcrontab('30 7,47 3-9/2 1-7 */5 2');
  const wanted: string[] = [];
  for (let time = Date.UTC(2026, 0, 1); time < Date.UTC(2028, 0, 1); time += 30_000) {
    const at = new Date(time);
    const fits =
      at.getUTCSeconds() === 30 &&
      [7, 47].includes(at.getUTCMinutes()) &&
      [3, 5, 7, 9].includes(at.getUTCHours()) &&
      at.getUTCDate() <= 7 &&
      [1, 6, 11].includes(at.getUTCMonth() + 1) &&
      at.getUTCDay() === 2;
    if (fits) wanted.push(at.toISOString());
  }
  let at = schedule.next(new Date('2025-12-31T23:59:59Z'));
  const found: string[] = [];
  while (at !== undefined && at < new Date('2028-01-01T00:00:00Z')) {
    found.push(at.toISOString());
    at = schedule.next(at);
  }
  assert.deepEqual(found, wanted);
});

for (const expression of [
  '',
  '* * * *',
  '60 * * * * *',
  '0 * 24 * * *',
  '0 0 0 0 * *',
  '0 0 0 * * 7',
  '0 0 0 * Foo *',
  '*/0 * * * * *',
  '1-2-3 * * * * *',
  '0 x * * * *',
]) {
  test(`"${expression}" is refused`, () => {
    assert.throws(() => parseNcrontab(expression));
  });
}

test('only a schedule that comes more than once a minute is sub-minute', () => {
  assert.equal(isSubMinute(parseNcrontab('*/10 * * * * *')), true);
  assert.equal(isSubMinute(parseNcrontab('0,30 * * * * *')), true);
  assert.equal(isSubMinute(parseNcrontab('0 * * * * *')), false);
  assert.equal(isSubMinute(parseNcrontab('*/10 0 * * * *')), false);
});
