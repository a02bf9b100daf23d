import type { Json, Value } from '../json.ts';
import { isArray, isObject } from '../json.ts';

/** The place of a value's type in the order of the language: undefined, null, booleans, numbers, strings, arrays, objects. */
function typeRank(value: Value): number {
  if (value === undefined) return 0;
  if (value === null) return 1;
  if (typeof value === 'boolean') return value ? 3 : 2;
  if (typeof value === 'number') return 4;
  if (typeof value === 'string') return 5;
  return isArray(value) ? 6 : 7;
}

/** A total order over all values, for ORDER BY, MIN and MAX. Arrays and objects are ordered by their canonical text. */
export function compareValues(left: Value, right: Value): number {
  const rank = typeRank(left) - typeRank(right);
  if (rank !== 0) return rank;
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  const a = typeof left === 'string' ? left : canonical(left);
  const b = typeof right === 'string' ? right : canonical(right);
  return compareTexts(a, b);
}

/** The order of code points, which is that of UTF-8; JavaScript compares the units of UTF-16. */
function compareTexts(left: string, right: string): number {
  if (left === right) return 0;
  const length = Math.min(left.length, right.length);
  let at = 0;
  while (at < length && left.charCodeAt(at) === right.charCodeAt(at)) at++;
  if (at === length) return left.length - right.length;
  return unitRank(left.charCodeAt(at)) - unitRank(right.charCodeAt(at));
}

/** Surrogates stand for code points above all other units. */
function unitRank(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}

/** A text that two values share exactly when they are equal; the order of members does not count. */
export function canonical(value: Value): string {
  if (value === undefined) return 'undefined';
  if (isArray(value)) return `[${value.map(canonical).join()}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const members = Object.keys(value)
    .sort()
    .map(key => `${JSON.stringify(key)}:${canonical(value[key])}`);
  return `{${members.join()}}`;
}

/** Deep equality of two defined values; values of different types are never equal. */
export function equalValues(left: Json, right: Json): boolean {
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null)
    return left === right;
  if (isArray(left) || isArray(right)) {
    if (!isArray(left) || !isArray(right) || left.length !== right.length) return false;
    return left.every((item, at) => equalValues(item, right[at] ?? null));
  }
  const keys = Object.keys(left);
  return (
    keys.length === Object.keys(right).length &&
    keys.every(key => Object.hasOwn(right, key) && equalValues(left[key] ?? null, right[key] ?? null))
  );
}

/** Whether `left` has all that `right` has: the partial match of ARRAY_CONTAINS. */
export function containsPartially(left: Value, right: Json): boolean {
  if (!isObject(left) || !isObject(right)) return left !== undefined && equalValues(left, right);
  return Object.entries(right).every(
    ([key, value]) => Object.hasOwn(left, key) && containsPartially(left[key], value),
  );
}

/** The general type of a value, the unit inside which `<` and `>` are defined. */
export function sameType(left: Value, right: Value): boolean {
  if (typeof left === 'boolean') return typeof right === 'boolean';
  return typeRank(left) === typeRank(right);
}
