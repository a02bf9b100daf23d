import { badRequest } from '../errors.ts';
import type { Value } from '../json.ts';
import type { SqlFunction } from './functions-text.ts';
import { onText } from './functions-text.ts';

/** A function over a text and what a pattern finds in it; undefined for modifiers that there are not. */
function onMatches(compute: (text: string, regex: RegExp, args: readonly Value[]) => Value): SqlFunction {
  return onText(2, ([text = '', pattern = ''], args) => {
    const flags = args[2] === undefined ? '' : args[2];
    if (typeof flags !== 'string' || /[^imsx]/.test(flags)) return undefined;
    const source = flags.includes('x') ? pattern.replace(/\s+/g, '') : pattern;
    return compute(text, compiled(source, new Set(`${flags.replaceAll('x', '')}g`)), args);
  });
}

function compiled(pattern: string, flags: ReadonlySet<string>): RegExp {
  try {
    return new RegExp(pattern, [...flags].join(''));
  } catch {
    throw badRequest(`Invalid regular expression '${pattern}'.`);
  }
}

/** Whether a value can number a capture group; 0 is the whole match. */
function isGroup(group: Value): group is number {
  return typeof group === 'number' && Number.isInteger(group) && group >= 0;
}

function extractedFirst(text: string, regex: RegExp, [, , , group = 0]: readonly Value[]): Value {
  if (!isGroup(group)) return undefined;
  const [first] = text.matchAll(regex);
  return first === undefined ? undefined : first[group];
}

function extractedAll(text: string, regex: RegExp, [, , , group = 0]: readonly Value[]): Value {
  if (!isGroup(group)) return undefined;
  return [...text.matchAll(regex)].flatMap(match => match[group] ?? []);
}

/**
 * The functions over regular expressions. What they give where nothing matches is not documented: here undefined, or an empty array.
 * https://learn.microsoft.com/cosmos-db/query/regexextract
 */
export const regexFunctions: Readonly<Record<string, SqlFunction>> = {
  REGEXEXTRACT: onMatches(extractedFirst),
  REGEXEXTRACTALL: onMatches(extractedAll),
  REGEXMATCH: onMatches((text, regex) => regex.test(text)),
};
