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

/** The conditions of a list on indexed fields. */
export function whereClause(where: NonNullable<ListQuery['where']>): readonly Clause[] {
  return Object.entries(where).flatMap(([field, condition], index) =>
    condition === undefined ? [] : [clauseOf(pathOf(field), conditionOf(condition), `f${index}`)],
  );
}

/** `createdAt` is no field of the index: it is the beginning of what orders changes and records by time. */
function pathOf(field: string): string {
  return field === 'createdAt' ? 'c.at' : `c.ix[${JSON.stringify(field)}]`;
}

function conditionOf(condition: Scalar | Condition): Condition {
  return typeof condition === 'object' ? condition : { oneOf: [condition] };
}

function clauseOf(path: string, condition: Condition, name: string): Clause {
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
