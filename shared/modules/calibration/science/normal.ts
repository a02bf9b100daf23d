import { ScienceError } from './science-error.ts';

/** Density of the standard normal distribution. */
export function normalDensity(x: number): number {
  return Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
}

/**
 * Cumulative standard normal distribution, relative error below 1e-14 in the lower tail as well.
 * Series in the middle after G. Marsaglia, "Evaluating the Normal Distribution", J. Stat. Software 11(4), 2004;
 * continued fraction in the tails, NIST DLMF 7.9.3 (https://dlmf.nist.gov/7.9).
 */
export function normalCdf(x: number): number {
  if (Number.isNaN(x)) return Number.NaN;
  if (x < -2) return upperTail(-x);
  if (x > 2) return 1 - upperTail(x);
  let term = x;
  let sum = x;
  for (let odd = 3; Math.abs(term) > Number.EPSILON * Math.abs(sum) * 0.01; odd += 2) {
    term *= (x * x) / odd;
    sum += term;
  }
  return 0.5 + sum * normalDensity(x);
}

function upperTail(x: number): number {
  if (x > 38.6) return 0;
  let fraction = x;
  for (let n = 300; n >= 1; n -= 1) fraction = x + n / fraction;
  return normalDensity(x) / fraction;
}

/**
 * Quantile of the standard normal distribution for 0 < p < 1: a bracketed Newton iteration on the logarithm of
 * the tail, so that small probabilities keep their digits. Throws `impossible_parameter`.
 */
export function normalQuantile(p: number): number {
  if (!(p > 0 && p < 1)) throw new ScienceError('impossible_parameter', 'probability');
  if (p === 0.5) return 0;
  if (p > 0.5) return -normalQuantile(1 - p);
  let x = -Math.sqrt(-2 * Math.log(p)) + 1;
  for (let step = 0; step < 60; step += 1) {
    const value = normalCdf(x);
    const change = (Math.log(value / p) * value) / normalDensity(x);
    x -= change;
    if (Math.abs(change) <= 2 * Number.EPSILON * Math.max(1, Math.abs(x))) break;
  }
  return x;
}
