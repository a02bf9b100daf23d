import type { Value } from '../json.ts';
import { isArray, isObject } from '../json.ts';
import { documentNumber } from '../rid.ts';
import { arrayFunctions } from './functions-array.ts';
import { isInteger64, numberFunctions } from './functions-number.ts';
import { regexFunctions } from './functions-regex.ts';
import type { SqlFunction } from './functions-text.ts';
import { textFunctions } from './functions-text.ts';
import { isDateTime, timeFunctions } from './functions-time.ts';

function typeTest(test: (value: Value) => boolean): SqlFunction {
  return args => test(args[0]);
}

/** The type-checking functions. https://learn.microsoft.com/azure/cosmos-db/nosql/query/type-checking-functions */
const typeFunctions: Readonly<Record<string, SqlFunction>> = {
  IS_ARRAY: typeTest(isArray),
  IS_BOOL: typeTest(value => typeof value === 'boolean'),
  IS_DATETIME: typeTest(isDateTime),
  IS_DEFINED: typeTest(value => value !== undefined),
  IS_FINITE_NUMBER: typeTest(value => typeof value === 'number' && Number.isFinite(value)),
  IS_INTEGER: typeTest(isInteger64),
  IS_NULL: typeTest(value => value === null),
  IS_NUMBER: typeTest(value => typeof value === 'number'),
  IS_OBJECT: typeTest(isObject),
  IS_PRIMITIVE: typeTest(value => value !== undefined && (value === null || typeof value !== 'object')),
  IS_STRING: typeTest(value => typeof value === 'string'),
};

function choose(args: readonly Value[]): Value {
  const [index] = args;
  return typeof index === 'number' && index >= 1 ? args[index] : undefined;
}

function documentId([document]: readonly Value[]): Value {
  const rid = isObject(document) ? document['_rid'] : undefined;
  return typeof rid === 'string' ? documentNumber(rid) : undefined;
}

/** Every function of the language that works on plain values, by upper-case name. */
export const functions: Readonly<Record<string, SqlFunction>> = {
  ...textFunctions,
  ...regexFunctions,
  ...numberFunctions,
  ...timeFunctions,
  ...typeFunctions,
  ...arrayFunctions,
  CHOOSE: choose,
  DOCUMENTID: documentId,
  IIF: args => (args[0] === true ? args[1] : args[2]),
};

/** Functions that exist in the service and are left out here on purpose. */
export const leftOut: ReadonlySet<string> = new Set(
  'ST_DISTANCE ST_WITHIN ST_INTERSECTS ST_ISVALID ST_ISVALIDDETAILED ST_AREA VECTORDISTANCE FULLTEXTCONTAINS FULLTEXTCONTAINSALL FULLTEXTCONTAINSANY FULLTEXTSCORE RRF REGEXREPLACE REGEXREPLACEALL DATETIMEFORMAT'.split(
    ' ',
  ),
);
