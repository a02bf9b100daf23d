import type { Json, Value } from '../json.ts';
import { hasFiniteNumbers, isArray, parseJson } from '../json.ts';
import { allOf, anyOf } from './operators.ts';

export type SqlFunction = (args: readonly Value[]) => Value;

/** A function that is undefined unless its first `count` arguments are strings. */
export function onText(
  count: number,
  compute: (texts: readonly string[], args: readonly Value[]) => Value,
): SqlFunction {
  return args => {
    const texts: string[] = [];
    for (const arg of args.slice(0, count)) {
      if (typeof arg !== 'string') return undefined;
      texts.push(arg);
    }
    return texts.length < count ? undefined : compute(texts, args);
  };
}

type TextTest = (text: string, part: string) => boolean;

function textTest(test: TextTest): SqlFunction {
  return onText(2, ([text = '', part = ''], args) => {
    const ignoreCase = args.length > 2 ? args[2] : false;
    if (typeof ignoreCase !== 'boolean') return undefined;
    return ignoreCase ? test(text.toLowerCase(), part.toLowerCase()) : test(text, part);
  });
}

function toText(value: Value): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'string') return value;
  return typeof value === 'number' ? String(value) : JSON.stringify(value);
}

/** Takes characters of a set, white space when none is given, from one end or both. */
function trimmed(start: boolean, end: boolean): SqlFunction {
  return onText(1, ([text = ''], args) => {
    const [, given] = args;
    if (args.length > 1 && typeof given !== 'string') return undefined;
    const set = typeof given === 'string' ? new Set(given) : undefined;
    const drops = (letter: string): boolean => set?.has(letter) ?? letter.trim() === '';
    let [from, to] = [0, text.length];
    while (start && from < to && drops(text.charAt(from))) from += 1;
    while (end && to > from && drops(text.charAt(to - 1))) to -= 1;
    return text.slice(from, to);
  });
}

/** As OR, or AND, over one CONTAINS for each further argument: one that is no text decides nothing. */
function containsMany(any: boolean, ignoreCase: boolean): SqlFunction {
  const fold = (text: string): string => (ignoreCase ? text.toLowerCase() : text);
  return onText(1, ([text = ''], args) => {
    const within = fold(text);
    const found = args
      .slice(1)
      .map(part => (typeof part === 'string' ? within.includes(fold(part)) : undefined));
    return any ? anyOf(found) : allOf(found);
  });
}

/** The place where a text occurs last, looking backwards from a place when one is given. */
function lastIndex(text: string, part: string, [, , from]: readonly Value[]): Value {
  if (from === undefined) return text.lastIndexOf(part);
  return typeof from === 'number' ? text.lastIndexOf(part, from) : undefined;
}

function parsed(check: (value: Json) => boolean): SqlFunction {
  return onText(1, ([text = '']) => {
    try {
      const value = parseJson(text);
      return check(value) && hasFiniteNumbers(value) ? value : undefined;
    } catch {
      return undefined;
    }
  });
}

function substring(text: string, start: Value, length: Value): Value {
  if (typeof start !== 'number' || typeof length !== 'number') return undefined;
  const from = Math.max(0, Math.trunc(start));
  return text.slice(from, from + Math.max(0, Math.trunc(length)));
}

/** What stands before or after the first or last delimiter. What a text without one gives is not documented: undefined here. */
function besideDelimiter(side: 'before' | 'after', which: 'first' | 'last'): SqlFunction {
  return onText(2, ([text = '', delimiter = '']) => {
    const at = which === 'first' ? text.indexOf(delimiter) : text.lastIndexOf(delimiter);
    if (at < 0) return undefined;
    return side === 'before' ? text.slice(0, at) : text.slice(at + delimiter.length);
  });
}

/** The string functions. https://learn.microsoft.com/azure/cosmos-db/nosql/query/string-functions */
export const textFunctions: Readonly<Record<string, SqlFunction>> = {
  CONCAT: args => (args.every(arg => typeof arg === 'string') ? args.join('') : undefined),
  CONTAINS: textTest((text, part) => text.includes(part)),
  CONTAINS_ALL_CI: containsMany(false, true),
  CONTAINS_ALL_CS: containsMany(false, false),
  CONTAINS_ANY_CI: containsMany(true, true),
  CONTAINS_ANY_CS: containsMany(true, false),
  ENDSWITH: textTest((text, part) => text.endsWith(part)),
  STARTSWITH: textTest((text, part) => text.startsWith(part)),
  STRINGEQUALS: textTest((text, part) => text === part),
  INDEX_OF: onText(2, ([text = '', part = ''], args) =>
    text.indexOf(part, typeof args[2] === 'number' ? args[2] : 0),
  ),
  LEFT: onText(1, ([text = ''], args) => substring(text, 0, args[1])),
  LENGTH: onText(1, ([text = '']) => text.length),
  LOWER: onText(1, ([text = '']) => text.toLowerCase()),
  LASTINDEXOF: onText(2, ([text = '', part = ''], args) => lastIndex(text, part, args)),
  LASTSUBSTRINGAFTER: besideDelimiter('after', 'last'),
  LASTSUBSTRINGBEFORE: besideDelimiter('before', 'last'),
  LTRIM: trimmed(true, false),
  REPLACE: onText(3, ([text = '', part = '', by = '']) =>
    part === '' ? text : text.replaceAll(part, () => by),
  ),
  REPLICATE: onText(1, ([text = ''], args) => {
    const times = args[1];
    return typeof times === 'number' && times >= 0 && Number.isInteger(times) && times * text.length <= 10_000
      ? text.repeat(times)
      : undefined;
  }),
  REVERSE: onText(1, ([text = '']) => [...text].reverse().join('')),
  RIGHT: onText(1, ([text = ''], args) =>
    typeof args[1] === 'number' && args[1] > 0 ? text.slice(-args[1]) : substring(text, 0, 0),
  ),
  RTRIM: trimmed(false, true),
  STRINGJOIN: args => {
    const [items, separator] = args;
    if (!isArray(items) || typeof separator !== 'string' || !items.every(item => typeof item === 'string'))
      return undefined;
    return items.join(separator);
  },
  STRINGSPLIT: onText(2, ([text = '', separator = '']) =>
    separator === '' ? [text] : text.split(separator),
  ),
  STRINGTOARRAY: parsed(value => Array.isArray(value)),
  STRINGTOBOOLEAN: parsed(value => typeof value === 'boolean'),
  STRINGTONULL: parsed(value => value === null),
  STRINGTONUMBER: parsed(value => typeof value === 'number'),
  STRINGTOOBJECT: parsed(value => typeof value === 'object' && value !== null && !Array.isArray(value)),
  SUBSTRING: onText(1, ([text = ''], args) => substring(text, args[1], args[2])),
  SUBSTRINGAFTER: besideDelimiter('after', 'first'),
  SUBSTRINGBEFORE: besideDelimiter('before', 'first'),
  TOSTRING: args => toText(args[0]),
  TRIM: trimmed(true, true),
  UPPER: onText(1, ([text = '']) => text.toUpperCase()),
};
