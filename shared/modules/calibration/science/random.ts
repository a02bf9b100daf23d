/** A stream of uniform numbers in the open interval (0, 1) with 53 random bits. */
export type Uniform = () => number;

const mask64 = (1n << 64n) - 1n;

/** SplitMix64 (Steele, Lea, Flood 2014): spreads a seed over as many words as are needed. */
function* splitMix64(seed: bigint): Generator<bigint, never> {
  let state = seed & mask64;
  for (;;) {
    state = (state + 0x9e3779b97f4a7c15n) & mask64;
    let z = state;
    z = ((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n) & mask64;
    z = ((z ^ (z >> 27n)) * 0x94d049bb133111ebn) & mask64;
    yield z ^ (z >> 31n);
  }
}

/** xoshiro128** 1.1 (Blackman and Vigna, https://prng.di.unimi.it): 32 bits a call, period 2¹²⁸ − 1. */
export function xoshiro128(words: readonly [number, number, number, number]): () => number {
  let [a, b, c, d] = words;
  const rotate = (value: number, by: number) => (value << by) | (value >>> (32 - by));
  return () => {
    const result = Math.imul(rotate(Math.imul(b, 5), 7), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = rotate(d, 11);
    return result;
  };
}

/** The generator of Monte Carlo runs: xoshiro128** seeded through SplitMix64. The same seed gives the same run. */
export function seededUniform(seed: number): Uniform {
  const words = splitMix64(BigInt.asUintN(64, BigInt(Math.trunc(seed))));
  const [first, second] = [words.next().value, words.next().value];
  const low = (word: bigint) => Number(word & 0xffffffffn) | 0;
  const next = xoshiro128([low(first), low(first >> 32n), low(second), low(second >> 32n)]);
  return () => ((next() >>> 5) * 67108864 + (next() >>> 6) + 0.5) / 9007199254740992;
}

/** Standard normal variates by the polar method of Marsaglia (1964); half of each pair is kept for the next call. */
export function normalVariates(uniform: Uniform): () => number {
  let spare: number | undefined;
  return () => {
    if (spare !== undefined) {
      const kept = spare;
      spare = undefined;
      return kept;
    }
    for (;;) {
      const x = 2 * uniform() - 1;
      const y = 2 * uniform() - 1;
      const square = x * x + y * y;
      if (square >= 1 || square === 0) continue;
      const scale = Math.sqrt((-2 * Math.log(square)) / square);
      spare = y * scale;
      return x * scale;
    }
  };
}

/** Gamma variates of unit scale after Marsaglia and Tsang, ACM TOMS 26 (2000) 363-372. */
function gammaVariate(shape: number, uniform: Uniform, normal: () => number): number {
  if (shape < 1) return gammaVariate(shape + 1, uniform, normal) * uniform() ** (1 / shape);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = normal();
    const v = (1 + c * x) ** 3;
    if (v > 0 && Math.log(uniform()) < (x * x) / 2 + d - d * v + d * Math.log(v)) return d * v;
  }
}

/** One Student's t variate with real degrees of freedom (JCGM 101:2008 6.4.9.4). */
export function studentVariate(dof: number, uniform: Uniform, normal: () => number): number {
  return normal() / Math.sqrt((2 * gammaVariate(dof / 2, uniform, normal)) / dof);
}
