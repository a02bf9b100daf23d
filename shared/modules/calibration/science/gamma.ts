import { ScienceError } from './science-error.ts';

function logGamma(z: number): number {
  // Stirling's series (NIST DLMF 5.11.1) after raising z to where it reaches double precision.
  let shift = 0;
  let w = z;
  for (; w < 18; w += 1) shift += Math.log(w);
  const q = 1 / (w * w);
  const series = (1 / 12 - q * (1 / 360 - q * (1 / 1260 - q * (1 / 1680 - q / 1188)))) / w;
  return (w - 0.5) * Math.log(w) - w + 0.5 * Math.log(2 * Math.PI) + series - shift;
}

/**
 * Probability that chi-squared with `dof` degrees of freedom exceeds `value`: the upper incomplete gamma function,
 * by its power series (NIST DLMF 8.7.1) or continued fraction (8.9.2). Throws `impossible_parameter`.
 */
export function chiSquaredTail(value: number, dof: number): number {
  if (!(dof > 0) || !(value >= 0)) throw new ScienceError('impossible_parameter', 'chi-squared');
  if (value === 0) return 1;
  const a = dof / 2;
  const x = value / 2;
  const front = Math.exp(a * Math.log(x) - x - logGamma(a));
  if (x < a + 1) {
    let term = 1 / a;
    let sum = term;
    for (let n = 1; n < 10_000 && term > sum * Number.EPSILON; n += 1) {
      term *= x / (a + n);
      sum += term;
    }
    return 1 - front * sum;
  }
  let b = x + 1 - a;
  let c = 1e300;
  let d = 1 / b;
  let h = d;
  for (let n = 1; n < 10_000; n += 1) {
    const an = -n * (n - a);
    b += 2;
    d = 1 / (an * d + b || 1e-300);
    c = b + an / c || 1e-300;
    h *= d * c;
    if (Math.abs(d * c - 1) < Number.EPSILON) break;
  }
  return front * h;
}
