import type { Json, Value } from '../json.ts';
import { isArray, isObject } from '../json.ts';
import { numberFunctions } from './functions-number.ts';
import type { SqlFunction } from './functions-text.ts';
import { textFunctions } from './functions-text.ts';
import { timeFunctions } from './functions-time.ts';
import { canonical, containsPartially, equalValues } from './values.ts';

function typeTest(test: (value: Value) => boolean): SqlFunction {
  return args => test(args[0]);
}

/** The type-checking functions. https://learn.microsoft.com/azure/cosmos-db/nosql/query/type-checking-functions */
const typeFunctions: Readonly<Record<string, SqlFunction>> = {
  IS_ARRAY: typeTest(isArray),
  IS_BOOL: typeTest(value => typeof value === 'boolean'),
  IS_DEFINED: typeTest(value => value !== undefined),
  IS_FINITE_NUMBER: typeTest(value => typeof value === 'number' && Number.isFinite(value)),
  IS_INTEGER: typeTest(value => Number.isInteger(value)),
  IS_NULL: typeTest(value => value === null),
  IS_NUMBER: typeTest(value => typeof value === 'number'),
  IS_OBJECT: typeTest(isObject),
  IS_PRIMITIVE: typeTest(value => value !== undefined && (value === null || typeof value !== 'object')),
  IS_STRING: typeTest(value => typeof value === 'string'),
};

function onArray(compute: (items: readonly Json[], args: readonly Value[]) => Value): SqlFunction {
  return args => (isArray(args[0]) ? compute(args[0], args) : undefined);
}

function contains(items: readonly Json[], wanted: Value, partial: Value): Value {
  if (wanted === undefined) return undefined;
  return items.some(item => (partial === true ? containsPartially(item, wanted) : equalValues(item, wanted)));
}

function containsMany(any: boolean): SqlFunction {
  return onArray((items, args) => {
    const wanted = args.slice(1);
    const has = (value: Value): boolean => contains(items, value, false) === true;
    return any ? wanted.some(has) : wanted.every(has);
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

function setOperation(keep: boolean): SqlFunction {
  return onArray((items, args) => {
    const other = args[1];
    if (!isArray(other)) return undefined;
    if (!keep) return distinct([...items, ...other]);
    const known = new Set(other.map(canonical));
    return distinct(items).filter(item => known.has(canonical(item)));
  });
}

/** Conversion of an object to name and value pairs. */
function objectToArray(args: readonly Value[]): Value {
  const [value, key = 'k', name = 'v'] = args;
  if (!isObject(value) || typeof key !== 'string' || typeof name !== 'string') return undefined;
  return Object.entries(value).map(([member, content]) => ({ [key]: member, [name]: content }));
}

function choose(args: readonly Value[]): Value {
  const [index] = args;
  return typeof index === 'number' && index >= 1 ? args[index] : undefined;
}

/** The array and conditional functions. https://learn.microsoft.com/azure/cosmos-db/nosql/query/array-functions */
const otherFunctions: Readonly<Record<string, SqlFunction>> = {
  ARRAY_CONCAT: args => (args.every(isArray) ? args.flatMap(arg => (isArray(arg) ? arg : [])) : undefined),
  ARRAY_CONTAINS: onArray((items, args) => contains(items, args[1], args[2])),
  ARRAY_CONTAINS_ALL: containsMany(false),
  ARRAY_CONTAINS_ANY: containsMany(true),
  ARRAY_LENGTH: onArray(items => items.length),
  ARRAY_SLICE: onArray((items, args) => slice(items, args[1], args[2])),
  CHOOSE: choose,
  IIF: args => (args[0] === true ? args[1] : args[2]),
  OBJECTTOARRAY: objectToArray,
  SETINTERSECT: setOperation(true),
  SETUNION: setOperation(false),
};

/** Every function of the language that works on plain values, by upper-case name. */
export const functions: Readonly<Record<string, SqlFunction>> = {
  ...textFunctions,
  ...numberFunctions,
  ...timeFunctions,
  ...typeFunctions,
  ...otherFunctions,
};

/** Functions that exist in the service and are left out here on purpose. */
export const leftOut: ReadonlySet<string> = new Set(
  'ST_DISTANCE ST_WITHIN ST_INTERSECTS ST_ISVALID ST_ISVALIDDETAILED ST_AREA VECTORDISTANCE FULLTEXTCONTAINS FULLTEXTCONTAINSALL FULLTEXTCONTAINSANY FULLTEXTSCORE RRF DOCUMENTID'.split(
    ' ',
  ),
);
