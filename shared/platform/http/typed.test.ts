import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { formatDay, nativeDigits } from '../../kernel/languages/index.ts';
import { DayText, wholeNumber } from './typed.ts';

describe('a day that somebody typed', () => {
  test('is the same day in either calendar and in any digits', () => {
    for (const typed of ['2026-04-29', '۲۰۲۶-۰۴-۲۹', '1405/02/09', '۱۴۰۵/۰۲/۰۹', '1405/2/9', ' ١٤٠٥/٠٢/٠٩ '])
      assert.equal(DayText.parse(typed), '2026-04-29', typed);
  });

  test('as Persian documents write it comes back as the day that it was', () => {
    const days = fc.date({ min: new Date('1900-01-01'), max: new Date('2100-01-01'), noInvalidDate: true });
    fc.assert(
      fc.property(days, date => {
        const day = date.toISOString().slice(0, 10);
        assert.equal(DayText.parse(formatDay('fa', day)), day);
        assert.equal(DayText.parse(day), day);
      }),
    );
  });

  test('that is none is refused', () => {
    for (const typed of ['2026-02-30', '1405/13/01', '1405/12/31', '2026-4-29', '29.4.2026', 'today', ''])
      assert.equal(DayText.safeParse(typed).error?.issues[0]?.code, 'custom', typed);
  });
});

describe('a whole number that somebody typed', () => {
  test('is the same in any digits, and has bounds', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100 }), number => {
        assert.equal(wholeNumber(1, 100).parse(nativeDigits('fa', String(number))), number);
      }),
    );
    assert.equal(wholeNumber(1, 100).safeParse('۱۰۱').error?.issues[0]?.code, 'too_big');
    assert.equal(wholeNumber(1, 100).safeParse('many').success, false);
  });
});
