import { type Summary, summarise } from './statistics.ts';

/** One thing that was measured beside its reference. */
export type Comparison = {
  readonly name: string;
  readonly unit: string;
  readonly ours: Summary;
  readonly reference: Summary;
  /** Ours by the reference's of the same round. */
  readonly ratio: Summary;
  /** What the ratio should be: at least this for rates, at most this for times. */
  readonly aim?: { readonly ratio: number; readonly better: 'more' | 'less' };
  readonly notes: readonly string[];
};

export type Sides = {
  readonly name: string;
  readonly unit: string;
  readonly aim?: Comparison['aim'];
  ours(round: number): Promise<number>;
  reference(round: number): Promise<number>;
};

/**
 * Measures both sides in turn, and who begins changes with every round: a machine that becomes slower meanwhile is
 * slower for both.
 */
export async function compare(rounds: number, sides: Sides): Promise<Comparison> {
  const ours: number[] = [];
  const reference: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    if (round % 2 === 0) reference.push(await sides.reference(round));
    ours.push(await sides.ours(round));
    if (round % 2 === 1) reference.push(await sides.reference(round));
  }
  return comparison(sides, ours, reference);
}

/** The comparison of rounds that were measured already. */
export function comparison(
  { name, unit, aim }: Pick<Sides, 'name' | 'unit' | 'aim'>,
  ours: readonly number[],
  reference: readonly number[],
  notes: readonly string[] = [],
): Comparison {
  const ratios = ours.map((value, index) => value / (reference[index] ?? Number.NaN));
  return {
    name,
    unit,
    ours: summarise(ours),
    reference: summarise(reference),
    ratio: summarise(ratios),
    ...(aim === undefined ? {} : { aim }),
    notes,
  };
}

/** Whether the aim is met; undefined where there is none. */
export function meetsAim({ aim, ratio }: Comparison): boolean | undefined {
  if (aim === undefined) return undefined;
  return aim.better === 'more' ? ratio.median >= aim.ratio : ratio.median <= aim.ratio;
}
