import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import {
  formatDay,
  formatDecimal,
  formatInstant,
  formatMessage,
  fromJalali,
  latinDigits,
  nativeDigits,
  negotiateLanguage,
  parseDay,
  parseDecimal,
  searchForm,
  toJalali,
} from './index.ts';

describe('the language of an answer', () => {
  test('is the one that the header likes most', () => {
    assert.equal(negotiateLanguage('fa-IR,fa;q=0.9,en;q=0.8', 'en'), 'fa');
    assert.equal(negotiateLanguage('en;q=0.3, fa;q=0.7', 'en'), 'fa');
    assert.equal(negotiateLanguage('de, en-GB;q=0.5', 'fa'), 'en');
  });

  test('is the given one when the header names none of ours, or nothing that can be read', () => {
    for (const header of [undefined, '', '*', 'de, fr;q=0.5', 'fa;q=0', ';;;', 'x'.repeat(5000)]) {
      assert.equal(negotiateLanguage(header, 'en'), 'en');
    }
  });
});

describe('a message', () => {
  test('is filled by name, and shows what nobody filled', () => {
    assert.equal(
      formatMessage('en', 'Only {allow} here, not {other}.', { allow: 'GET' }),
      'Only GET here, not {other}.',
    );
  });

  test('knows the plural of its language', () => {
    const text = '{count, plural, one {# row was} other {# rows were}} refused.';
    assert.equal(formatMessage('en', text, { count: 1 }), '1 row was refused.');
    assert.equal(formatMessage('en', text, { count: 1200 }), '1,200 rows were refused.');
    assert.equal(
      formatMessage('fa', '{count, plural, other {# ردیف}} رد شد.', { count: 12 }),
      '۱۲ ردیف رد شد.',
    );
  });

  test('knows its context', () => {
    const text = '{kind, select, standard {The standard is expired.} other {It is expired.}}';
    assert.equal(formatMessage('en', text, { kind: 'standard' }), 'The standard is expired.');
    assert.equal(formatMessage('en', text, { kind: 'lease' }), 'It is expired.');
  });

  test('writes numbers, days and instants as its language does, and codes as they are', () => {
    const text = 'از {from} تا {to}، {count} تا، {number}، {at}';
    const data = {
      from: '2026-04-29',
      to: '2026-04-30',
      count: 12.5,
      number: 'SRF-2026-1',
      at: '2026-04-29T10:35:00.000Z',
    };
    const plain = (language: 'en' | 'fa') =>
      formatMessage(language, text, data).replaceAll(/[\u2068\u2069]/g, '');
    assert.equal(plain('fa'), 'از ۱۴۰۵/۰۲/۰۹ تا ۱۴۰۵/۰۲/۱۰، ۱۲٫۵ تا، SRF-2026-1، ۱۴۰۵/۰۲/۰۹ ۱۰:۳۵ UTC');
    assert.match(plain('en'), /2026-04-29 .*12\.5 .*2026-04-29T10:35/);
  });

  test('isolates what is filled into a text from right to left', () => {
    assert.equal(
      formatMessage('fa', 'شناسه {id} یافت نشد.', { id: 'srf_1' }),
      'شناسه \u2068srf_1\u2069 یافت نشد.',
    );
  });

  test('takes any data without failing, and never as a format of its own', () => {
    fc.assert(
      fc.property(fc.string(), value => {
        assert.equal(formatMessage('en', '<b>{value}</b>', { value }), `<b>${value}</b>`);
      }),
    );
  });
});

describe('numbers', () => {
  test('are written with the separators and digits of the language, every digit kept', () => {
    assert.equal(formatDecimal('en', '1234567.50'), '1,234,567.50');
    assert.equal(formatDecimal('fa', '1234567.50'), '۱٬۲۳۴٬۵۶۷٫۵۰');
    assert.equal(
      formatDecimal('en', '12345678901234567890.123456789'),
      '12,345,678,901,234,567,890.123456789',
    );
  });

  test('are read in Persian, Arabic and Latin digits', () => {
    assert.equal(parseDecimal('۱٬۲۳۴٫۵۰'), '1234.50');
    assert.equal(parseDecimal('١٢٣٤'), '1234');
    assert.equal(parseDecimal(' 1,234.5 '), '1234.5');
    assert.equal(parseDecimal('−۰۷'), '-7');
  });

  test('are refused where they could mean two things or nothing', () => {
    for (const text of ['1,5', '12,34', '', '.', '1.2.3', '1e5', 'Infinity', '0x10', '1 234']) {
      assert.equal(parseDecimal(text), undefined, text);
    }
  });

  test('come back as they were, in every language', () => {
    const decimal = fc
      .tuple(fc.boolean(), fc.bigInt({ min: 1n, max: 10n ** 30n }), fc.stringMatching(/^\d{0,12}$/))
      .map(
        ([minus, whole, fraction]) => `${minus ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`,
      );
    fc.assert(
      fc.property(decimal, fc.constantFrom('en' as const, 'fa' as const), (text, language) => {
        assert.equal(parseDecimal(formatDecimal(language, text)), text);
      }),
    );
  });
});

