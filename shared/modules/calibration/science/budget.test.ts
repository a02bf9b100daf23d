import assert from 'node:assert/strict';
import { test } from 'node:test';
import { effectiveDof, trapezoidalFactor, truncateDof } from './coverage.ts';
import {
  type BudgetRow,
  computeBudget,
  dofFromReliability,
  pool,
  ScienceError,
  type Spread,
  standardize,
  summarize,
} from './index.ts';

function row(symbol: string, spread: Spread, more: Partial<BudgetRow> = {}): BudgetRow {
  return { name: symbol, symbol, type: 'B', estimate: 0, unit: 'V', spread, ...more };
}

const standard = (standardUncertainty: number): Spread => ({ kind: 'standard', standardUncertainty });

function near(actual: number, expected: number, tolerance = 1e-12): void {
  assert.ok(Math.abs(actual - expected) <= tolerance, `${actual} is not ${expected}`);
}

test('every kind of knowledge has its divisor', () => {
  const cases: readonly (readonly [Spread, number])[] = [
    [{ kind: 'standard', standardUncertainty: 1 }, 1],
    [{ kind: 'expanded', expanded: 1, coverageFactor: 2 }, 1 / 2],
    [{ kind: 'coverage', expanded: 1, coverageProbability: 0.95 }, 1 / 1.959963984540054],
    [{ kind: 'rectangular', halfWidth: 1 }, 1 / Math.sqrt(3)],
    [{ kind: 'triangular', halfWidth: 1 }, 1 / Math.sqrt(6)],
    [{ kind: 'u_shaped', halfWidth: 1 }, 1 / Math.sqrt(2)],
    [{ kind: 'trapezoidal', halfWidth: 1, topRatio: 0 }, 1 / Math.sqrt(6)],
    [{ kind: 'trapezoidal', halfWidth: 1, topRatio: 1 }, 1 / Math.sqrt(3)],
    [{ kind: 'resolution', digit: 1 }, 1 / Math.sqrt(12)],
    [{ kind: 'readings', standardDeviation: 1, count: 4 }, 1 / 2],
  ];
  for (const [spread, expected] of cases) {
    const { standardUncertainty, value, divisor } = standardize(spread);
    near(standardUncertainty, expected);
    near(value / divisor, standardUncertainty);
  }
});

test('a certificate with k = 0, a trapezoid wider at the top and negative limits are refused', () => {
  assert.throws(() => standardize({ kind: 'expanded', expanded: 1, coverageFactor: 0 }), ScienceError);
  assert.throws(() => standardize({ kind: 'trapezoidal', halfWidth: 1, topRatio: 1.1 }), ScienceError);
  assert.throws(() => standardize({ kind: 'rectangular', halfWidth: -1 }), ScienceError);
});

test('a mean keeps the digits of a small scatter on a large value', () => {
  // NIST StRD NumAcc4 in small: 10000000.2 among 10000000.1 and 10000000.3; the deviation is exactly 0.1.
  const readings = [
    10000000.2,
    ...Array.from({ length: 1000 }, (_, index) => (index % 2 === 0 ? 10000000.1 : 10000000.3)),
  ];
  const sample = summarize(readings);
  near(sample.mean, 10000000.2, 1e-8);
  near(sample.standardDeviation ?? 0, 0.1, 1e-8);
  assert.equal(summarize([5]).standardDeviation, null);
});

test('series of one process are pooled by their degrees of freedom', () => {
  const { standardDeviation, dof } = pool([[1, 2, 3], [10, 12], [7]]);
  assert.equal(dof, 3);
  near(standardDeviation, Math.sqrt((2 * 1 + 1 * 2) / 3));
  assert.throws(() => pool([[1], [2]]), ScienceError);
});

test('degrees of freedom follow Welch-Satterthwaite and are cut down to an integer', () => {
  near(
    effectiveDof(5, [
      { contribution: 3, dof: 4 },
      { contribution: 4, dof: 9 },
    ]),
    625 / (81 / 4 + 256 / 9),
  );
  assert.equal(truncateDof(16.99), 16);
  assert.equal(truncateDof(17.999999999999996), 18);
  assert.equal(truncateDof(0.7), 1);
  assert.equal(dofFromReliability(0.25), 8);
  assert.equal(dofFromReliability(0), Number.POSITIVE_INFINITY);
});

test('correlations enter the sum with their sign and mark the degrees of freedom', () => {
  const rows = [row('a', standard(3)), row('b', standard(4))];
  const of = (coefficient: number) =>
    computeBudget('V', rows, { correlations: [{ first: 'a', second: 'b', coefficient }] });
  near(of(1).combinedStandardUncertainty, 7);
  near(of(-1).combinedStandardUncertainty, 1);
  near(of(0).combinedStandardUncertainty, 5);
  assert.equal(of(0.5).dofValid, false);
  const { lines, correlations } = of(0.5);
  near(
    [...lines, ...correlations].reduce((sum, line) => sum + line.percent, 0),
    100,
    1e-9,
  );
});

test('correlations that cannot be are refused', () => {
  const rows = ['a', 'b', 'c'].map(symbol => row(symbol, standard(1)));
  const refused = (...pairs: readonly (readonly [string, string, number])[]) =>
    assert.throws(
      () =>
        computeBudget('V', rows, {
          correlations: pairs.map(([first, second, coefficient]) => ({ first, second, coefficient })),
        }),
      (error: unknown) => error instanceof ScienceError && error.code === 'impossible_correlation',
    );
  refused(['a', 'b', 1.1]);
  refused(['a', 'a', 0.5]);
  refused(['a', 'b', 0.5], ['b', 'a', 0.5]);
  refused(['a', 'b', 1], ['b', 'c', 1], ['a', 'c', -1]);
});

test('sensitivities carry units, and a mismatch is found', () => {
  const budget = computeBudget('mm', [
    row('t', standard(0.1), { unit: '°C', sensitivity: 1.15, sensitivityUnit: 'µm/K' }),
    row('l', standard(1), { unit: 'µm' }),
  ]);
  near(budget.lines[0]?.contribution ?? 0, 0.000115);
  near(budget.lines[1]?.contribution ?? 0, 0.001);
  assert.throws(() => computeBudget('mm', [row('t', standard(0.1), { unit: 'K' })]), { name: 'UnitError' });
});

test('a budget without uncertainty is refused', () => {
  assert.throws(() => computeBudget('V', []), ScienceError);
  assert.throws(() => computeBudget('V', [row('a', standard(0))]), ScienceError);
});

test('the trapezoid lies between rectangle and triangle', () => {
  near(trapezoidalFactor(0.95, 1), 0.95 * Math.sqrt(3));
  near(trapezoidalFactor(0.95, 0), (1 - Math.sqrt(0.05)) * Math.sqrt(6));
  assert.equal(trapezoidalFactor(0.95, 1 / 3).toFixed(2), '1.83');
});
