import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatDecimal, formatResult, formatUncertainty } from './index.ts';
import { withoutNoise } from './rounding.ts';

test('states a result to the decimal place of its uncertainty', () => {
  const cases = [
    [10.00002, 0.00118, '10.0000', '0.0012'],
    [-0.00004, 0.0011, '0.0000', '0.0011'],
    [-0.00006, 0.0011, '-0.0001', '0.0011'],
    [10000.025, 0.0585, '10000.025', '0.059'],
    [100.1, 0.0491, '100.100', '0.049'],
    [123456.7, 1234.5, '123500', '1200'],
    [1e-9, 2.34e-11, '0.000000001000', '0.000000000023'],
    [12345678.9, 12.34, '12345679', '12'],
    [5, 9.96, '5', '10'],
    [0.05, 0.0996, '0.05', '0.10'],
    [0, 0.00095, '0.00000', '0.00095'],
    [1e21, 1.5e20, `1${'0'.repeat(21)}`, `15${'0'.repeat(19)}`],
  ] as const;
  for (const [value, uncertainty, text, uncertaintyText] of cases) {
    const result = formatResult(value, uncertainty);
    assert.deepEqual([result.value, result.uncertainty], [text, uncertaintyText]);
  }
});

test('rounds the digits that are written, not those that binary stores', () => {
  assert.equal(formatDecimal(1.005, 2, 'half_up'), '1.01');
  assert.equal(formatDecimal(1.005, 2), '1.00');
  assert.equal(formatDecimal(2.675, 2), '2.68');
  assert.equal(formatDecimal(0.1 + 0.2, 16), '0.3000000000000000');
  assert.equal(formatDecimal(-2.5, 0), '-2');
  assert.equal(formatDecimal(-3.5, 0), '-4');
  assert.equal(formatDecimal(-0.4, 0), '0');
  assert.equal(formatDecimal(149, -2), '100');
  assert.equal(formatDecimal(151, -2), '200');
  assert.equal(formatDecimal(4, -2), '0');
});

test('rounds an uncertainty up where rounding down would lower it by more than 5 %', () => {
  assert.equal(formatUncertainty(0.0142, 1).text, '0.02');
  assert.equal(formatUncertainty(0.0104, 1).text, '0.01');
  assert.equal(formatUncertainty(0.0304, 1).text, '0.03');
  assert.equal(formatUncertainty(0.0332, 1).text, '0.04');
  assert.equal(formatUncertainty(10.49).text, '10');
  assert.equal(formatUncertainty(10.5).text, '11');
});

test('never lowers an uncertainty by more than 5 % and keeps at most two digits', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 1e-12, max: 1e12, noNaN: true }),
      fc.constantFrom(1 as const, 2 as const),
      (u, digits) => {
        const { text } = formatUncertainty(u, digits);
        assert.match(text, /^\d+(\.\d+)?$/);
        assert.ok(Number(text) >= 0.95 * u * (1 - 1e-12), `${u} became ${text}`);
        assert.ok(Number(text) <= u * (digits === 1 ? 2 : 1.1));
        assert.ok(text.replace('.', '').replace(/^0+/, '').replace(/0+$/, '').length <= digits);
      },
    ),
  );
});

test('value and uncertainty end at the same decimal place, and the value moves by half of it at most', () => {
  fc.assert(
    fc.property(
      fc.double({ min: -1e6, max: 1e6, noNaN: true }),
      fc.double({ min: 1e-6, max: 1e4, noNaN: true }),
      (value, u) => {
        const { value: text, uncertainty, decimals } = formatResult(value, u);
        assert.equal(text.split('.')[1]?.length ?? 0, decimals);
        assert.equal(uncertainty.split('.')[1]?.length ?? 0, decimals);
        assert.ok(!text.includes('e') && text !== '-0');
        const step = 10 ** (Math.floor(Math.log10(Number(uncertainty))) - 1);
        assert.ok(Math.abs(Number(text) - value) <= step * 0.500001 + 1e-9);
      },
    ),
  );
});

test('a difference of readings has no binary noise', () => {
  assert.equal(withoutNoise(10.003 - 10.002, 10.003), 0.001);
  assert.equal(withoutNoise(100.1 - 100, 100.1), 0.1);
  assert.equal(withoutNoise(0, 5), 0);
});