describe('Jalali dates', () => {
  test('are those of the calendar, leap years too', () => {
    const known = [
      ['2025-03-20', { year: 1403, month: 12, day: 30 }],
      ['2025-03-21', { year: 1404, month: 1, day: 1 }],
      ['2026-03-21', { year: 1405, month: 1, day: 1 }],
      ['2029-03-20', { year: 1408, month: 1, day: 1 }],
      ['2026-04-29', { year: 1405, month: 2, day: 9 }],
    ] as const;
    for (const [day, jalali] of known) {
      assert.deepEqual(toJalali(day), jalali);
      assert.equal(fromJalali(jalali), day);
    }
  });

  test('that the calendar does not have are none', () => {
    for (const [year, month, day] of [
      [1404, 12, 30],
      [1404, 7, 31],
      [1404, 13, 1],
      [1404, 0, 1],
      [1404.5, 1, 1],
    ]) {
      assert.equal(fromJalali({ year: year ?? 0, month: month ?? 0, day: day ?? 0 }), undefined);
    }
  });

  test('come back as the same day for three centuries', () => {
    const day = fc.integer({ min: -50_000, max: 70_000 }).map(days => new Date(days * 86_400_000));
    fc.assert(
      fc.property(day, date => {
        const text = date.toISOString().slice(0, 10);
        assert.equal(fromJalali(toJalali(text)), text);
      }),
    );
  });

  test('are written and read as people do', () => {
    assert.equal(formatDay('fa', '2026-04-29'), '۱۴۰۵/۰۲/۰۹');
    assert.equal(formatDay('en', '2026-04-29'), '2026-04-29');
    assert.equal(parseDay('۱۴۰۵/۲/۹', 'jalali'), '2026-04-29');
    assert.equal(parseDay('1405-02-09', 'gregorian'), '1405-02-09');
    assert.equal(parseDay('2026-02-30', 'gregorian'), undefined);
    assert.equal(parseDay('1405/02-09', 'jalali'), undefined);
  });

  test('an instant is told in its time zone', () => {
    const instant = new Date('2026-04-28T21:05:00Z');
    assert.equal(formatInstant('fa', instant, 'Asia/Tehran'), '۱۴۰۵/۰۲/۰۹ ۰۰:۳۵');
    assert.equal(formatInstant('en', instant, 'America/New_York'), '2026-04-28 17:05');
  });
});

describe('what search compares', () => {
  test('is the same for letters that are typed for each other', () => {
    assert.equal(searchForm('علي كريمي'), searchForm('علی کریمی'));
    assert.equal(searchForm('آب'), searchForm('اب'));
    assert.equal(searchForm('می‌شود'), searchForm('میشود'));
  });

  test('knows neither case, accents nor punctuation', () => {
    assert.equal(searchForm('  Müller & Söhne — GmbH '), 'muller sohne gmbh');
    assert.equal(searchForm('SN-۰۰۴٢/b'), 'sn 0042 b');
  });

  test('folds letters that have no small or no capital of their own, and those that have no accent to lose', () => {
    for (const [written, typed] of [
      ['Straße', 'STRASSE'],
      ['GROẞ', 'gross'],
      ['ΟΔΟΣ', 'οδοσ'],
      ['İstanbul', 'istanbul'],
      ['Işık', 'isik'],
      ['ﬁne', 'fine'],
      ['Sørensen', 'Sorensen'],
      ['Łódź', 'lodz'],
      ['Ærø', 'aero'],
    ] as const)
      assert.equal(searchForm(written), searchForm(typed), written);
  });

  test('does not change when it is made again', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), text => searchForm(searchForm(text)) === searchForm(text)),
    );
  });
});

test('digits go from one script to the other and back', () => {
  assert.equal(nativeDigits('fa', 'SRF-2026-00042'), 'SRF-۲۰۲۶-۰۰۰۴۲');
  assert.equal(latinDigits('SRF-۲۰۲۶-٠٠٠٤٢'), 'SRF-2026-00042');
});
