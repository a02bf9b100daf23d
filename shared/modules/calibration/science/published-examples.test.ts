import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type BudgetRow,
  computeBudget,
  evaluatePoint,
  formatResult,
  formatUncertainty,
  type Spread,
  sensitivitiesOf,
  summarize,
} from './index.ts';

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

// EA-4/02 M:2022 S3: R_X = (R_S + δR_D + δR_TS) r_C r − δR_TX.
test('EA-4/02 S3: standard resistor of 10 kΩ, 10 000.178 Ω ± 0.017 Ω, k = 2', () => {
  const ratio = { sensitivity: 10, sensitivityUnit: 'kΩ' };
  const budget = computeBudget('Ω', [
    row('R_S', 'mΩ', { kind: 'expanded', expanded: 5, coverageFactor: 2 }),
    row('δR_D', 'mΩ', rectangular(10)),
    row('δR_TS', 'mΩ', rectangular(2.75)),
    row('δR_TX', 'mΩ', rectangular(5.5), { sensitivity: -1 }),
    row('r_C', '1', { kind: 'triangular', halfWidth: 1e-6 }, ratio),
    row('r', '1', standard(0.07e-6), { ...ratio, type: 'A', dof: 4 }),
  ]);
  assert.equal((1000 * budget.combinedStandardUncertainty).toFixed(2), '8.33');
  assert.equal(budget.coverageFactor.toFixed(2), '2.00');
  const text = formatResult(10000.178, budget.expandedUncertainty);
  assert.deepEqual([text.value, text.uncertainty], ['10000.178', '0.017']);
});

// EA-4/02 M:2022 S4, by comparison with a standard of 50.000 020 mm; the products of S4 are rows of their own.
test('EA-4/02 S4: gauge block of 50 mm, 49.999 926 mm ± 73 nm, k = 2', () => {
  const result = evaluatePoint({
    unit: 'mm',
    model: 'substitution',
    nominal: { value: 50, unit: 'mm' },
    reference: {
      value: { value: 50.00002, unit: 'mm' },
      certificate: { expanded: { value: 30, unit: 'nm' }, coverageFactor: 2 },
      driftLimit: { value: 30, unit: 'nm' },
    },
    readings: [-100, -90, -80, -90, -110],
    readingUnit: 'nm',
    repeatability: { standardDeviation: { value: 12, unit: 'nm' }, dof: 4 },
    contributions: [
      { name: 'comparator', symbol: 'δl_C', unit: 'nm', spread: rectangular(32) },
      {
        ...{ name: 'temperature difference', symbol: 'δt', unit: 'K', spread: rectangular(0.05) },
        ...{ sensitivity: -575, sensitivityUnit: 'nm/K' },
      },
      {
        ...{ name: 'expansion × deviation', symbol: 'δα·Δt', unit: '1', spread: standard(0.236e-6) },
        ...{ sensitivity: -50, sensitivityUnit: 'mm' },
      },
      { name: 'length variation', symbol: 'δl_V', unit: 'nm', spread: rectangular(6.7), sensitivity: -1 },
    ],
  });
  assert.equal((1e6 * result.combinedStandardUncertainty).toFixed(1), '36.4');
  assert.equal(result.formatted.measured, '49.999926');
  assert.equal(result.formatted.error, '-0.000074');
  assert.equal(result.formatted.expandedUncertainty, '0.000073');
  assert.equal(result.coverageFactor.toFixed(2), '2.00');
});

// EA-4/02 M:2022 S5: temperature of the hot junction of a type N thermocouple at 1000 °C.
test('EA-4/02 S5: thermocouple at 1000 °C, u = 0.641 °C, U = 1.3 °C', () => {
  const perVolt = { sensitivity: 0.077, sensitivityUnit: '°C/µV' };
  const budget = computeBudget('°C', [
    row('t_S', '°C', standard(0.1)),
    row('V_iS', 'µV', standard(1), perVolt),
    row('δV_iS1', 'µV', standard(0.29), perVolt),
    row('δV_iS2', 'µV', standard(1.15), perVolt),
    row('δt_0S', '°C', standard(0.058), { sensitivity: -0.407 }),
    row('δt_S', '°C', standard(0.15)),
    row('δt_D', '°C', rectangular(0.3)),
    row('δt_F', '°C', rectangular(1)),
  ]);
  assert.equal(budget.combinedStandardUncertainty.toFixed(3), '0.641');
  assert.equal(formatUncertainty(budget.expandedUncertainty).text, '1.3');
});

