import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { normalCdf, normalQuantile } from './normal.ts';
import { studentCdf, studentCoverage, studentTails } from './student.ts';

const erf2 = 0.9544997361036416;

function near(actual: number, expected: number, relative: number): void {
  assert.ok(Math.abs(actual - expected) <= relative * Math.abs(expected), `${actual} is not ${expected}`);
}

test('the normal distribution has its known values, far into the tail too', () => {
  near(normalCdf(0), 0.5, 0);
  near(normalCdf(1), 0.8413447460685429, 1e-15);
  near(normalCdf(-2), 0.02275013194817921, 1e-14);
  near(normalCdf(-3), 0.0013498980316300946, 1e-14);
  near(normalCdf(-5), 2.866515718791939e-7, 1e-14);
  near(normalCdf(-10), 7.61985302416052e-24, 1e-13);
  near(normalQuantile(0.975), 1.959963984540054, 1e-14);
  near(normalQuantile(1e-9), -5.997807015007685, 1e-14);
});

test('coverage factors at 95.45 % are those of GUM table G.2', () => {
  const table = [
    [1, 13.97],
    [2, 4.53],
    [3, 3.31],
    [4, 2.87],
    [5, 2.65],
    [6, 2.52],
    [7, 2.43],
    [8, 2.37],
    [9, 2.32],
    [10, 2.28],
    [12, 2.23],
    [14, 2.2],
    [16, 2.17],
    [18, 2.15],
    [20, 2.13],
    [25, 2.11],
    [30, 2.09],
    [40, 2.06],
    [50, 2.05],
    [Number.POSITIVE_INFINITY, 2],
  ] as const;
  for (const [dof, k] of table)
    assert.equal(studentCoverage(0.9545, dof).toFixed(2), k.toFixed(2), `${dof} degrees of freedom`);
  assert.equal(studentCoverage(0.9545, 100).toFixed(3), '2.025');
});

test('coverage factors agree with closed forms to double precision', () => {
  for (const p of [0.5, 0.9, 0.95, erf2, 0.99, 0.9973]) {
    near(studentCoverage(p, 1), Math.tan((Math.PI * p) / 2), 1e-13);
    near(studentCoverage(p, 2), p * Math.sqrt(2 / (1 - p * p)), 1e-13);
  }
  for (const dof of [4, 10, 50]) near(coverageOfEvenDof(studentCoverage(0.95, dof), dof), 0.95, 1e-14);
});

/** Abramowitz and Stegun 26.7.4: a finite sum that shares nothing with the code under test. */
function coverageOfEvenDof(t: number, dof: number): number {
  const angle = Math.atan(t / Math.sqrt(dof));
  let term = 1;
  let sum = 1;
  for (let k = 1; k < dof / 2; k += 1) {
    term *= ((2 * k - 1) / (2 * k)) * Math.cos(angle) ** 2;
    sum += term;
  }
  return Math.sin(angle) * sum;
}

test('degrees of freedom may be fractions and very many', () => {
  assert.ok(studentCoverage(0.95, 16.5) < studentCoverage(0.95, 16));
  assert.ok(studentCoverage(0.95, 16.5) > studentCoverage(0.95, 17));
  near(studentCoverage(0.95, 1e9), studentCoverage(0.95, Number.POSITIVE_INFINITY), 1e-8);
});

test('the quantile undoes the distribution for every probability and dof', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0.01, max: 0.9999, noNaN: true }),
      fc.double({ min: 0.6, max: 1e6, noNaN: true }),
      (probability, dof) => {
        const t = studentCoverage(probability, dof);
        // Above a thousand degrees of freedom the continued fraction needs hundreds of terms, each of which rounds.
        near(1 - studentTails(t, dof), probability, dof < 1000 ? 1e-13 : 1e-11);
        near(studentCdf(t, dof) + studentCdf(-t, dof), 1, 1e-15);
      },
    ),
  );
  fc.assert(
    fc.property(fc.double({ min: 1e-300, max: 0.5, noNaN: true }), p =>
      near(normalCdf(normalQuantile(p)), p, 1e-11),
    ),
  );
});
