import type { Json, Value } from '../json.ts';
import { canonical, compareValues } from './values.ts';

/** The running state of an aggregate function over the values of a group. */
export type Accumulator = { readonly add: (value: Value) => void; readonly result: () => Value };

/**
 * Starts an aggregate function. Undefined values do not count. SUM and AVG are undefined when a value is no number, MIN and MAX when
 * one is an array or object; MIN, MAX and AVG of nothing are undefined, SUM of nothing is 0.
 * https://learn.microsoft.com/azure/cosmos-db/nosql/query/aggregate-functions
 */
export function accumulator(name: string): Accumulator {
  if (name === 'COUNT') return counting(value => value !== undefined);
  if (name === 'COUNTIF') return counting(value => value === true);
  if (name === 'MAKELIST' || name === 'MAKESET') return listing(name === 'MAKESET');
  if (name === 'MIN' || name === 'MAX') return extreme(name === 'MIN' ? -1 : 1);
  return summing(name === 'AVG');
}

function counting(counts: (value: Value) => boolean): Accumulator {
  let count = 0;
  return {
    add: value => {
      if (counts(value)) count += 1;
    },
    result: () => count,
  };
}

function listing(unique: boolean): Accumulator {
  const seen = new Map<string, Json>();
  return {
    add: value => {
      if (value !== undefined) seen.set(unique ? canonical(value) : String(seen.size), value);
    },
    result: () => [...seen.values()],
  };
}

function extreme(sign: number): Accumulator {
  let best: Value;
  let primitive = true;
  return {
    add: value => {
      if (value === undefined) return;
      if (typeof value === 'object' && value !== null) primitive = false;
      else if (best === undefined || compareValues(value, best) * sign > 0) best = value;
    },
    result: () => (primitive ? best : undefined),
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
      if (!numeric || !Number.isFinite(sum) || (average && count === 0)) return undefined;
      return average ? sum / count : sum;
    },
  };
}
