export { convert, convertDifference, factorBetween, formatQuantity, type Quantity } from './convert.ts';
export { areCompatible, multiplyUnits, parseUnit, type Unit } from './unit.ts';
export { UnitError, type UnitErrorCode } from './unit-error.ts';
export type { Dimension } from './unit-table.ts';
