import type { CosmosFault } from '../errors.ts';
import type { Expression, Query } from './ast.ts';
import { childrenOf, continuesChain, selected } from './ast.ts';
import { queryFault } from './lexer.ts';

type Span = { readonly start: number; readonly end: number };

// The service has such a bound too and does not publish it.
export const mostLevels = 250;
const mostHeight = 200;
const linkHeight = 0.1;

/** 400 for a query that is nested more deeply than can be worked on. */
export function tooDeep(span: Span): CosmosFault {
  return queryFault('SC2091', 'The query is nested too deeply.', span);
}

/**
 * Refuses (400) expressions that become higher trees than what walks them can climb. A chain such as `a + b + c` leans to one
 * side; its links need no parentheses and so weigh less. It points at the last name or call above, or at the whole text of this length.
 */
export function checkHeight(query: Query, length: number): void {
  type Step = { readonly node: Expression; readonly height: number; readonly span: Span };
  const whole = { start: 0, end: length };
  const steps = expressionsOf(query).map((node): Step => ({ node, height: 1, span: whole }));
  for (let step = steps.pop(); step !== undefined; step = steps.pop()) {
    const { node, height } = step;
    const span = spanOf(node) ?? step.span;
    if (height > mostHeight) throw tooDeep(span);
    const parts = 'query' in node ? expressionsOf(node.query) : childrenOf(node);
    for (const part of parts)
      steps.push({ node: part, height: height + (continuesChain(node, part) ? linkHeight : 1), span });
  }
}

function spanOf(node: Expression): Span | undefined {
  if (node.kind === 'call') return node.whole;
  return node.kind === 'name' || node.kind === 'parameter' ? node.span : undefined;
}

/** All expressions of a query; those of a query in FROM as well, which is read inside of this one. */
function expressionsOf(query: Query): readonly Expression[] {
  const sources = query.sources.flatMap(({ from }) =>
    from.kind === 'query' ? expressionsOf(from.query) : [from],
  );
  return [
    ...selected(query.select),
    ...sources,
    ...(query.where === undefined ? [] : [query.where]),
    ...query.groupBy,
    ...query.orderBy.map(item => item.expression),
  ];
}
