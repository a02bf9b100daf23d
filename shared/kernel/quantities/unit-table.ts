/**
 * What a unit measures: exponents of m, kg, s, A, K, mol, cd, then angle and relative humidity.
 * The SI counts the last two as pure numbers. Here they have a place of their own, so that rad/s is not
 * taken for Hz and a humidity is not compared with a percentage.
 */
export type Dimension = readonly [
  metre: number,
  kilogram: number,
  second: number,
  ampere: number,
  kelvin: number,
  mole: number,
  candela: number,
  angle: number,
  humidity: number,
];

export type UnitRow = Readonly<{
  symbol: string;
  dimension: Dimension;
  /** Value of one such unit in coherent SI units. */
  factor: number;
  /** Zero point in coherent SI units; only °C has one. */
  offset?: number;
  prefixable?: boolean;
  /** Other spellings that are accepted but never written. */
  aliases?: readonly string[];
}>;

const pure: Dimension = [0, 0, 0, 0, 0, 0, 0, 0, 0];
const length: Dimension = [1, 0, 0, 0, 0, 0, 0, 0, 0];
const mass: Dimension = [0, 1, 0, 0, 0, 0, 0, 0, 0];
const time: Dimension = [0, 0, 1, 0, 0, 0, 0, 0, 0];
const temperature: Dimension = [0, 0, 0, 0, 1, 0, 0, 0, 0];
const volume: Dimension = [3, 0, 0, 0, 0, 0, 0, 0, 0];
const pressure: Dimension = [-1, 1, -2, 0, 0, 0, 0, 0, 0];
const energy: Dimension = [2, 1, -2, 0, 0, 0, 0, 0, 0];
const angle: Dimension = [0, 0, 0, 0, 0, 0, 0, 1, 0];

/** Symbols and factors after the SI Brochure, 9th edition (BIPM 2019), tables 2, 4, 7 and 8. */
export const unitTable: readonly UnitRow[] = [
  { symbol: '1', dimension: pure, factor: 1 },
  { symbol: '%', dimension: pure, factor: 1e-2 },
  { symbol: 'ppm', dimension: pure, factor: 1e-6 },
  { symbol: '%RH', dimension: [0, 0, 0, 0, 0, 0, 0, 0, 1], factor: 1e-2, aliases: ['%rh', '% RH', '%r.h.'] },

  { symbol: 'm', dimension: length, factor: 1, prefixable: true },
  { symbol: 'g', dimension: mass, factor: 1e-3, prefixable: true },
  { symbol: 't', dimension: mass, factor: 1e3 },
  { symbol: 's', dimension: time, factor: 1, prefixable: true },
  { symbol: 'min', dimension: time, factor: 60 },
  { symbol: 'h', dimension: time, factor: 3600 },
  { symbol: 'd', dimension: time, factor: 86400 },
  { symbol: 'K', dimension: temperature, factor: 1, prefixable: true },
  { symbol: '°C', dimension: temperature, factor: 1, offset: 273.15, aliases: ['℃', 'degC'] },
  { symbol: 'mol', dimension: [0, 0, 0, 0, 0, 1, 0, 0, 0], factor: 1, prefixable: true },
  { symbol: 'cd', dimension: [0, 0, 0, 0, 0, 0, 1, 0, 0], factor: 1, prefixable: true },
  { symbol: 'L', dimension: volume, factor: 1e-3, prefixable: true, aliases: ['l'] },

  { symbol: 'A', dimension: [0, 0, 0, 1, 0, 0, 0, 0, 0], factor: 1, prefixable: true },
  { symbol: 'V', dimension: [2, 1, -3, -1, 0, 0, 0, 0, 0], factor: 1, prefixable: true },
  {
    symbol: 'Ω',
    dimension: [2, 1, -3, -2, 0, 0, 0, 0, 0],
    factor: 1,
    prefixable: true,
    aliases: ['\u2126', 'ohm', 'Ohm'],
  },
  { symbol: 'S', dimension: [-2, -1, 3, 2, 0, 0, 0, 0, 0], factor: 1, prefixable: true },
  { symbol: 'F', dimension: [-2, -1, 4, 2, 0, 0, 0, 0, 0], factor: 1, prefixable: true },
  { symbol: 'H', dimension: [2, 1, -2, -2, 0, 0, 0, 0, 0], factor: 1, prefixable: true },
  { symbol: 'C', dimension: [0, 0, 1, 1, 0, 0, 0, 0, 0], factor: 1, prefixable: true },
  { symbol: 'T', dimension: [0, 1, -2, -1, 0, 0, 0, 0, 0], factor: 1, prefixable: true },
  { symbol: 'W', dimension: [2, 1, -3, 0, 0, 0, 0, 0, 0], factor: 1, prefixable: true },
  { symbol: 'Hz', dimension: [0, 0, -1, 0, 0, 0, 0, 0, 0], factor: 1, prefixable: true },
  { symbol: 'lx', dimension: [-2, 0, 0, 0, 0, 0, 1, 0, 0], factor: 1, prefixable: true },

  { symbol: 'Pa', dimension: pressure, factor: 1, prefixable: true },
  { symbol: 'bar', dimension: pressure, factor: 1e5, prefixable: true },
  { symbol: 'N', dimension: [1, 1, -2, 0, 0, 0, 0, 0, 0], factor: 1, prefixable: true },
  { symbol: 'J', dimension: energy, factor: 1, prefixable: true },

  { symbol: 'rad', dimension: angle, factor: 1, prefixable: true },
  { symbol: '°', dimension: angle, factor: Math.PI / 180, aliases: ['deg'] },
  { symbol: '′', dimension: angle, factor: Math.PI / 10800, aliases: ["'", 'arcmin'] },
  { symbol: '″', dimension: angle, factor: Math.PI / 648000, aliases: ['"', 'arcsec'] },
];

/** Powers of ten by prefix; `u` and Greek mu are accepted for micro, the micro sign is written. */
export const prefixTable: Readonly<Record<string, number>> = {
  Q: 30,
  R: 27,
  Y: 24,
  Z: 21,
  E: 18,
  P: 15,
  T: 12,
  G: 9,
  M: 6,
  k: 3,
  h: 2,
  da: 1,
  d: -1,
  c: -2,
  m: -3,
  µ: -6,
  n: -9,
  p: -12,
  f: -15,
  a: -18,
  z: -21,
  y: -24,
  r: -27,
  q: -30,
};

/** Spellings of micro: Greek small mu and the letter u. */
export const microSpellings: readonly string[] = ['\u03bc', 'u'];
