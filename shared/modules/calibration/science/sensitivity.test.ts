import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { evaluatePoint, sensitivitiesOf, thermalExpansionRows } from './index.ts';

function near(actual: number | undefined, expected: number, relative: number): void {
  assert.ok(
    actual !== undefined && Math.abs(actual - expected) <= relative * Math.abs(expected),
    `${actual}, ${expected}`,
  );
}

test('finds the partial derivatives of a model to ten digits', () => {
  const model = (x: Readonly<Record<string, number>>) =>
    ((x['V'] ?? 0) / (x['I'] ?? 1)) * Math.cos(x['φ'] ?? 0);
  const at = { V: 4.999, I: 19.661e-3, φ: 1.04446 };
  const found = sensitivitiesOf(model, at, { V: 0.0032, I: 0.0095e-3, φ: 0.00075 });
  near(found['V'], Math.cos(at.φ) / at.I, 1e-10);
  near(found['I'], (-at.V * Math.cos(at.φ)) / at.I ** 2, 1e-10);
  near(found['φ'], (-at.V * Math.sin(at.φ)) / at.I, 1e-10);
});

test('finds derivatives of powers wherever the input stands and whatever its uncertainty', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0.01, max: 1e4, noNaN: true }),
      fc.integer({ min: 1, max: 5 }),
      fc.double({ min: 1e-6, max: 1e-1, noNaN: true }),
      (x, power, relative) => {
        const found = sensitivitiesOf(values => (values['x'] ?? 0) ** power, { x }, { x: x * relative });
        near(found['x'], power * x ** (power - 1), 1e-7);
      },
    ),
  );
});

test('an input at zero without uncertainty still gets a sensitivity', () => {
  near(sensitivitiesOf(values => 3 * (values['x'] ?? 0) + 1, { x: 0 })['x'], 3, 1e-9);
});

test('thermal rows correct the error and carry their sensitivities', () => {
  const spread = (halfWidth: number) => ({ kind: 'rectangular', halfWidth }) as const;
  const rows = thermalExpansionRows({
    length: { value: 100, unit: 'mm' },
    expansion: { value: 11.5e-6, spread: spread(1e-6) },
    expansionDifference: { value: 1e-6, spread: spread(1e-6) },
    temperatureDifference: { value: 0.2, spread: spread(0.1) },
    deviation: { value: 1, spread: spread(0.5) },
  });
  assert.deepEqual(
    rows.map(row => row.symbol),
    ['Δt', 'ᾱ', 'Δα', 'θ', 'Δα·θ'],
  );
  const result = evaluatePoint({
    unit: 'mm',
    reference: {
      value: { value: 100, unit: 'mm' },
      certificate: { expanded: { value: 0.1, unit: 'µm' }, coverageFactor: 2 },
    },
    readings: [100.001, 100.001, 100.001],
    contributions: rows,
  });
  // 100 mm × (11.5e-6 × 0.2 + 1e-6 × 1) = 0.33 µm on top of the 1 µm that is read.
  near(result.error, 0.00133, 1e-9);
});

test('expansion that is equal and at 20 °C leaves only what is uncertain', () => {
  const spread = { kind: 'rectangular', halfWidth: 1 } as const;
  const rows = thermalExpansionRows({
    length: { value: 25, unit: 'mm' },
    expansion: { value: 11.5e-6, spread: { kind: 'rectangular', halfWidth: 1e-6 } },
    expansionDifference: { value: 0, spread: { kind: 'triangular', halfWidth: 2e-6 } },
    temperatureDifference: { value: 0, spread },
    deviation: { value: 0, spread },
  });
  assert.deepEqual(
    rows.map(row => row.symbol),
    ['Δt', 'Δα·θ'],
  );
});
