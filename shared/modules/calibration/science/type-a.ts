import { finite, ScienceError } from './science-error.ts';

/** Readings in one unit, summed up. `standardDeviation` is null for a single reading. */
export type Sample = Readonly<{
  count: number;
  mean: number;
  standardDeviation: number | null;
  /** Degrees of freedom of the standard deviation, count − 1. */
  dof: number;
}>;

/**
 * Mean and experimental standard deviation (GUM 4.2.1 and 4.2.2), in two passes so that large readings with a
 * small scatter keep their digits. Throws `no_readings`, `not_a_number`.
 */
export function summarize(readings: readonly number[]): Sample {
  const [first] = readings;
  if (first === undefined) throw new ScienceError('no_readings', 'readings');
  for (const reading of readings) finite(reading, 'readings');
  const count = readings.length;
  const mean = first + readings.reduce((sum, reading) => sum + (reading - first), 0) / count;
  if (count === 1) return { count, mean, standardDeviation: null, dof: 0 };
  const squares = readings.reduce((sum, reading) => sum + (reading - mean) ** 2, 0);
  const drift = readings.reduce((sum, reading) => sum + (reading - mean), 0);
  const variance = Math.max(0, squares - (drift * drift) / count) / (count - 1);
  return { count, mean, standardDeviation: Math.sqrt(variance), dof: count - 1 };
}

/** Standard uncertainty of a mean of `count` readings, s/√n (GUM 4.2.3). */
export function uncertaintyOfMean(standardDeviation: number, count: number): number {
  return standardDeviation / Math.sqrt(count);
}

/**
 * Pooled standard deviation of several series of the same process (EA-4/02 3.2.2, GUM H.3.6): variances weighted
 * by their degrees of freedom. Throws `no_readings` when no series has two readings.
 */
export function pool(series: readonly (readonly number[])[]): { standardDeviation: number; dof: number } {
  const samples = series.map(summarize);
  const dof = samples.reduce((sum, sample) => sum + sample.dof, 0);
  if (dof === 0) throw new ScienceError('no_readings', 'series');
  const squares = samples.reduce((sum, sample) => sum + sample.dof * (sample.standardDeviation ?? 0) ** 2, 0);
  return { standardDeviation: Math.sqrt(squares / dof), dof };
}