// EA-4/02 M:2022 S12: household water meter; three readings leave few degrees of freedom.
test('EA-4/02 S12: water meter, u = 0.91e-3, 10 degrees of freedom, k = 2.28', () => {
  const budget = computeBudget('1', [
    row('e_x', '1', standard(0.6e-3), { type: 'A', dof: 2 }),
    row('δe_x', '1', standard(0.68e-3)),
  ]);
  assert.equal((1000 * budget.combinedStandardUncertainty).toFixed(2), '0.91');
  assert.equal(budget.usedDof, 10);
  assert.equal(budget.coverageFactor.toFixed(2), '2.28');
  assert.equal(formatUncertainty(budget.expandedUncertainty, 1).text, '0.002');
});

// GUM (JCGM 100:2008) H.2, tables H.2 to H.4: five simultaneous observations of V, I and φ.
const observations = {
  V: [5.007, 4.994, 5.005, 4.99, 4.999],
  I: [19.663e-3, 19.639e-3, 19.64e-3, 19.685e-3, 19.678e-3],
  φ: [1.0456, 1.0438, 1.0468, 1.0428, 1.0433],
};

function correlation(left: readonly number[], right: readonly number[]): number {
  const [a, b] = [summarize(left), summarize(right)];
  const covariance =
    left.reduce((sum, value, index) => sum + (value - a.mean) * ((right[index] ?? 0) - b.mean), 0) / a.dof;
  return covariance / ((a.standardDeviation ?? 0) * (b.standardDeviation ?? 0));
}

test('GUM H.2: resistance, reactance and impedance from correlated inputs', () => {
  const models = {
    R: (x: Readonly<Record<string, number>>) => ((x['V'] ?? 0) / (x['I'] ?? 1)) * Math.cos(x['φ'] ?? 0),
    X: (x: Readonly<Record<string, number>>) => ((x['V'] ?? 0) / (x['I'] ?? 1)) * Math.sin(x['φ'] ?? 0),
    Z: (x: Readonly<Record<string, number>>) => (x['V'] ?? 0) / (x['I'] ?? 1),
  };
  const units = { V: 'V', I: 'A', φ: 'rad' };
  const symbols = ['V', 'I', 'φ'] as const;
  const estimates = Object.fromEntries(symbols.map(symbol => [symbol, summarize(observations[symbol]).mean]));
  const published = { R: ['127.732', '0.071'], X: ['219.847', '0.295'], Z: ['254.260', '0.236'] };
  for (const name of ['R', 'X', 'Z'] as const) {
    const sensitivities = sensitivitiesOf(models[name], estimates);
    const rows = symbols.map(symbol => {
      const standardDeviation = summarize(observations[symbol]).standardDeviation ?? 0;
      return row(
        symbol,
        units[symbol],
        { kind: 'readings', standardDeviation, count: 5 },
        {
          ...{ type: 'A', dof: 4, sensitivity: sensitivities[symbol], sensitivityUnit: `Ω/${units[symbol]}` },
        },
      );
    });
    const budget = computeBudget('Ω', rows, {
      correlations: [
        { first: 'V', second: 'I', coefficient: correlation(observations.V, observations.I) },
        { first: 'V', second: 'φ', coefficient: correlation(observations.V, observations.φ) },
        { first: 'I', second: 'φ', coefficient: correlation(observations.I, observations.φ) },
      ],
    });
    const [value = '', uncertainty = ''] = published[name];
    assert.equal(models[name](estimates).toFixed(3), value, name);
    // The GUM computes with correlations that are rounded to two digits.
    assert.ok(Math.abs(budget.combinedStandardUncertainty - Number(uncertainty)) < 0.001, name);
    assert.equal(budget.dofValid, false);
  }
  assert.equal(correlation(observations.V, observations.I).toFixed(2), '-0.36');
  assert.equal(correlation(observations.V, observations.φ).toFixed(2), '0.86');
  assert.equal(correlation(observations.I, observations.φ).toFixed(2), '-0.65');
});
