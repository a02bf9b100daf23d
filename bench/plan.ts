import type { Comparison } from './compare.ts';

/** How thoroughly to measure, and where to say what is under way. */
export type Plan = { readonly quick: boolean; readonly say: (line: string) => void };

/** What a benchmark found. `details` go to the JSON; `lines` are printed below the comparisons. */
export type Outcome = {
  readonly comparisons: readonly Comparison[];
  readonly lines?: readonly string[];
  readonly details?: unknown;
};

export type Benchmark = (plan: Plan) => Promise<Outcome>;
