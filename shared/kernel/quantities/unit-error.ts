export type UnitErrorCode = 'unknown_unit' | 'incompatible_units';

/** A unit that is not known, or two units that measure different things. `units` names the culprits. */
export class UnitError extends Error {
  override readonly name = 'UnitError';
  readonly code: UnitErrorCode;
  readonly units: readonly string[];

  constructor(code: UnitErrorCode, units: readonly string[]) {
    super(`${code}: ${units.join(', ')}`);
    this.code = code;
    this.units = units;
  }
}
