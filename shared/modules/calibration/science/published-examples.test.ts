import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type BudgetRow, computeBudget, evaluatePoint, formatUncertainty, type Spread } from './index.ts';

function row(symbol: string, unit: string, spread: Spread, more: Partial<BudgetRow> = {}): BudgetRow {
  return { name: symbol, symbol, type: 'B', estimate: 0, unit, spread, ...more };
}

const standard = (standardUncertainty: number): Spread => ({ kind: 'standard', standardUncertainty });
const rectangular = (halfWidth: number): Spread => ({ kind: 'rectangular', halfWidth });

// GUM (JCGM 100:2008) H.1, table H.1 and H.1.6; the second-order term of H.1.7 is left out there as well.
test('GUM H.1: end-gauge, u = 32 nm, 16 degrees of freedom, U99 = 93 nm', () => {
  const rows = [
    row('l_S', 'nm', standard(25), { dof: 18 }),
    row('d', 'nm', standard(5.8), { dof: 24 }),
    row('d_1', 'nm', standard(3.9), { dof: 5 }),
    row('d_2', 'nm', standard(6.7), { dof: 8 }),
    row('δα', '1/K', rectangular(1e-6), { sensitivity: -0.005, sensitivityUnit: 'm·K', dof: 50 }),
    row('δθ', 'K', rectangular(0.05), { sensitivity: -575, sensitivityUnit: 'nm/K', dof: 2 }),
  ];
  const budget = computeBudget('nm', rows, { coverageProbability: 0.99 });
  assert.equal(Math.round(budget.combinedStandardUncertainty), 32);
  assert.ok(Math.abs((budget.effectiveDof ?? 0) - 16.7) < 0.1);
  assert.equal(budget.usedDof, 16);
  assert.equal(budget.coverageFactor.toFixed(2), '2.92');
  // The GUM multiplies the rounded u: 2.92 × 32 nm = 93 nm.
  assert.equal(formatUncertainty(budget.coverageFactor * 32).text, '93');
  assert.equal(computeBudget('nm', rows).coverageFactor.toFixed(2), '2.17');
});

// EA-4/02 M:2022 S2. The drift contribution is printed there as 8.95 mg; 15 mg/√3 is 8.66 mg. The sum is unaffected.
test('EA-4/02 S2: weight of 10 kg by substitution, 10 000.025 g ± 59 mg, k = 2', () => {
  const result = evaluatePoint({
    unit: 'g',
    model: 'substitution',
    nominal: { value: 10, unit: 'kg' },
    reference: {
      value: { value: 10000.005, unit: 'g' },
      certificate: { expanded: { value: 45, unit: 'mg' }, coverageFactor: 2 },
      driftLimit: { value: 15, unit: 'mg' },
    },
    readings: [0.01, 0.03, 0.02],
    repeatability: { standardDeviation: { value: 25, unit: 'mg' } },
    contributions: [
      { name: 'eccentricity and magnetism', symbol: 'δm_C', unit: 'mg', spread: rectangular(10) },
      { name: 'air buoyancy', symbol: 'δB', unit: 'mg', spread: rectangular(10) },
    ],
  });
  assert.equal((1000 * result.combinedStandardUncertainty).toFixed(1), '29.3');
  assert.equal(result.coverageFactor.toFixed(2), '2.00');
  assert.equal(result.formatted.measured, '10000.025');
  assert.equal(result.formatted.error, '0.025');
  assert.equal(result.formatted.expandedUncertainty, '0.059');
});

// EA-4/02 M:2022 S9: one rectangular contribution dominates, so k = 1.65 at 95 %.
test('EA-4/02 S9: hand-held multimeter at 100 V DC, error 0.10 V ± 0.05 V, k = 1.65', () => {
  const result = evaluatePoint({
    unit: 'V',
    reference: {
      value: { value: 100, unit: 'V' },
      certificate: { expanded: { value: 0.002, unit: 'V' }, coverageFactor: 2 },
    },
    readings: [100.1],
    resolution: { value: 0.1, unit: 'V' },
    contributions: [
      { name: 'calibrator', symbol: 'δV_S', unit: 'V', spread: rectangular(0.011), sensitivity: -1 },
    ],
    coverageProbability: 0.95,
    coverage: 'dominant',
    significantDigits: 1,
  });
  assert.equal(result.error, 0.1);
  assert.equal(result.combinedStandardUncertainty.toFixed(3), '0.030');
  assert.equal(result.budget.coverageMethod, 'rectangular');
  assert.equal(result.formatted.coverageFactor, '1.65');
  assert.equal(result.formatted.error, '0.10');
  assert.equal(result.formatted.expandedUncertainty, '0.05');
});

// EA-4/02 M:2022 S10: two rectangular contributions make a trapezoid, k = 1.83 at 95 %.
test('EA-4/02 S10: vernier calliper at 150 mm, error 0.10 mm ± 0.06 mm, k = 1.83', () => {
  const result = evaluatePoint({
    unit: 'mm',
    reference: {
      value: { value: 150, unit: 'mm' },
      // S10.5: the gauge blocks are within ±0.8 µm, rectangular, which is the same as U = 0.8 µm with k = √3.
      certificate: { expanded: { value: 0.8, unit: 'µm' }, coverageFactor: Math.sqrt(3) },
    },
    readings: [150.1],
    resolution: { value: 50, unit: 'µm' },
    contributions: [
      {
        ...{ name: 'temperature difference', symbol: 'Δt', unit: 'K', spread: rectangular(2) },
        ...{ sensitivity: 1.7, sensitivityUnit: 'µm/K' },
      },
      { name: 'mechanical effects', symbol: 'δl_M', unit: 'µm', spread: rectangular(50) },
    ],
    coverageProbability: 0.95,
    coverage: 'dominant',
    significantDigits: 1,
  });
  assert.equal((1000 * result.combinedStandardUncertainty).toFixed(0), '32');
  assert.equal(result.budget.coverageMethod, 'trapezoidal');
  assert.equal(result.formatted.coverageFactor, '1.83');
  assert.equal(result.formatted.error, '0.10');
  assert.equal(result.formatted.expandedUncertainty, '0.06');
});
