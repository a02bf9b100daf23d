import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { NumberFormats, readNumber, writeNumber } from './number-format.ts';

describe('the numbers of documents', () => {
  test('are written as the tenant says, and as usual where it does not', () => {
    assert.equal(writeNumber(undefined, 'certificate', '2026', 42), 'CAL-2026-00042');
    assert.equal(writeNumber({}, 'srf', '2026', 123_456), 'SRF-2026-123456');
    assert.equal(writeNumber({ srf: 'NG.{yyyy}.{seq:3}-S' }, 'srf', '2026', 7), 'NG.2026.007-S');
  });

  test('tell their year and their place in it, whatever the format', () => {
    const letters = fc.stringMatching(/^[A-Z.-]{1,8}$/);
    const format = fc
      .tuple(
        fc.option(letters, { nil: '' }),
        letters,
        fc.integer({ min: 3, max: 9 }),
        fc.option(letters, { nil: '' }),
      )
      .map(([before, between, digits, after]) => `${before}{yyyy}${between}{seq:${digits}}${after}`);
    const year = fc.integer({ min: 2000, max: 2999 }).map(String);
    fc.assert(
      fc.property(format, year, fc.integer({ min: 1, max: 999_999_999 }), (srf, of, sequence) => {
        if (srf.length <= 36)
          assert.ok(NumberFormats.safeParse({ srf, certificate: 'CERT-{yyyy}-{seq:9}' }).success);
        assert.deepEqual(readNumber(writeNumber({ srf }, 'srf', of, sequence)), { year: of, sequence });
      }),
    );
    for (const none of ['', 'CAL-26-00042', 'CAL-2026', 'CAL202600042', 'CAL-2026-00042-1', 'cal-2026-00042'])
      assert.equal(readNumber(none), undefined, none);
  });

  test('cannot be without year or place, with other digits, or like those of another kind', () => {
    for (const srf of [
      'SRF-{seq:5}',
      'SRF-{yyyy}',
      '{seq:5}-{yyyy}',
      '{yyyy}{seq:5}',
      'B2-{yyyy}-{seq:5}',
      'srf-{yyyy}-{seq:5}',
      'S/{yyyy}/{seq:5}',
      'S-{yyyy}-{seq:2}',
      'S-{yyyy}-{seq:5}-{seq:5}',
      'CAL-{yyyy}-{seq:9}',
    ])
      assert.equal(NumberFormats.safeParse({ srf }).success, false, srf);
    const swapped = { srf: 'CAL-{yyyy}-{seq:5}', certificate: 'SRF-{yyyy}-{seq:5}' };
    assert.equal(NumberFormats.safeParse(swapped).success, true);
  });
});
