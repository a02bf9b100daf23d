import type { BlindIndex } from '../keys/index.ts';
import { blindField } from './blind-index.ts';
import type { Condition, ListQuery, Scalar } from './list-query.ts';
import type { WordSearch } from './search-tokens.ts';

/** A part of a WHERE clause, and the parameters that it names. */
export type Clause = { readonly text: string; readonly parameters: Readonly<Record<string, Scalar>> };

/** Strictly between two texts. */
export function rangesOf(
  path: string,
  { after, before }: { readonly after: string; readonly before: string },
): readonly Clause[] {
  return [{ text: `${path} > @after AND ${path} < @before`, parameters: { after, before } }];
}

/** The conditions of a list on indexed fields. `blind` is needed where one asks for a blinded value. */
export function whereClause(
  where: NonNullable<ListQuery['where']>,
  blind: BlindIndex | undefined,
): readonly Clause[] {
  return Object.entries(where).flatMap(([field, wanted], index) => {
    if (wanted === undefined) return [];
    const condition = conditionOf(wanted);
    return 'exactly' in condition
      ? [exactClause(field, condition, `f${index}`, blind)]
      : [clauseOf(pathOf(field), condition, `f${index}`)];
  });
}

/** Whether a list must be asked with the tenant's blind index. */
export function asksBlind(where: NonNullable<ListQuery['where']>): boolean {
  return Object.values(where).some(condition => typeof condition === 'object' && 'exactly' in condition);
}

function exactClause(
  field: string,
  { exactly, inClear }: Extract<Condition, { readonly exactly: string }>,
  name: string,
  blind: BlindIndex | undefined,
): Clause {
  if (blind === undefined) throw new Error('a blinded value is asked for without the index');
  const path = `c.ix[${JSON.stringify(blindField(field))}]`;
  const text = `ARRAY_CONTAINS(${path}, @${name})`;
  const parameters = { [name]: blind.value(field, exactly) };
  if (inClear === undefined) return { text, parameters };
  const clear = clauseOf(pathOf(field), { oneOf: [inClear] }, `${name}_clear`);
  return {
    text: `(${clear.text} OR ${text})`,
    parameters: { ...clear.parameters, ...parameters },
  };
}

/** `createdAt` is no field of the index: it is the beginning of what orders changes and records by time. */
function pathOf(field: string): string {
  return field === 'createdAt' ? 'c.at' : `c.ix[${JSON.stringify(field)}]`;
}

function conditionOf(condition: Scalar | Condition): Condition {
  return typeof condition === 'object' ? condition : { oneOf: [condition] };
}

function clauseOf(
  path: string,
  condition: Exclude<Condition, { readonly exactly: string }>,
  name: string,
): Clause {
  if ('oneOf' in condition) {
    const parameters = Object.fromEntries(
      condition.oneOf.map((value, index) => [`${name}_${index}`, value] as const),
    );
    const names = Object.keys(parameters).map(parameter => `@${parameter}`);
    const text = names.length === 1 ? `${path} = ${names[0]}` : `${path} IN (${names.join(', ')})`;
    return { text, parameters };
  }
  const { from, to } = condition;
  const parts = [
    ...(from === undefined ? [] : [`${path} >= @${name}_from`]),
    ...(to === undefined ? [] : [`${path} <= @${name}_to`]),
  ];
  return {
    text: parts.join(' AND '),
    parameters: {
      ...(from === undefined ? {} : { [`${name}_from`]: from }),
      ...(to === undefined ? {} : { [`${name}_to`]: to }),
    },
  };
}

/** Every word is found one way or another. */
export function searchClause(words: readonly WordSearch[]): readonly Clause[] {
  return words.map((ways, index) => {
    const tokens = [...new Set(ways.flat())];
    const parameters = Object.fromEntries(tokens.map((token, at) => [`w${index}_${at}`, token]));
    const has = (token: string): string => `ARRAY_CONTAINS(c.tokens, @w${index}_${tokens.indexOf(token)})`;
    return { text: `(${ways.map(way => `(${way.map(has).join(' AND ')})`).join(' OR ')})`, parameters };
  });
}
