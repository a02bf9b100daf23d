import type { Json, Value } from '../json.ts';
import { isArray, isObject } from '../json.ts';
import { accumulator } from './aggregate.ts';
import type { SqlFunction } from './functions-text.ts';
import { allOf, anyOf } from './operators.ts';
import { canonical, containsPartially, equalValues } from './values.ts';

function onArray(compute: (items: readonly Json[], args: readonly Value[]) => Value): SqlFunction {
  return args => (isArray(args[0]) ? compute(args[0], args) : undefined);
}

function contains(items: readonly Json[], wanted: Value, partial: Value): Value {
  if (wanted === undefined) return undefined;
  return items.some(item => (partial === true ? containsPartially(item, wanted) : equalValues(item, wanted)));
}

/** As OR, or AND, over one ARRAY_CONTAINS for each further argument: one that is undefined decides nothing. */
function containsMany(any: boolean): SqlFunction {
  return onArray((items, args) => {
    const known = isIn(items);
    const found = args.slice(1).map(value => (value === undefined ? undefined : known(value)));
    return any ? anyOf(found) : allOf(found);
  });
}

function slice(items: readonly Json[], start: Value, length: Value): Value {
  if (typeof start !== 'number') return undefined;
  const from = start < 0 ? Math.max(0, items.length + start) : start;
  return items.slice(from, typeof length === 'number' ? from + Math.max(0, length) : undefined);
}

function distinct(items: readonly Json[]): readonly Json[] {
  return [...new Map(items.map(item => [canonical(item), item])).values()];
}

function setOperation(compute: (left: readonly Json[], right: readonly Json[]) => Value): SqlFunction {
  return ([left, right]) =>
    isArray(left) && isArray(right) ? compute(distinct(left), distinct(right)) : undefined;
}

function isIn(items: readonly Json[]): (value: Json) => boolean {
  const known = new Set(items.map(canonical));
  return value => known.has(canonical(value));
}

/** Conversion of an object to name and value pairs. */
function objectToArray(args: readonly Value[]): Value {
  const [value, key = 'k', name = 'v'] = args;
  if (!isObject(value) || typeof key !== 'string' || typeof name !== 'string') return undefined;
  return Object.entries(value).map(([member, content]) => ({ [key]: member, [name]: content }));
}

function aggregated(name: string): SqlFunction {
  return onArray(items => {
    const total = accumulator(name);
    for (const item of items) total.add(item);
    return total.result();
  });
}

function median(items: readonly Json[]): Value {
  const numbers = items.filter(item => typeof item === 'number').sort((left, right) => left - right);
  if (numbers.length !== items.length || numbers.length === 0) return undefined;
  const middle = (numbers.length - 1) / 2;
  return ((numbers[Math.floor(middle)] ?? 0) + (numbers[Math.ceil(middle)] ?? 0)) / 2;
}

/** The array and set functions. https://learn.microsoft.com/azure/cosmos-db/nosql/query/array-functions */
export const arrayFunctions: Readonly<Record<string, SqlFunction>> = {
  ARRAY_AVG: aggregated('AVG'),
  ARRAY_CONCAT: args => (args.every(isArray) ? args.flatMap(arg => (isArray(arg) ? arg : [])) : undefined),
  ARRAY_CONTAINS: onArray((items, args) => contains(items, args[1], args[2])),
  ARRAY_CONTAINS_ALL: containsMany(false),
  ARRAY_CONTAINS_ANY: containsMany(true),
  ARRAY_LENGTH: onArray(items => items.length),
  ARRAY_MAX: aggregated('MAX'),
  ARRAY_MEDIAN: onArray(median),
  ARRAY_MIN: aggregated('MIN'),
  ARRAY_SLICE: onArray((items, args) => slice(items, args[1], args[2])),
  ARRAY_SUM: aggregated('SUM'),
  OBJECTTOARRAY: objectToArray,
  SETDIFFERENCE: setOperation((left, right) => {
    const isRight = isIn(right);
    return left.filter(item => !isRight(item));
  }),
  SETEQUAL: setOperation((left, right) => left.length === right.length && left.every(isIn(right))),
  // In the order of the second set, as the service has it.
  SETINTERSECT: setOperation((left, right) => right.filter(isIn(left))),
  SETUNION: setOperation((left, right) => distinct([...left, ...right])),
};
