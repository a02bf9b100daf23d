import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type BudgetRow,
  checkBudget,
  computeBudget,
  propagateByMonteCarlo,
  type RandomInput,
} from './index.ts';
import { seededUniform, xoshiro128 } from './random.ts';

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

function input(
  symbol: string,
  distribution: RandomInput['distribution'],
  standardUncertainty: number,
): RandomInput {
  return { symbol, estimate: 0, distribution, standardUncertainty };
}

function four(distribution: RandomInput['distribution'], last: number): RandomInput[] {
  return [1, 1, 1, last].map((u, index) => input(`X${index + 1}`, distribution, u));
}

function additive(inputs: RandomInput[]) {
  return propagateByMonteCarlo({ inputs, model: sum, trials: 200_000, seed: 1, coverageProbability: 0.95 });
}

function within(actual: number, expected: number, tolerance: number): void {
  assert.ok(Math.abs(actual - expected) <= tolerance, `${actual} is not ${expected} ± ${tolerance}`);
}

test('the generator gives the reference sequence of xoshiro128**', () => {
  const next = xoshiro128([1, 2, 3, 4]);
  assert.deepEqual([next(), next(), next(), next(), next()], [11520, 0, 5927040, 70819200, 2031721883]);
});

test('the same seed repeats a run, another seed does not', () => {
  const [first, again, other] = [seededUniform(7), seededUniform(7), seededUniform(8)];
  const take = (uniform: () => number) => Array.from({ length: 5 }, uniform);
  const values = take(first);
  assert.deepEqual(take(again), values);
  assert.notDeepEqual(take(other), values);
});

// JCGM 101:2008 9.2.2 to 9.2.4, tables 2 to 4.
test('JCGM 101 9.2.2: four normal inputs, u = 2.0, interval ±3.92', () => {
  const result = additive(four('normal', 1));
  within(result.standardUncertainty, 2, 0.01);
  within(result.symmetricInterval.high, 3.92, 0.04);
  within(result.symmetricInterval.low, -3.92, 0.04);
});

test('JCGM 101 9.2.3: four rectangular inputs, interval ±3.88', () => {
  const result = additive(four('rectangular', 1));
  within(result.standardUncertainty, 2, 0.01);
  within(result.symmetricInterval.high, 3.88, 0.04);
});

test('JCGM 101 9.2.4: one rectangular input dominates, u = 10.1, interval ±17.0', () => {
  const result = additive(four('rectangular', 10));
  within(result.standardUncertainty, 10.15, 0.05);
  within(result.symmetricInterval.high, 17, 0.1);
  within(result.shortestInterval.high - result.shortestInterval.low, 34, 0.2);
});

// JCGM 101:2008 9.3, table 6: first-order propagation gives u = 0.0539 mg and misses the truth.
test('JCGM 101 9.3: mass calibration, 1.234 mg, u = 0.075 mg, shortest interval [1.083, 1.383] mg', () => {
  const rectangular = (symbol: string, low: number, high: number): RandomInput => ({
    ...input(symbol, 'rectangular', (high - low) / 2 / Math.sqrt(3)),
    estimate: (low + high) / 2,
  });
  const result = propagateByMonteCarlo({
    inputs: [
      { ...input('m_Rc', 'normal', 0.05), estimate: 100_000 },
      { ...input('δm_Rc', 'normal', 0.02), estimate: 1.234 },
      rectangular('ρ_a', 1.1, 1.3),
      rectangular('ρ_W', 7000, 9000),
      rectangular('ρ_R', 7950, 8050),
    ],
    model: ([m = 0, d = 0, air = 0, item = 1, standard = 1]) =>
      (m + d) * (1 + (air - 1.2) * (1 / item - 1 / standard)) - 100_000,
    trials: 200_000,
    seed: 20081,
    coverageProbability: 0.95,
  });
  within(result.mean, 1.234, 0.001);
  within(result.standardUncertainty, 0.0754, 0.0005);
  within(result.shortestInterval.low, 1.0834, 0.004);
  within(result.shortestInterval.high, 1.3825, 0.004);
});

test('every distribution has the standard deviation that it is asked for', () => {
  for (const distribution of ['normal', 'rectangular', 'triangular', 'u_shaped', 'trapezoidal'] as const) {
    const result = additive([{ ...input('x', distribution, 3), topRatio: 0.4 }]);
    within(result.standardUncertainty, 3, 0.03);
    within(result.mean, 0, 0.03);
  }
  const heavy = additive([{ ...input('x', 'student_t', 1), dof: 4 }]);
  within(heavy.symmetricInterval.high, 2.776, 0.05);
});

test('correlated inputs add up as they should', () => {
  const inputs = [input('a', 'normal', 1), input('b', 'rectangular', 1), input('c', 'normal', 1)];
  const run = (coefficient: number) =>
    propagateByMonteCarlo({
      inputs,
      model: sum,
      correlations: [{ first: 'a', second: 'b', coefficient }],
      trials: 50_000,
      seed: 3,
    }).standardUncertainty;
  within(run(1), Math.sqrt(5), 0.03);
  within(run(-1), 1, 0.02);
});

function row(symbol: string, spread: BudgetRow['spread']): BudgetRow {
  return { name: symbol, symbol, type: 'B', estimate: 0, unit: 'V', spread };
}

test('a check confirms a budget of like contributions and exposes one that a rectangle dominates', () => {
  const normal = computeBudget('V', [
    row('a', { kind: 'standard', standardUncertainty: 1 }),
    row('b', { kind: 'standard', standardUncertainty: 2 }),
  ]);
  assert.equal(checkBudget(10, normal, { trials: 200_000, seed: 5 }).agrees, true);
  const dominated = computeBudget('V', [
    row('a', { kind: 'standard', standardUncertainty: 0.1 }),
    row('b', { kind: 'rectangular', halfWidth: 10 }),
  ]);
  const check = checkBudget(10, dominated, { trials: 200_000, seed: 5 });
  assert.equal(check.agrees, false);
  assert.ok(check.gumInterval.high > check.shortestInterval.high);
});

test('a check keeps the sign of correlated sensitivities', () => {
  const rows = [
    { ...row('a', { kind: 'standard', standardUncertainty: 1 }), sensitivity: 1 },
    { ...row('b', { kind: 'standard', standardUncertainty: 1 }), sensitivity: -1 },
    row('c', { kind: 'standard', standardUncertainty: 1 }),
  ];
  const budget = computeBudget('V', rows, { correlations: [{ first: 'a', second: 'b', coefficient: 0.9 }] });
  within(budget.combinedStandardUncertainty, Math.sqrt(1.2), 1e-12);
  within(checkBudget(0, budget, { trials: 100_000, seed: 2 }).standardUncertainty, Math.sqrt(1.2), 0.01);
});

test('refuses too few trials, a fractional seed and a model that breaks', () => {
  const inputs = four('normal', 1);
  assert.throws(() => propagateByMonteCarlo({ inputs, model: sum, trials: 10, seed: 1 }));
  assert.throws(() => propagateByMonteCarlo({ inputs, model: sum, trials: 1000, seed: 0.5 }));
  assert.throws(() => propagateByMonteCarlo({ inputs, model: () => Number.NaN, trials: 1000, seed: 1 }));
});
