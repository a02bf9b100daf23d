import { UnitError } from './unit-error.ts';
import { type Dimension, microSpellings, prefixTable, unitTable } from './unit-table.ts';

/** A unit that was understood: its normal spelling, what it measures, and its size in coherent SI units. */
export type Unit = Readonly<{
  symbol: string;
  dimension: Dimension;
  /** The size of the unit is `mantissa × 10^decade`; kept apart so that prefixes convert exactly. */
  mantissa: number;
  decade: number;
  offset: number;
}>;

const superscripts: Readonly<Record<string, string>> = {
  '⁻': '-',
  '⁰': '0',
  '¹': '1',
  '²': '2',
  '³': '3',
  '⁴': '4',
  '⁵': '5',
  '⁶': '6',
  '⁷': '7',
  '⁸': '8',
  '⁹': '9',
};

const simpleUnits: ReadonlyMap<string, Unit> = buildSimpleUnits();

function buildSimpleUnits(): Map<string, Unit> {
  const units = new Map<string, Unit>();
  const add = (names: readonly string[], unit: Unit) => {
    for (const name of names) if (!units.has(name)) units.set(name, unit);
  };
  for (const row of unitTable) {
    add([row.symbol, ...(row.aliases ?? [])], {
      symbol: row.symbol,
      dimension: row.dimension,
      ...splitDecade(row.factor),
      offset: row.offset ?? 0,
    });
  }
  // Prefixed units come second, so that min stays a minute and not a milli-something.
  for (const row of unitTable.filter(candidate => candidate.prefixable === true)) {
    const { mantissa, decade } = splitDecade(row.factor);
    for (const [prefix, power] of Object.entries(prefixTable)) {
      const unit = {
        symbol: `${prefix}${row.symbol}`,
        dimension: row.dimension,
        mantissa,
        decade: decade + power,
        offset: 0,
      };
      const spellings = prefix === 'µ' ? [prefix, ...microSpellings] : [prefix];
      for (const name of [row.symbol, ...(row.aliases ?? [])])
        add(
          spellings.map(spelling => `${spelling}${name}`),
          unit,
        );
    }
  }
  return units;
}

function splitDecade(factor: number): { mantissa: number; decade: number } {
  const decade = Math.round(Math.log10(factor));
  return Number(`1e${decade}`) === factor ? { mantissa: 1, decade } : { mantissa: factor, decade: 0 };
}

/**
 * Reads a unit: a symbol with an optional prefix (`µm`, `kΩ`, `°C`, `%RH`), or products, quotients and powers
 * of them (`N·m`, `µV/V`, `m²`, `1/K`, `kg·m⁻³`; everything after a slash divides).
 * Throws UnitError `unknown_unit`. In a compound, °C means an interval, as K does.
 */
export function parseUnit(text: string): Unit {
  const trimmed = text.trim();
  const simple = simpleUnits.get(trimmed);
  if (simple) return simple;
  const [numerator = '', ...denominators] = trimmed.split('/');
  let unit = parseProduct(numerator, text, 1);
  for (const denominator of denominators) unit = multiplyUnits(unit, parseProduct(denominator, text, -1));
  return { ...unit, symbol: trimmed };
}

function parseProduct(text: string, whole: string, sign: 1 | -1): Unit {
  return text
    .split(/[·⋅*]/u)
    .map(part => parsePower(part.trim(), whole, sign))
    .reduce(multiplyUnits);
}

function parsePower(text: string, whole: string, sign: 1 | -1): Unit {
  const plain = text.replace(/[⁻⁰¹²³⁴-⁹]/gu, digit => superscripts[digit] ?? digit).replace('^', '');
  const match = /^(?<symbol>.*?)(?<power>-?\d+)?$/u.exec(plain);
  const exact = simpleUnits.get(plain);
  const symbol = exact ? plain : (match?.groups?.['symbol'] ?? '');
  const base = exact ?? simpleUnits.get(symbol);
  if (!base) throw new UnitError('unknown_unit', [whole]);
  const power = sign * (exact ? 1 : Number(match?.groups?.['power'] ?? '1'));
  return {
    symbol: text,
    dimension: mapDimension(exponent => exponent * power, base.dimension),
    mantissa: base.mantissa ** power,
    decade: base.decade * power,
    offset: 0,
  };
}

function mapDimension(change: (exponent: number, index: number) => number, of: Dimension): Dimension {
  const [a, b, c, d, e, f, g, h, i] = of;
  return [
    change(a, 0),
    change(b, 1),
    change(c, 2),
    change(d, 3),
    change(e, 4),
    change(f, 5),
    change(g, 6),
    change(h, 7),
    change(i, 8),
  ];
}

/** The product of two units. Zero points are lost: a product of temperatures is one of intervals. */
export function multiplyUnits(left: Unit, right: Unit): Unit {
  return {
    symbol: `${left.symbol}·${right.symbol}`,
    dimension: mapDimension((exponent, index) => exponent + (right.dimension[index] ?? 0), left.dimension),
    mantissa: left.mantissa * right.mantissa,
    decade: left.decade + right.decade,
    offset: 0,
  };
}

/** True when both units measure the same kind of thing. */
export function areCompatible(left: Unit, right: Unit): boolean {
  return left.dimension.every((exponent, index) => exponent === right.dimension[index]);
}
