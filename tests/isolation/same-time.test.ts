import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { BEST_OF, differs, PAIRS, type Pair, shareOfLonger, type Trial } from './same-time.ts';

/** Numbers from 0 to 1 that are the same in each run (mulberry32). */
function numbersFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Requests of some milliseconds on a machine where others work: three in ten wait long, and times drift. */
function trialOf(seed: number, added: number): Trial {
  const random = numbersFrom(seed);
  const pairs = (more: number): Pair[] =>
    Array.from({ length: PAIRS }, (_, index) => {
      const busy = 4 + 3 * Math.sin(index / 20);
      const once = (): number => busy + 2 * random() + (random() < 0.3 ? 60 * random() : 0);
      const best = (): number => Math.min(...Array.from({ length: BEST_OF }, once));
      return [best() + more, best()];
    });
  return { compared: pairs(added), control: pairs(0) };
}

describe('whether two things take the same time', () => {
  const seeds = Array.from({ length: 500 }, (_, index) => index + 1);

  test('is never denied of the same thing', () => {
    assert.deepEqual(
      seeds.filter(seed => differs(trialOf(seed, 0))),
      [],
    );
  });

  test('is denied when one of them takes a millisecond more, or less', () => {
    for (const added of [1, -1]) {
      const missed = seeds.filter(seed => !differs(trialOf(seed, added)));
      assert.ok(missed.length === 0, `${missed.length} of ${seeds.length} were not noticed`);
    }
  });

  test('counts pairs without a longer one as half', () => {
    const pairs: readonly Pair[] = [
      [2, 1],
      [1, 2],
      [1, 1],
      [3, 1],
    ];
    assert.equal(shareOfLonger(pairs), 0.625);
  });
});
