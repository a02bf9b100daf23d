import { type Expression, type Lookup, type Parameters, Parser, type Scope } from './parser.ts';
import type { SqlValue } from './values.ts';

/** What an action does to a message: undefined removes the property. */
export type Change = { readonly scope: Scope; readonly name: string; readonly value: SqlValue };

/**
 * Compiles a SQL filter; the result says whether a message passes, which it does only when the
 * condition is true, not unknown (https://learn.microsoft.com/azure/service-bus-messaging/service-bus-messaging-sql-filter).
 * Throws SyntaxError; the result throws EvaluationError.
 */
export function compileSqlFilter(text: string, parameters: Parameters = {}): (lookup: Lookup) => boolean {
  const parser = new Parser(text, parameters);
  const condition = parser.condition();
  parser.end();
  return lookup => condition(lookup) === true;
}

/**
 * Compiles a SQL action: `SET property = expression` and `REMOVE property`, one after the other, each seeing what those
 * before it did (https://learn.microsoft.com/azure/service-bus-messaging/service-bus-messaging-sql-rule-action).
 * Throws SyntaxError; the result throws EvaluationError.
 */
export function compileSqlAction(
  text: string,
  parameters: Parameters = {},
): (lookup: Lookup, apply: (change: Change) => void) => void {
  const parser = new Parser(text, parameters);
  const statements: ((lookup: Lookup) => Change)[] = [];
  do {
    if (parser.atEnd() && statements.length > 0) break;
    statements.push(statement(parser));
  } while (parser.take(';'));
  parser.end();
  return (lookup, apply) => {
    for (const each of statements) apply(each(lookup));
  };
}

function statement(parser: Parser): (lookup: Lookup) => Change {
  if (parser.takeWord('REMOVE')) {
    const property = parser.property();
    return () => ({ ...property, value: undefined });
  }
  parser.expectWord('SET');
  const property = parser.property();
  parser.expect('=');
  const expression: Expression = parser.condition();
  return lookup => ({ ...property, value: expression(lookup) ?? null });
}
