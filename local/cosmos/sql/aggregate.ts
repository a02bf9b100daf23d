import type { Value } from '../json.ts';
import { compareValues } from './values.ts';

/** The running state of an aggregate function over the values of a group. */
export type Accumulator = { readonly add: (value: Value) => void; readonly result: () => Value };

/**
 * Starts an aggregate function. Undefined values do not count. SUM and AVG are undefined when a value is no number;
 * MIN, MAX and AVG of nothing are undefined, SUM of nothing is 0.
 * https://learn.microsoft.com/azure/cosmos-db/nosql/query/aggregate-functions
 */
export function accumulator(name: string): Accumulator {
  if (name === 'COUNT') return counting();
  if (name === 'MIN' || name === 'MAX') return extreme(name === 'MIN' ? -1 : 1);
  return summing(name === 'AVG');
}

function counting(): Accumulator {
  let count = 0;
  return {
    add: value => {
      if (value !== undefined) count += 1;
    },
    result: () => count,
  };
}

function extreme(sign: number): Accumulator {
  let best: Value;
  return {
    add: value => {
      const primitive = value !== undefined && (value === null || typeof value !== 'object');
      if (primitive && (best === undefined || compareValues(value, best) * sign > 0)) best = value;
    },
    result: () => best,
  };
}

function summing(average: boolean): Accumulator {
  let sum = 0;
  let count = 0;
  let numeric = true;
  return {
    add: value => {
      if (value === undefined) return;
      count += 1;
      if (typeof value === 'number') sum += value;
      else numeric = false;
    },
    result: () => {
      if (!numeric || (average && count === 0)) return undefined;
      return average ? sum / count : sum;
    },
  };
}
