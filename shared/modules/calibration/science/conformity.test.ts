import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { conformanceProbability, type DecisionRule, decide, ScienceError, type Tolerance } from './index.ts';

const within: Tolerance = { lower: -1, upper: 1 };
const simple: DecisionRule = { kind: 'simple_acceptance' };
const guarded: DecisionRule = { kind: 'guard_band' };

function judged(value: number, expandedUncertainty = 0.2) {
  return { value, standardUncertainty: expandedUncertainty / 2, expandedUncertainty };
}

test('the probability of conformance is that of JCGM 106', () => {
  const probability = conformanceProbability(
    { value: 9.2, standardUncertainty: 0.5, expandedUncertainty: 1 },
    { lower: 0, upper: 10 },
  );
  assert.equal(probability.toFixed(4), '0.9452');
});

test('simple acceptance knows pass and fail, and a value on the limit passes', () => {
  assert.equal(decide(judged(0.99), within, simple).verdict, 'pass');
  assert.equal(decide(judged(1), within, simple).verdict, 'pass');
  assert.equal(decide(judged(-1.0001), within, simple).verdict, 'fail');
  assert.ok(Math.abs((decide(judged(1), within, simple).falseAcceptProbability ?? 0) - 0.5) < 1e-12);
});

test('a guard band of U gives four verdicts', () => {
  const verdicts = [0.8, 0.81, 1, 1.01, 1.2, 1.21].flatMap(value => [
    decide(judged(value), within, guarded).verdict,
    decide(judged(-value), within, guarded).verdict,
  ]);
  assert.deepEqual(verdicts, [
    ...['pass', 'pass', 'conditional_pass', 'conditional_pass', 'conditional_pass', 'conditional_pass'],
    ...['conditional_fail', 'conditional_fail', 'conditional_fail', 'conditional_fail', 'fail', 'fail'],
  ]);
});

test('the risk at the acceptance limit is that of the guard band: U 2.28 %, 0.83 U 4.85 %', () => {
  for (const [factor, percent] of [
    [1, '2.275'],
    [0.83, '4.846'],
  ] as const) {
    const value = 10 - factor * 0.2;
    const result = decide(judged(value), { lower: null, upper: 10 }, { kind: 'guard_band', factor });
    assert.equal(result.verdict, 'pass');
    assert.equal((100 * (result.falseAcceptProbability ?? 0)).toFixed(3), percent);
  }
});

test('with few degrees of freedom the risk at the limit is still that of U', () => {
  const u = 0.1;
  const k = 2.869;
  const result = decide(
    { value: 1 - k * u, standardUncertainty: u, expandedUncertainty: k * u, dof: 4 },
    { lower: null, upper: 1 },
    guarded,
  );
  assert.equal((100 * (result.falseAcceptProbability ?? 0)).toFixed(2), '2.28');
});

test('one-sided limits guard only their side', () => {
  const upper: Tolerance = { lower: null, upper: 1 };
  const lower: Tolerance = { lower: 1, upper: null };
  assert.equal(decide(judged(-1e6), upper, guarded).verdict, 'pass');
  assert.equal(decide(judged(0.9), upper, guarded).verdict, 'conditional_pass');
  assert.equal(decide(judged(1.1), lower, guarded).verdict, 'conditional_pass');
  assert.equal(decide(judged(1.2), lower, guarded).verdict, 'pass');
  assert.deepEqual(decide(judged(2), lower, guarded).acceptance, { lower: 1.2, upper: null });
  assert.equal(decide(judged(2), lower, guarded).testUncertaintyRatio, null);
});

test('an uncertainty larger than the tolerance leaves nothing to accept', () => {
  const result = decide(judged(0, 1.5), within, guarded);
  assert.equal(result.acceptance, null);
  assert.equal(result.verdict, 'conditional_pass');
});

test('a limit on false accept is met by everything that passes and missed just outside', () => {
  const rule: DecisionRule = { kind: 'false_accept_limit', probability: 0.02 };
  fc.assert(
    fc.property(
      fc.double({ min: -2, max: 2, noNaN: true }),
      fc.double({ min: 0.01, max: 0.85, noNaN: true }),
      (value, uncertainty) => {
        const result = decide(judged(value, uncertainty), within, rule);
        const risk = 1 - result.conformanceProbability;
        if (result.verdict === 'pass') assert.ok(risk <= 0.02 + 1e-9);
        else assert.ok(risk > 0.02 - 1e-9);
      },
    ),
  );
  assert.equal(decide(judged(0, 1.9), within, rule).acceptance, null);
});

test('a wider guard band never turns a worse verdict into a better one', () => {
  const order = ['fail', 'conditional_fail', 'conditional_pass', 'pass'];
  fc.assert(
    fc.property(
      fc.double({ min: -2, max: 2, noNaN: true }),
      fc.double({ min: 0, max: 2, noNaN: true }),
      (value, factor) => {
        const plain = decide(judged(value), within, simple).verdict;
        const banded = decide(judged(value), within, { kind: 'guard_band', factor }).verdict;
        if (plain === 'fail') assert.ok(order.indexOf(banded) <= 1);
        else assert.ok(order.indexOf(banded) >= 2);
      },
    ),
  );
});

test('refuses a tolerance without limits, limits in the wrong order and no uncertainty', () => {
  assert.throws(() => decide(judged(0), { lower: null, upper: null }, guarded), ScienceError);
  assert.throws(() => decide(judged(0), { lower: 1, upper: -1 }, guarded), ScienceError);
  assert.throws(() => decide(judged(0, 0), within, guarded), ScienceError);
});
