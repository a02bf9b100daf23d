/** Durations of two things that were done one right after the other, in milliseconds. */
export type Pair = readonly [number, number];

/** Pairs of what is compared, and pairs of the same with itself, measured in turn with them. */
export type Trial = { readonly compared: readonly Pair[]; readonly control: readonly Pair[] };

/** Of each pair both are the shortest of so many: what disturbs a request makes it longer, never shorter. */
export const BEST_OF = 3;
/**
 * The sign test: of so many pairs, half should have the longer one first, give or take √¼n. With 150 pairs this is five of these,
 * which one trial in a million has by chance; three in a row have it never.
 */
export const PAIRS = 150;
const MOST = 0.2;
const TRIALS = 3;

/** The share of pairs whose first took longer; those that took equally long count half. */
export function shareOfLonger(pairs: readonly Pair[]): number {
  const longer = pairs.reduce(
    (sum, [first, second]) => sum + (first > second ? 1 : first === second ? 0.5 : 0),
    0,
  );
  return longer / pairs.length;
}

/**
 * Whether the pairs tell the two apart, by more than the same pairs of one thing tell it from itself. Pairs are neighbours in time,
 * so a machine that is busy disturbs both; only the sign of a difference counts, so one long pause weighs no more than another.
 */
export function differs({ compared, control }: Trial): boolean {
  const distance = (pairs: readonly Pair[]): number => Math.abs(shareOfLonger(pairs) - 0.5);
  return distance(compared) > distance(control) + MOST;
}

/** The first trial that does not tell the two apart, or undefined when all of three do. */
export async function sameTime(measure: () => Promise<Trial>): Promise<Trial | undefined> {
  for (let trial = 0; trial < TRIALS; trial += 1) {
    const found = await measure();
    if (!differs(found)) return found;
  }
  return undefined;
}
