import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { convert, convertDifference, formatQuantity, parseUnit, UnitError } from './index.ts';
import { prefixTable, unitTable } from './unit-table.ts';

function convertsTo(value: number, from: string, to: string, expected: number): void {
  assert.equal(convert({ value, unit: from }, to).value, expected);
}

test('converts between prefixes as one would by moving the decimal point', () => {
  convertsTo(25, 'mm', 'µm', 25000);
  convertsTo(0.1, 'µm', 'mm', 0.0001);
  convertsTo(5.1, 'mm', 'm', 0.0051);
  convertsTo(10, 'kΩ', 'Ω', 10000);
  convertsTo(45, 'mg', 'kg', 0.000045);
  convertsTo(1013.25, 'mbar', 'hPa', 1013.25);
  convertsTo(1, 'bar', 'kPa', 100);
  convertsTo(2, 'ppm', '%', 0.0002);
});

test('a temperature has a zero point, a temperature difference has none', () => {
  convertsTo(20, '°C', 'K', 293.15);
  convertsTo(293.15, 'K', '°C', 20);
  convertsTo(0, '°C', 'mK', 273150);
  assert.equal(convertDifference({ value: 0.5, unit: '°C' }, 'mK').value, 500);
});

test('understands derived units, products, quotients and powers', () => {
  assert.equal(convert({ value: 3, unit: 'N·m' }, 'J').value, 3);
  assert.equal(convert({ value: 1, unit: 'W' }, 'V·A').value, 1);
  assert.equal(convert({ value: 1, unit: 'V/A' }, 'Ω').value, 1);
  assert.equal(convert({ value: 1, unit: 'Pa' }, 'N/m²').value, 1);
  assert.equal(convert({ value: 1, unit: 'kg·m⁻³' }, 'kg/m^3').value, 1);
  assert.equal(convert({ value: 7, unit: 'µV/V' }, 'ppm').value, 7);
  assert.equal(convert({ value: 1, unit: '1/s' }, 'Hz').value, 1);
  assert.equal(convert({ value: 11.5, unit: 'µm/m/K' }, 'ppm/°C').value, 11.5);
  assert.equal(convert({ value: 1, unit: 'H' }, 'Ω·s').value, 1);
  assert.equal(convert({ value: 1, unit: 'F·Ω' }, 's').value, 1);
});

test('accepts the usual spellings and writes one', () => {
  for (const spelling of ['µm', 'μm', 'um']) assert.equal(parseUnit(spelling).symbol, 'µm');
  for (const spelling of ['kΩ', 'k\u2126', 'kohm']) assert.equal(parseUnit(spelling).symbol, 'kΩ');
  assert.equal(parseUnit('min').symbol, 'min');
  assert.equal(formatQuantity({ value: 20.1, unit: 'degC' }), '20.1 °C');
  assert.equal(formatQuantity({ value: 45, unit: '°' }), '45°');
  assert.equal(formatQuantity({ value: 45, unit: '%RH' }), '45 %RH');
});

test('refuses an unknown unit and says which', () => {
  for (const unit of ['', 'furlong', 'kkg', 'mm/', 'N··m', 'k%', 'm2x', 'µ'])
    assert.throws(
      () => parseUnit(unit),
      (error: unknown) =>
        error instanceof UnitError && error.code === 'unknown_unit' && error.units[0] === unit,
      unit,
    );
});

test('refuses to convert between kinds, even where the SI sees only a number', () => {
  const pairs = [
    ['mm', 'kg'],
    ['%RH', '%'],
    ['rad/s', 'Hz'],
    ['°C', 'V'],
    ['V', '°C'],
    ['°', '%'],
  ] as const;
  for (const [from, to] of pairs)
    assert.throws(
      () => convert({ value: 1, unit: from }, to),
      (error: unknown) => error instanceof UnitError && error.code === 'incompatible_units',
    );
});

test('converting to another prefix and back gives the same reading', () => {
  const prefixes = ['', ...Object.keys(prefixTable)];
  const bases = unitTable.filter(row => row.prefixable === true).map(row => row.symbol);
  fc.assert(
    fc.property(
      fc.constantFrom(...bases),
      fc.constantFrom(...prefixes),
      fc.constantFrom(...prefixes),
      fc.integer({ min: -1_000_000, max: 1_000_000 }).map(count => count / 1000),
      (base, one, other, value) => {
        const there = convert({ value, unit: `${one}${base}` }, `${other}${base}`);
        const back = convert(there, `${one}${base}`).value;
        assert.equal(back, value);
      },
    ),
  );
});
