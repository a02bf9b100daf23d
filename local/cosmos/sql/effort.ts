import type { Expression, Query } from './ast.ts';
import { childrenOf, pathOf, selected } from './ast.ts';

/** A query has used up its time. */
export class OutOfTime extends Error {
  constructor() {
    super('The time of the query is over.');
  }
}

/** The time that one execution of a query may take. What evaluates a query asks at every row that it makes. */
export class Effort {
  private readonly end: number;

  constructor(milliseconds: number) {
    this.end = performance.now() + milliseconds;
  }

  isOver(): boolean {
    return performance.now() > this.end;
  }

  /** Throws OutOfTime when the time is over. */
  step(): void {
    if (this.isOver()) throw new OutOfTime();
  }
}

/** One call of these may take for ever, or make a value that is larger by far than its arguments. */
const boundless: ReadonlySet<string> = new Set([
  'ARRAY_CONCAT',
  'REGEXEXTRACT',
  'REGEXEXTRACTALL',
  'REGEXMATCH',
  'REPLACE',
]);

/**
 * Whether the evaluation of one row may be work without a bound, in time or memory, so that asking at every row does not help.
 * A source that is no path can double a value at each of its levels.
 */
export function isBoundless(query: Query): boolean {
  return (
    query.sources.some(({ from }) => from.kind === 'query' || pathOf(from) === undefined) ||
    [
      ...selected(query.select),
      ...(query.where === undefined ? [] : [query.where]),
      ...query.groupBy,
      ...query.orderBy.map(item => item.expression),
    ].some(hasBoundless)
  );
}

function hasBoundless(expression: Expression): boolean {
  if ('query' in expression) return isBoundless(expression.query);
  return (
    (expression.kind === 'call' && boundless.has(expression.name)) ||
    childrenOf(expression).some(hasBoundless)
  );
}
