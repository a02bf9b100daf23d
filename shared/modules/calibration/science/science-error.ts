export type ScienceErrorCode =
  | 'no_readings'
  | 'not_a_number'
  | 'negative_uncertainty'
  | 'zero_uncertainty'
  | 'unknown_symbol'
  | 'duplicate_symbol'
  | 'impossible_correlation'
  | 'too_few_points'
  | 'rank_deficient'
  | 'impossible_parameter';

/** Input from which no meaningful number can be computed. `where` names the row, field or symbol. */
export class ScienceError extends Error {
  override readonly name = 'ScienceError';
  readonly code: ScienceErrorCode;
  readonly where: string;

  constructor(code: ScienceErrorCode, where: string) {
    super(`${code}: ${where}`);
    this.code = code;
    this.where = where;
  }
}

/** Throws `not_a_number` unless the value is finite; returns it. */
export function finite(value: number, where: string): number {
  if (!Number.isFinite(value)) throw new ScienceError('not_a_number', where);
  return value;
}

/** Throws unless the value is finite and not negative; returns it. */
export function notNegative(value: number, where: string): number {
  if (finite(value, where) < 0) throw new ScienceError('negative_uncertainty', where);
  return value;
}
