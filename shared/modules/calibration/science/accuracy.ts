import { convertDifference, type Quantity } from '../../../kernel/quantities/index.ts';
import type { Tolerance } from './conformity.ts';
import { withoutNoise } from './rounding.ts';
import { notNegative, ScienceError } from './science-error.ts';

/** An accuracy specification as makers print it: ±(percent of reading + percent of range + digits + fixed part). */
export type AccuracySpecification = Readonly<{
  percentOfReading?: number | undefined;
  percentOfRange?: number | undefined;
  digits?: number | undefined;
  fixed?: Quantity | undefined;
}>;

/** Where a specification is applied. Digits need a resolution, percent of range needs the range's span. */
export type AccuracyPoint = Readonly<{
  unit: string;
  value: number;
  rangeSpan?: Quantity | undefined;
  resolution?: Quantity | undefined;
}>;

/**
 * Permitted errors at a point, both ways, in the point's unit: 0.05 % + 1 digit of 0.001 V at 5 V is ±0.0035 V.
 * Throws ScienceError `impossible_parameter` when the specification is empty or lacks a resolution or range.
 */
export function permittedError(specification: AccuracySpecification, point: AccuracyPoint): Tolerance {
  const size = (quantity: Quantity | undefined, where: string) => {
    if (!quantity) throw new ScienceError('impossible_parameter', where);
    return notNegative(convertDifference(quantity, point.unit).value, where);
  };
  const { percentOfReading, percentOfRange, digits, fixed } = specification;
  const parts: number[] = [];
  if (percentOfReading !== undefined)
    parts.push((notNegative(percentOfReading, 'percentOfReading') * Math.abs(point.value)) / 100);
  if (percentOfRange !== undefined)
    parts.push((notNegative(percentOfRange, 'percentOfRange') * size(point.rangeSpan, 'rangeSpan')) / 100);
  if (digits !== undefined) parts.push(notNegative(digits, 'digits') * size(point.resolution, 'resolution'));
  if (fixed !== undefined) parts.push(size(fixed, 'fixed'));
  if (parts.length === 0) throw new ScienceError('impossible_parameter', 'specification');
  const sum = parts.reduce((total, part) => total + part, 0);
  const limit = withoutNoise(sum, sum);
  return { lower: -limit, upper: limit };
}
