import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isCode, newCode } from './certificate-code.ts';
import { localDay } from './local-day.ts';
import { placeOf, registerName } from './numbers.ts';
import { decimalsOf, plainNumber, signed } from './plain-number.ts';

test('a number tells its register and its place in it, in whatever format', () => {
  for (const number of ['CAL-2026-00042', 'NG.2026.042-C'])
    assert.deepEqual(placeOf('certificate', number), { register: 'certificate-2026', sequence: 42 });
  assert.equal(registerName('srf', '2026'), 'srf-2026');
  assert.equal(placeOf('srf', 'SRF-2026'), undefined);
});

test('the day is the tenant’s, also on the night in which a year ends', () => {
  const lastMinutes = new Date('2026-12-31T22:30:00Z');
  assert.equal(localDay(lastMinutes, 'Europe/London'), '2026-12-31');
  assert.equal(localDay(lastMinutes, 'Asia/Tehran'), '2027-01-01');
});

test('numbers are written without exponents and without needless zeros', () => {
  assert.equal(plainNumber(0.000_000_123_4, 3), '0.000000123');
  assert.equal(plainNumber(20.1000001, 6), '20.1');
  assert.equal(plainNumber(1200, 2), '1200');
  assert.equal(plainNumber(-0.5, 3), '-0.5');
  assert.equal(plainNumber(0, 3), '0');
  assert.deepEqual([0, 2.5, 25, 0.001].map(decimalsOf), [0, 1, 0, 3]);
  assert.deepEqual(['0.00', '1.2', '-1.2'].map(signed), ['0.00', '+1.2', '-1.2']);
});

test('a plain number is the number to so many digits', () => {
  const size = fc.double({ min: 1e-9, max: 1e9, noNaN: true });
  fc.assert(
    fc.property(size, value => {
      assert.ok(Math.abs(Number(plainNumber(value, 6)) - value) <= 0.51e-5 * value);
      assert.doesNotMatch(plainNumber(value, 6), /e/);
    }),
  );
});

test('a code is typed with or without hyphens, in any case, and with letters that look like digits', () => {
  const code = newCode('01kapx00001a7k3f92mqh0xw1dzp');
  assert.match(code, /^[0-9a-z]{4}(-[0-9a-z]{4}){3}$/);
  assert.ok(isCode(code, code));
  assert.ok(isCode(` ${code.replaceAll('-', '').toUpperCase()} `, code));
  assert.ok(isCode(code.replaceAll('0', 'O').replaceAll('1', 'l'), code));
  assert.ok(!isCode('', code));
  assert.ok(!isCode(`${code.slice(0, -1)}x`, code));
});
