import { normalCdf, normalQuantile } from './normal.ts';
import { ScienceError } from './science-error.ts';

/**
 * Γ(z + ½) / Γ(z) by Stirling's series (NIST DLMF 5.11.1) after raising z by the recurrence until eight terms
 * reach double precision.
 */
function gammaHalfRatio(z: number): number {
  let ratio = 1;
  let w = z;
  for (; w < 18; w += 1) ratio *= w / (w + 0.5);
  const log = w * Math.log1p(0.5 / w) - 0.5 + stirlingTail(w + 0.5) - stirlingTail(w);
  return ratio * Math.sqrt(w) * Math.exp(log);
}

function stirlingTail(z: number): number {
  const q = 1 / (z * z);
  return (1 / 12 - q * (1 / 360 - q * (1 / 1260 - q * (1 / 1680 - q * (1 / 1188 - (q * 691) / 360360))))) / z;
}

/** Density of Student's t for real degrees of freedom. */
export function studentDensity(t: number, dof: number): number {
  const power = Math.exp((-(dof + 1) / 2) * Math.log1p((t * t) / dof));
  return (gammaHalfRatio(dof / 2) / Math.sqrt(dof * Math.PI)) * power;
}

/**
 * Probability that |T| exceeds |t|: the regularized incomplete beta function I_x(ν/2, ½), x = ν/(ν + t²), by
 * Lentz's evaluation of the continued fraction NIST DLMF 8.17.22 (https://dlmf.nist.gov/8.17), on the side
 * where it converges fast.
 */
export function studentTails(t: number, dof: number): number {
  if (!(dof > 0)) throw new ScienceError('impossible_parameter', 'degrees of freedom');
  if (t === 0) return 1;
  if (dof === Number.POSITIVE_INFINITY) return 2 * normalCdf(-Math.abs(t));
  const square = t * t;
  const x = dof / (dof + square);
  const a = dof / 2;
  // x^a (1 - x)^½ / B(a, ½), with B(a, ½) = √π Γ(a)/Γ(a + ½) and logarithms that stay exact near x = 1.
  const front =
    (Math.exp(-a * Math.log1p(square / dof)) * Math.sqrt(square / (dof + square)) * gammaHalfRatio(a)) /
    Math.sqrt(Math.PI);
  if (x < (a + 1) / (a + 2.5)) return (front * betaFraction(a, 0.5, x)) / a;
  return 1 - (front * betaFraction(0.5, a, square / (dof + square))) / 0.5;
}

function betaFraction(a: number, b: number, x: number): number {
  const tiny = 1e-300;
  let c = 1;
  let d = 1 / (1 - ((a + b) * x) / (a + 1) || tiny);
  let h = d;
  for (let m = 1; m <= 5000; m += 1) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / (1 + even * d || tiny);
    c = 1 + even / c || tiny;
    h *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / (1 + odd * d || tiny);
    c = 1 + odd / c || tiny;
    h *= d * c;
    if (Math.abs(d * c - 1) < Number.EPSILON) break;
  }
  return h;
}

/** Cumulative distribution of Student's t for real degrees of freedom; `Infinity` is the normal distribution. */
export function studentCdf(t: number, dof: number): number {
  const tail = studentTails(t, dof) / 2;
  return t < 0 ? tail : 1 - tail;
}

/**
 * The t for which |T| ≤ t has the given probability: the coverage factor of GUM table G.2, for real degrees of
 * freedom above zero. Newton steps inside a shrinking bracket. Throws `impossible_parameter`.
 */
export function studentCoverage(probability: number, dof: number): number {
  if (!(probability > 0 && probability < 1)) throw new ScienceError('impossible_parameter', 'probability');
  if (!(dof > 0)) throw new ScienceError('impossible_parameter', 'degrees of freedom');
  const tails = 1 - probability;
  const normal = -normalQuantile(tails / 2);
  if (dof === Number.POSITIVE_INFINITY) return normal;
  let low = 0;
  let high = Math.max(2, 2 * normal);
  while (studentTails(high, dof) > tails) {
    low = high;
    high *= 2;
  }
  let t = (low + high) / 2;
  for (let step = 0; step < 200; step += 1) {
    const excess = studentTails(t, dof) - tails;
    if (excess > 0) low = t;
    else high = t;
    const newton = t + excess / (2 * studentDensity(t, dof));
    const next = newton > low && newton < high ? newton : (low + high) / 2;
    const settled = Math.abs(next - t) <= 2 * Number.EPSILON * t;
    t = next;
    if (settled) break;
  }
  return t;
}
