import type { Value } from '../json.ts';
import type { SqlFunction } from './functions-text.ts';

function onNumbers(count: number, compute: (...numbers: readonly number[]) => number): SqlFunction {
  return args => {
    const numbers: number[] = [];
    for (const arg of args.slice(0, count)) {
      if (typeof arg !== 'number') return undefined;
      numbers.push(arg);
    }
    const result = numbers.length < count ? Number.NaN : compute(...numbers);
    return Number.isFinite(result) ? result : undefined;
  };
}

/** Rounds half away from zero, as the service does. */
function round(value: number, digits: number): number {
  const scale = 10 ** digits;
  return (Math.sign(value) * Math.round(Math.abs(value) * scale)) / scale;
}

function roundTo(args: readonly Value[]): Value {
  const [value, digits] = args;
  if (typeof value !== 'number') return undefined;
  return round(value, typeof digits === 'number' ? digits : 0);
}

function binned(args: readonly Value[]): Value {
  const [value, size = 1] = args;
  if (typeof value !== 'number' || typeof size !== 'number' || size === 0) return undefined;
  return Math.floor(value / size) * size;
}

/** The mathematical functions. https://learn.microsoft.com/azure/cosmos-db/nosql/query/mathematical-functions */
export const numberFunctions: Readonly<Record<string, SqlFunction>> = {
  ABS: onNumbers(1, Math.abs),
  ACOS: onNumbers(1, Math.acos),
  ASIN: onNumbers(1, Math.asin),
  ATAN: onNumbers(1, Math.atan),
  ATN2: onNumbers(2, (y = 0, x = 0) => Math.atan2(y, x)),
  CEILING: onNumbers(1, Math.ceil),
  COS: onNumbers(1, Math.cos),
  COT: onNumbers(1, (value = 0) => 1 / Math.tan(value)),
  DEGREES: onNumbers(1, (value = 0) => (value * 180) / Math.PI),
  EXP: onNumbers(1, Math.exp),
  FLOOR: onNumbers(1, Math.floor),
  INTADD: onNumbers(2, (a = 0, b = 0) => a + b),
  INTSUB: onNumbers(2, (a = 0, b = 0) => a - b),
  INTMUL: onNumbers(2, (a = 0, b = 0) => a * b),
  INTDIV: onNumbers(2, (a = 0, b = 0) => Math.trunc(a / b)),
  INTMOD: onNumbers(2, (a = 0, b = 0) => a % b),
  LOG: args =>
    typeof args[1] === 'number'
      ? onNumbers(2, (a = 0, b = 0) => Math.log(a) / Math.log(b))(args)
      : onNumbers(1, Math.log)(args),
  LOG10: onNumbers(1, Math.log10),
  NUMBERBIN: binned,
  PI: () => Math.PI,
  POWER: onNumbers(2, (a = 0, b = 0) => a ** b),
  RADIANS: onNumbers(1, (value = 0) => (value * Math.PI) / 180),
  RAND: () => Math.random(),
  ROUND: roundTo,
  SIGN: onNumbers(1, Math.sign),
  SIN: onNumbers(1, Math.sin),
  SQRT: onNumbers(1, Math.sqrt),
  SQUARE: onNumbers(1, (value = 0) => value * value),
  TAN: onNumbers(1, Math.tan),
  TRUNC: onNumbers(1, Math.trunc),
};
