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

// Both ends as doubles: 2^63 - 1 cannot be told from 2^63 there.
const mostInteger = 2 ** 63;

/** Whether a number is an integer of 64 bits. https://learn.microsoft.com/azure/cosmos-db/nosql/query/is-integer */
export function isInteger64(value: Value): value is number {
  return typeof value === 'number' && Number.isInteger(value) && Math.abs(value) <= mostInteger;
}

/** Arithmetic on integers of 64 bits; undefined for anything else and for a division by zero. */
function onIntegers(count: number, compute: (...numbers: readonly bigint[]) => bigint): SqlFunction {
  return args => {
    const numbers = args.slice(0, count).filter(isInteger64);
    if (numbers.length < count) return undefined;
    try {
      return Number(BigInt.asIntN(64, compute(...numbers.map(BigInt))));
    } catch {
      return undefined;
    }
  };
}

/** To the base e without one; the bases that have a function of their own are as exact as that. */
function logarithm(value = 0, base?: number): number {
  if (base === undefined) return Math.log(value);
  if (base === 2) return Math.log2(value);
  return base === 10 ? Math.log10(value) : Math.log(value) / Math.log(base);
}

/** Rounds half away from zero, as the service does. */
function round(value: number, digits: number): number {
  const scale = 10 ** digits;
  const rounded = (Math.sign(value) * Math.round(Math.abs(value) * scale)) / scale;
  // More digits than a double has change nothing.
  return Number.isFinite(rounded) ? rounded : value;
}

function roundTo(args: readonly Value[]): Value {
  const [value, digits = 0] = args;
  if (typeof value !== 'number' || typeof digits !== 'number') return undefined;
  return round(value, digits);
}

function binned(args: readonly Value[]): Value {
  const [value, size = 1] = args;
  if (typeof value !== 'number' || typeof size !== 'number' || size === 0) return undefined;
  const bin = Math.floor(value / size) * size;
  return Number.isFinite(bin) ? bin : undefined;
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
  INTADD: onIntegers(2, (a = 0n, b = 0n) => a + b),
  INTBITAND: onIntegers(2, (a = 0n, b = 0n) => a & b),
  INTBITLEFTSHIFT: onIntegers(2, (a = 0n, b = 0n) => a << (b & 63n)),
  INTBITNOT: onIntegers(1, (a = 0n) => ~a),
  INTBITOR: onIntegers(2, (a = 0n, b = 0n) => a | b),
  INTBITRIGHTSHIFT: onIntegers(2, (a = 0n, b = 0n) => a >> (b & 63n)),
  INTBITXOR: onIntegers(2, (a = 0n, b = 0n) => a ^ b),
  INTDIV: onIntegers(2, (a = 0n, b = 0n) => a / b),
  INTMOD: onIntegers(2, (a = 0n, b = 0n) => a % b),
  INTMUL: onIntegers(2, (a = 0n, b = 0n) => a * b),
  INTSUB: onIntegers(2, (a = 0n, b = 0n) => a - b),
  LOG: args => onNumbers(args.length, logarithm)(args),
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
