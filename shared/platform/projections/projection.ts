import type { ChangeDocument } from '../records/index.ts';

/** What a change adds to counters of its tenant. Pure: the same change always adds the same. */
export type Projection = {
  /** Names its partition; a new name starts anew. */
  readonly name: string;
  readonly fold: (change: ChangeDocument) => ReadonlyMap<string, number>;
};

/** Adds what is to be added. */
export function added(
  counters: Readonly<Record<string, number>>,
  more: ReadonlyMap<string, number>,
): Readonly<Record<string, number>> {
  const sums = { ...counters };
  for (const [name, amount] of more) {
    const sum = (sums[name] ?? 0) + amount;
    if (sum === 0) delete sums[name];
    else sums[name] = sum;
  }
  return sums;
}
