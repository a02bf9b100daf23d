import type { Value } from '../json.ts';
import { compareValues } from './values.ts';

/**
 * Computes an aggregate function over the values of a group. Undefined values do not count. SUM and AVG are undefined
 * when a value is no number; MIN, MAX and AVG of nothing are undefined, SUM of nothing is 0.
 * https://learn.microsoft.com/azure/cosmos-db/nosql/query/aggregate-functions
 */
export function aggregate(name: string, values: readonly Value[]): Value {
  const defined = values.filter(value => value !== undefined);
  if (name === 'COUNT') return defined.length;
  if (name === 'MIN' || name === 'MAX') {
    const sign = name === 'MIN' ? -1 : 1;
    const primitive = defined.filter(value => value === null || typeof value !== 'object');
    return primitive.reduce<Value>(
      (best, value) => (best === undefined || compareValues(value, best) * sign > 0 ? value : best),
      undefined,
    );
  }
  let sum = 0;
  for (const value of defined) {
    if (typeof value !== 'number') return undefined;
    sum += value;
  }
  if (name === 'SUM') return sum;
  return defined.length === 0 ? undefined : sum / defined.length;
}
