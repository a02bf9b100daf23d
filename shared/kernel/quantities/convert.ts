import { areCompatible, parseUnit, type Unit } from './unit.ts';
import { UnitError } from './unit-error.ts';

/** A number and what it counts. The unit is never dropped. */
export type Quantity = Readonly<{ value: number; unit: string }>;

/**
 * Converts a value between units, with the zero point where there is one (20 °C is 293.15 K).
 * Throws UnitError `unknown_unit` or `incompatible_units`.
 */
export function convert(quantity: Quantity, to: string): Quantity {
  const source = parseUnit(quantity.unit);
  const target = parseUnit(to);
  if (source.offset === target.offset) return { value: scale(quantity.value, source, target), unit: to };
  requireCompatible(source, target);
  // One of the two is K or a multiple of it, the other °C: go by kelvin.
  const kelvin: Unit = { ...source, mantissa: 1, decade: 0, offset: 0 };
  const absolute = scale(quantity.value, source, kelvin) + source.offset;
  return { value: scale(absolute - target.offset, kelvin, target), unit: to };
}

/**
 * Converts a difference, a limit or an uncertainty: only the sizes of the units count (0.1 °C is 0.1 K).
 * Throws UnitError `unknown_unit` or `incompatible_units`.
 */
export function convertDifference(quantity: Quantity, to: string): Quantity {
  return { value: scale(quantity.value, parseUnit(quantity.unit), parseUnit(to)), unit: to };
}

/** How many `target` units one `source` unit is, zero points aside. Throws UnitError `incompatible_units`. */
export function factorBetween(source: Unit, target: Unit): number {
  return scale(1, source, target);
}

/** Value, space, symbol; no space before ° ′ ″ (SI Brochure 5.4.3). The value is written as JavaScript would. */
export function formatQuantity(quantity: Quantity): string {
  const { symbol } = parseUnit(quantity.unit);
  if (symbol === '1') return String(quantity.value);
  return /^[°′″]$/u.test(symbol) ? `${quantity.value}${symbol}` : `${quantity.value} ${symbol}`;
}

function requireCompatible(source: Unit, target: Unit): void {
  if (!areCompatible(source, target))
    throw new UnitError('incompatible_units', [source.symbol, target.symbol]);
}

function scale(value: number, source: Unit, target: Unit): number {
  requireCompatible(source, target);
  const ratio = source.mantissa === target.mantissa ? 1 : source.mantissa / target.mantissa;
  return shiftDecimal(value, source.decade - target.decade) * ratio;
}

/** Moves the decimal point of what the reader sees, so that 5.1 mm is 0.0051 m and not 0.0050999999999999995 m. */
function shiftDecimal(value: number, decades: number): number {
  if (decades === 0 || !Number.isFinite(value)) return value;
  const [digits, exponent] = value.toExponential().split('e');
  return Number(`${digits}e${Number(exponent) + decades}`);
}
