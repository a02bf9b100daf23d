import type { Typed } from 'rhea';

/**
 * A value in a filter or action. Whole numbers are bigint, so that arithmetic on them is that of integers, as in the
 * service; null is a property without a value, undefined SQL's unknown: a missing property or a result that has one in it.
 */
export type SqlValue = string | number | bigint | boolean | Date | Buffer | null | undefined;

/** What evaluating a filter or action fails with; where the message then goes is the subscription's choice. */
export class EvaluationError extends Error {}

/** The format codes of AMQP's whole numbers (AMQP 1.0 part 1, section 1.6). */
const wholeNumbers = new Set([
  ...[0x50, 0x51, 0x60, 0x61, 0x70, 0x52, 0x43, 0x71, 0x54, 0x80, 0x53, 0x44, 0x81, 0x55],
]);
const unsignedLong = 0x80;

/** What filters see of an AMQP value; values of other types are unknown to them. */
export function sqlValueOf(typed: Typed | undefined): SqlValue {
  const value: unknown = typed?.value;
  if (typed === undefined) return undefined;
  if (value === null) return null;
  const code: unknown = typed.type?.typecode;
  if (typeof code === 'number' && wholeNumbers.has(code)) return wholeNumber(value, code);
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  return value instanceof Date || Buffer.isBuffer(value) ? value : undefined;
}

/** What filters see of a value that a client gave in JavaScript. */
export function fromPlain(value: string | number | boolean | Date): SqlValue {
  return typeof value === 'number' && Number.isInteger(value) ? BigInt(value) : value;
}

/** Less than zero, zero or more as in sorting; undefined when the values cannot be compared. */
export function order(a: SqlValue, b: SqlValue): number | undefined {
  if (a == null || b == null) return undefined;
  if (Buffer.isBuffer(a)) return Buffer.isBuffer(b) ? a.compare(b) : undefined;
  const areAlike = (isNumber(a) && isNumber(b)) || (typeof a === typeof b && !Buffer.isBuffer(b));
  if (!areAlike) return undefined;
  return a < b ? -1 : a > b ? 1 : 0;
}

/** `+ - * / %`, between whole numbers without fractions. `+` also joins texts. */
export function calculate(symbol: string, a: SqlValue, b: SqlValue): SqlValue {
  if (a == null || b == null) return undefined;
  if (symbol === '+' && typeof a === 'string' && typeof b === 'string') return a + b;
  if (typeof a === 'bigint' && typeof b === 'bigint') return ofWholes(symbol, a, b);
  if (isNumber(a) && isNumber(b)) return ofFractions(symbol, Number(a), Number(b));
  throw new EvaluationError(`The operator '${symbol}' cannot be applied to these operands.`);
}

function ofWholes(symbol: string, a: bigint, b: bigint): bigint {
  if ((symbol === '/' || symbol === '%') && b === 0n)
    throw new EvaluationError('Attempted to divide by zero.');
  const results: Readonly<Record<string, () => bigint>> = {
    '+': () => a + b,
    '-': () => a - b,
    '*': () => a * b,
    '/': () => a / b,
    '%': () => a % b,
  };
  return BigInt.asIntN(64, results[symbol]?.() ?? 0n);
}

function ofFractions(symbol: string, a: number, b: number): number {
  const results: Readonly<Record<string, number>> = {
    '+': a + b,
    '-': a - b,
    '*': a * b,
    '/': a / b,
    '%': a % b,
  };
  return results[symbol] ?? Number.NaN;
}

function isNumber(value: SqlValue): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint';
}

function wholeNumber(value: unknown, code: number): bigint {
  if (!Buffer.isBuffer(value)) return BigInt(Number(value));
  return code === unsignedLong ? value.readBigUInt64BE() : value.readBigInt64BE();
}
