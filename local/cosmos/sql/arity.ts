// How many arguments each function takes, as its page of the query language says: `name least-most`, `+` without an end.
const published = `
  ABS 1, ACOS 1, ASIN 1, ATAN 1, ATN2 2, CEILING 1, COS 1, COT 1, DEGREES 1, EXP 1, FLOOR 1, INTADD 2, INTBITAND 2, INTBITLEFTSHIFT 2,
  INTBITNOT 1, INTBITOR 2, INTBITRIGHTSHIFT 2, INTBITXOR 2, INTDIV 2, INTMOD 2, INTMUL 2, INTSUB 2, LOG 1-2, LOG10 1, NUMBERBIN 1-2, PI 0,
  POWER 2, RADIANS 1, RAND 0, ROUND 1-2, SIGN 1, SIN 1, SQRT 1, SQUARE 1, TAN 1, TRUNC 1,
  CONCAT 2+, CONTAINS 2-3, CONTAINS_ALL_CI 2+, CONTAINS_ALL_CS 2+, CONTAINS_ANY_CI 2+, CONTAINS_ANY_CS 2+, ENDSWITH 2-3, STARTSWITH 2-3,
  STRINGEQUALS 2-3, INDEX_OF 2-3, LASTINDEXOF 2-3, LASTSUBSTRINGAFTER 2, LASTSUBSTRINGBEFORE 2, LEFT 2, LENGTH 1, LOWER 1-2, LTRIM 1-2,
  REGEXEXTRACT 2-4, REGEXEXTRACTALL 2-4, REGEXMATCH 2-3, REPLACE 3, REPLICATE 2, REVERSE 1, RIGHT 2, RTRIM 1-2, STRINGJOIN 2, STRINGSPLIT 2, STRINGTOARRAY 1, STRINGTOBOOLEAN 1, STRINGTONULL 1, STRINGTONUMBER 1, STRINGTOOBJECT 1,
  SUBSTRING 3, SUBSTRINGAFTER 2, SUBSTRINGBEFORE 2, TOSTRING 1, TRIM 1-2, UPPER 1-2,
  AGO 2, DATETIMEADD 3, DATETIMEBIN 2-4, DATETIMEDIFF 3, DATETIMEFROMPARTS 3-7, DATETIMEPART 2, DATETIMETOTICKS 1, DATETIMETOTIMESTAMP 1,
  GETCURRENTDATETIME 0, GETCURRENTDATETIMESTATIC 0, GETCURRENTTICKS 0, GETCURRENTTICKSSTATIC 0, GETCURRENTTIMESTAMP 0,
  GETCURRENTTIMESTAMPSTATIC 0, NOW 0-2, TICKSTODATETIME 1, TIMESTAMPTODATETIME 1, DAY 1, MONTH 1, YEAR 1,
  IS_ARRAY 1, IS_BOOL 1, IS_DATETIME 1, IS_DEFINED 1, IS_FINITE_NUMBER 1, IS_INTEGER 1, IS_NULL 1, IS_NUMBER 1, IS_OBJECT 1, IS_PRIMITIVE 1, IS_STRING 1,
  ARRAY_AVG 1, ARRAY_CONCAT 2+, ARRAY_CONTAINS 2-3, ARRAY_CONTAINS_ALL 2+, ARRAY_CONTAINS_ANY 2+, ARRAY_LENGTH 1, ARRAY_MAX 1, ARRAY_MEDIAN 1,
  ARRAY_MIN 1, ARRAY_SLICE 2-3, ARRAY_SUM 1, OBJECTTOARRAY 1-3, SETDIFFERENCE 2, SETEQUAL 2, SETINTERSECT 2, SETUNION 2, CHOOSE 2+, DOCUMENTID 1,
  IIF 3, AVG 1, COUNT 1, COUNTIF 1, MAKELIST 1, MAKESET 1, MAX 1, MIN 1, SUM 1`;

type Arity = { readonly least: number; readonly most: number; readonly text: string };

function readArity(text: string): Arity {
  if (text.endsWith('+')) {
    const least = Number(text.slice(0, -1));
    return { least, most: Number.POSITIVE_INFINITY, text: `at least ${least}` };
  }
  const [least = 0, most = least] = text.split('-').map(Number);
  return { least, most, text: least === most ? String(least) : `${least} to ${most}` };
}

const arities = new Map(
  published.split(',').map(entry => {
    const [name = '', counts = ''] = entry.trim().split(' ');
    return [name, readArity(counts)] as const;
  }),
);

/** What is wrong with the number of arguments, in the service's words; undefined when it is right. */
export function arityProblem(name: string, given: number): string | undefined {
  const arity = arities.get(name);
  if (arity === undefined || (given >= arity.least && given <= arity.most)) return undefined;
  return `The ${name} function requires ${arity.text} argument(s).`;
}
