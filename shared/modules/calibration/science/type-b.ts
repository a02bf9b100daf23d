import { normalQuantile } from './normal.ts';
import { notNegative, ScienceError } from './science-error.ts';
import { uncertaintyOfMean } from './type-a.ts';

export type Distribution = 'normal' | 'rectangular' | 'triangular' | 'u_shaped' | 'trapezoidal' | 'student_t';

/** What is known of an input, in the unit of its row. */
export type Spread =
  | Readonly<{ kind: 'standard'; standardUncertainty: number }>
  | Readonly<{ kind: 'expanded'; expanded: number; coverageFactor: number }>
  | Readonly<{ kind: 'coverage'; expanded: number; coverageProbability: number }>
  | Readonly<{ kind: 'rectangular'; halfWidth: number }>
  | Readonly<{ kind: 'triangular'; halfWidth: number }>
  | Readonly<{ kind: 'u_shaped'; halfWidth: number }>
  | Readonly<{ kind: 'trapezoidal'; halfWidth: number; topRatio: number }>
  | Readonly<{ kind: 'resolution'; digit: number }>
  | Readonly<{ kind: 'readings'; standardDeviation: number; count: number }>;

/** A spread turned into a standard uncertainty: `value / divisor`. */
export type StandardUncertainty = Readonly<{
  distribution: Distribution;
  value: number;
  divisor: number;
  standardUncertainty: number;
}>;

/**
 * Standard uncertainty of an input from what is known of it. Divisors: normal k; rectangular √3 (GUM 4.3.7);
 * triangular √6 (4.3.9); arcsine √2 (JCGM 101 6.4.6); trapezoid with top ratio β √(6/(1+β²)) (4.3.9); a digit d is
 * rectangular with half-width d/2 (F.2.2.1). Throws `negative_uncertainty`, `impossible_parameter`.
 */
export function standardize(spread: Spread, where = 'spread'): StandardUncertainty {
  switch (spread.kind) {
    case 'standard':
      return divide('normal', spread.standardUncertainty, 1, where);
    case 'expanded':
      return divide('normal', spread.expanded, spread.coverageFactor, where);
    case 'coverage':
      return divide('normal', spread.expanded, normalQuantile((1 + spread.coverageProbability) / 2), where);
    case 'rectangular':
      return divide('rectangular', spread.halfWidth, Math.sqrt(3), where);
    case 'triangular':
      return divide('triangular', spread.halfWidth, Math.sqrt(6), where);
    case 'u_shaped':
      return divide('u_shaped', spread.halfWidth, Math.SQRT2, where);
    case 'trapezoidal':
      return divide(
        'trapezoidal',
        spread.halfWidth,
        Math.sqrt(6 / (1 + topRatio(spread, where) ** 2)),
        where,
      );
    case 'resolution':
      return divide('rectangular', spread.digit / 2, Math.sqrt(3), where);
    case 'readings':
      if (!(spread.count >= 1)) throw new ScienceError('no_readings', where);
      return {
        ...divide('student_t', spread.standardDeviation, Math.sqrt(spread.count), where),
        standardUncertainty: uncertaintyOfMean(spread.standardDeviation, spread.count),
      };
  }
}

function topRatio(spread: { topRatio: number }, where: string): number {
  if (!(spread.topRatio >= 0 && spread.topRatio <= 1)) throw new ScienceError('impossible_parameter', where);
  return spread.topRatio;
}

function divide(
  distribution: Distribution,
  value: number,
  divisor: number,
  where: string,
): StandardUncertainty {
  notNegative(value, where);
  if (!(divisor > 0 && Number.isFinite(divisor))) throw new ScienceError('impossible_parameter', where);
  return { distribution, value, divisor, standardUncertainty: value / divisor };
}

/**
 * Degrees of freedom of a type B uncertainty that is itself known to a relative uncertainty, ½(Δu/u)⁻²
 * (GUM G.4.2, equation G.3). Zero means exactly known: `Infinity`.
 */
export function dofFromReliability(relativeUncertainty: number): number {
  return 0.5 / notNegative(relativeUncertainty, 'relativeUncertainty') ** 2;
}
