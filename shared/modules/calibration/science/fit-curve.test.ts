import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { evaluateCurve, fitCurve, ScienceError } from './index.ts';
import strd from './test-data/nist-strd.json' with { type: 'json' };

/** The certified dataset and the least number of correct digits of its estimates and standard deviations. */
const datasets = [
  ['Norris', 12, 11],
  ['Pontius', 10, 10],
  ['Wampler1', 9, 0],
  ['Wampler2', 11, 0],
  ['Wampler3', 9, 10],
  ['Wampler4', 7, 10],
  ['Wampler5', 5, 10],
  ['Filip', 7, 7],
] as const;

function digits(actual: number, certified: number): number {
  const error = certified === 0 ? Math.abs(actual) : Math.abs((actual - certified) / certified);
  return error === 0 ? 15 : -Math.log10(error);
}

function unitless(points: readonly { x: number; y: number; uncertainty?: number }[], degree: number) {
  return fitCurve({ points, degree, xUnit: '1', yUnit: '1' });
}

for (const [name, estimateDigits, deviationDigits] of datasets) {
  test(`NIST StRD ${name}: estimates to ${estimateDigits} digits`, () => {
    const certified = strd[name];
    const points = certified.points.map(([x = 0, y = 0]) => ({ x, y }));
    const fit = unitless(points, certified.degree);
    const worst = Math.min(
      ...fit.coefficients.map(({ value, power }) => digits(value, certified.estimates[power] ?? 0)),
    );
    assert.ok(worst >= estimateDigits, `estimates agree to ${worst.toFixed(1)} digits`);
    const deviations = fit.coefficients.map(({ standardUncertainty, power }) =>
      digits(standardUncertainty, certified.standardDeviations[power] ?? 0),
    );
    assert.ok(
      Math.min(...deviations) >= deviationDigits,
      `deviations agree to ${Math.min(...deviations).toFixed(1)}`,
    );
    const deviation = fit.residualStandardDeviation ?? 0;
    assert.ok(digits(deviation, certified.residualStandardDeviation) >= Math.min(8, deviationDigits));
  });
}

// GUM (JCGM 100:2008) H.3, table H.6 and H.3.3 to H.3.5: b(t) = y1 + y2 (t − 20 °C).
const thermometer = [
  [21.521, -0.171],
  [22.012, -0.169],
  [22.512, -0.166],
  [23.003, -0.159],
  [23.507, -0.164],
  [23.999, -0.165],
  [24.513, -0.156],
  [25.002, -0.157],
  [25.503, -0.159],
  [26.01, -0.161],
  [26.511, -0.16],
] as const;

test('GUM H.3: thermometer, intercept −0.1712(29), slope 0.00218(67), r = −0.930, b(30 °C) = −0.1494(41)', () => {
  const fit = fitCurve({
    points: thermometer.map(([t, b]) => ({ x: t - 20, y: b })),
    degree: 1,
    xUnit: '°C',
    yUnit: '°C',
  });
  const [intercept, slope] = fit.coefficients;
  assert.equal(intercept?.value.toFixed(4), '-0.1712');
  assert.equal(intercept?.standardUncertainty.toFixed(4), '0.0029');
  assert.equal(slope?.value.toFixed(5), '0.00218');
  assert.equal(slope?.standardUncertainty.toFixed(5), '0.00067');
  assert.deepEqual([intercept?.unit, slope?.unit], ['°C', '1']);
  const correlation =
    (fit.covariance[0]?.[1] ?? 0) /
    ((intercept?.standardUncertainty ?? 1) * (slope?.standardUncertainty ?? 1));
  assert.equal(correlation.toFixed(3), '-0.930');
  assert.equal(fit.residualStandardDeviation?.toFixed(4), '0.0035');
  assert.equal(fit.dof, 9);
  const at30 = evaluateCurve(fit, 10);
  assert.equal(at30.y.toFixed(4), '-0.1494');
  assert.equal(at30.standardUncertainty.toFixed(4), '0.0041');
  assert.equal(at30.extrapolated, true);
  assert.equal(at30.coverageFactor.toFixed(2), '2.32');
});

test('given uncertainties weigh the points and a chi-squared tells whether they are believable', () => {
  const points = [0, 1, 2, 3].map(x => ({ x, y: 2 * x + (x % 2 === 0 ? 0.1 : -0.1), uncertainty: 0.1 }));
  const fit = unitless(points, 1);
  assert.equal(fit.weighted, true);
  // Plain line: the variance of the mean of four points with u = 0.1 is 0.05².
  assert.ok(Math.abs(evaluateCurve(fit, 1.5).standardUncertainty - 0.05) < 1e-12);
  assert.ok(Math.abs((fit.chiSquared ?? 0) - 3.2) < 1e-9);
  assert.ok(Math.abs((fit.chiSquaredProbability ?? 0) - Math.exp(-1.6)) < 1e-12);
  const tight = unitless(
    points.map(point => ({ ...point, uncertainty: 0.01 })),
    1,
  );
  assert.ok((tight.chiSquaredProbability ?? 1) < 1e-9);
});

test('a far more certain point draws the line to itself', () => {
  const fit = unitless(
    [
      { x: 0, y: 0, uncertainty: 1 },
      { x: 1, y: 1, uncertainty: 1e-6 },
      { x: 2, y: 4, uncertainty: 1 },
    ],
    1,
  );
  assert.ok(Math.abs(evaluateCurve(fit, 1).y - 1) < 1e-9);
});

test('recovers any polynomial from points without scatter', () => {
  const coefficient = fc.double({ min: -100, max: 100, noNaN: true });
  fc.assert(
    fc.property(
      fc.array(coefficient, { minLength: 2, maxLength: 5 }),
      fc.integer({ min: -50, max: 50 }),
      (wanted, from) => {
        const at = (x: number) => wanted.reduceRight((sum, value) => sum * x + value, 0);
        const points = Array.from({ length: 12 }, (_, index) => ({ x: from + index, y: at(from + index) }));
        const fit = unitless(points, wanted.length - 1);
        const size = Math.max(1, ...points.map(point => Math.abs(point.y)));
        for (const { fitted, y } of fit.residuals) assert.ok(Math.abs(fitted - y) <= 1e-11 * size);
      },
    ),
  );
});

test('refuses too few distinct points and impossible degrees', () => {
  const point = { x: 1, y: 1 };
  assert.throws(() => unitless([point, point, { x: 2, y: 2 }], 2), ScienceError);
  assert.throws(() => unitless([point, { x: 2, y: 2 }], 0), ScienceError);
  assert.throws(() => unitless([point, { x: Number.NaN, y: 2 }], 1), ScienceError);
});
