/** Texts that mean something to whoever takes them for a part of a path, an id or a member: what is read by them is not there, and nothing fails. */
export const ODD_TEXTS: readonly string[] = [
  ...['a/b', 'a\\b', 'a#b', 'a?b', '#', '/', ' ', 'a b', 'x ', '.', '..', '%2e%2e', '%'],
  ...['__proto__', 'constructor', 'toString', '~common', '~tenant', '\u0000', 'a\u0000b', "'", '"'],
  `srf_${'0'.repeat(26)}/`,
];

/** Those that a client can send as one step of a path: a dot alone, or two, are taken away by the client itself. */
export const ODD_STEPS = ODD_TEXTS.filter(text => text !== '.' && text !== '..');

/** Which requests are made; a wider run says other seeds and more runs: `FUZZ_SEED=991 FUZZ_RUNS=60 npm test -- misuse`. */
export function fuzzing(seed: number, numRuns: number): { readonly seed: number; readonly numRuns: number } {
  return {
    seed: Number(process.env['FUZZ_SEED'] ?? seed),
    numRuns: Number(process.env['FUZZ_RUNS'] ?? numRuns),
  };
}
