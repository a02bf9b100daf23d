import { badRequest } from '../errors.ts';
import type { Value } from '../json.ts';
import { isArray } from '../json.ts';

export type SqlFunction = (args: readonly Value[]) => Value;

/** A function that is undefined unless its first `count` arguments are strings. */
function onText(
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
    const ignoreCase = args[2] ?? false;
    if (typeof ignoreCase !== 'boolean') return undefined;
    return ignoreCase ? test(text.toLowerCase(), part.toLowerCase()) : test(text, part);
  });
}

function toText(value: Value): string | undefined {
  if (value === undefined) return undefined;
  return typeof value === 'string' ? value : canonicalText(value);
}

function canonicalText(value: Value): string {
  return JSON.stringify(value) ?? '';
}

function parsed(check: (value: unknown) => boolean): SqlFunction {
  return onText(1, ([text = '']) => {
    try {
      const value: unknown = JSON.parse(text);
      return check(value) ? (value as Value) : undefined;
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

function regexMatch(text: string, pattern: string, flags: Value): Value {
  const wanted = flags === undefined ? '' : flags;
  if (typeof wanted !== 'string' || /[^imsx]/.test(wanted)) return undefined;
  const source = wanted.includes('x') ? pattern.replace(/\s+/g, '') : pattern;
  try {
    return new RegExp(source, wanted.replace('x', '')).test(text);
  } catch {
    throw badRequest(`Invalid regular expression '${pattern}'.`);
  }
}

/** The string functions. https://learn.microsoft.com/azure/cosmos-db/nosql/query/string-functions */
export const textFunctions: Readonly<Record<string, SqlFunction>> = {
  CONCAT: args => (args.every(arg => typeof arg === 'string') ? args.join('') : undefined),
  CONTAINS: textTest((text, part) => text.includes(part)),
  ENDSWITH: textTest((text, part) => text.endsWith(part)),
  STARTSWITH: textTest((text, part) => text.startsWith(part)),
  STRINGEQUALS: textTest((text, part) => text === part),
  INDEX_OF: onText(2, ([text = '', part = ''], args) =>
    text.indexOf(part, typeof args[2] === 'number' ? args[2] : 0),
  ),
  LEFT: onText(1, ([text = ''], args) => substring(text, 0, args[1])),
  LENGTH: onText(1, ([text = '']) => text.length),
  LOWER: onText(1, ([text = '']) => text.toLowerCase()),
  LTRIM: onText(1, ([text = '']) => text.trimStart()),
  REGEXMATCH: onText(2, ([text = '', pattern = ''], args) => regexMatch(text, pattern, args[2])),
  REPLACE: onText(3, ([text = '', part = '', by = '']) => text.replaceAll(part, () => by)),
  REPLICATE: onText(1, ([text = ''], args) => {
    const times = args[1];
    return typeof times === 'number' && times >= 0 && Number.isInteger(times) && times <= 10_000
      ? text.repeat(times)
      : undefined;
  }),
  REVERSE: onText(1, ([text = '']) => [...text].reverse().join('')),
  RIGHT: onText(1, ([text = ''], args) =>
    typeof args[1] === 'number' && args[1] > 0 ? text.slice(-args[1]) : substring(text, 0, 0),
  ),
  RTRIM: onText(1, ([text = '']) => text.trimEnd()),
  STRINGJOIN: args => {
    const [items, separator] = args;
    if (!isArray(items) || typeof separator !== 'string' || !items.every(item => typeof item === 'string'))
      return undefined;
    return items.join(separator);
  },
  STRINGSPLIT: onText(2, ([text = '', separator = '']) => text.split(separator)),
  STRINGTOARRAY: parsed(value => Array.isArray(value)),
  STRINGTOBOOLEAN: parsed(value => typeof value === 'boolean'),
  STRINGTONULL: parsed(value => value === null),
  STRINGTONUMBER: parsed(value => typeof value === 'number'),
  STRINGTOOBJECT: parsed(value => typeof value === 'object' && value !== null && !Array.isArray(value)),
  SUBSTRING: onText(1, ([text = ''], args) => substring(text, args[1], args[2])),
  TOSTRING: args => toText(args[0]),
  TRIM: onText(1, ([text = '']) => text.trim()),
  UPPER: onText(1, ([text = '']) => text.toUpperCase()),
};
