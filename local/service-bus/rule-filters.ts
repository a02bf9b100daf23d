import type { MessageView } from './message-view.ts';
import { Refusal } from './refusals.ts';
import { type Change, compileSqlAction, compileSqlFilter } from './sql/statements.ts';
import { fromPlain, order, type SqlValue } from './sql/values.ts';
import type { CorrelationFilter } from './topology.ts';

/** A value in a rule as it is stored and shown; a date as its ISO text. */
export type RuleValue = string | number | boolean | { readonly date: string };
export type RuleValues = Readonly<Record<string, RuleValue>>;

/** SQL with values for its `@name`s. */
export type Sql = { readonly expression: string; readonly parameters?: RuleValues | undefined };

type Correlation = Omit<CorrelationFilter, 'applicationProperties'> & {
  readonly applicationProperties?: RuleValues | undefined;
};

export type RuleFilter =
  | ({ readonly kind: 'sql' } & Sql)
  | { readonly kind: 'correlation'; readonly values: Correlation };

/** Characters of a filter or action (service-bus-quotas). */
const longestSql = 1024;

/** Compiles a filter. Throws a Refusal when it cannot be read; the result throws EvaluationError. */
export function compileFilter(filter: RuleFilter): (message: MessageView) => boolean {
  if (filter.kind === 'correlation') return correlation(filter.values);
  const test = readSql(filter, compileSqlFilter);
  return message => test(lookupIn(message));
}

/** Compiles an action, which tells what it changes, one thing after the other, and looks at what it is given. */
export function compileAction(
  action: Sql,
): (current: () => MessageView, apply: (change: Change) => void) => void {
  const run = readSql(action, compileSqlAction);
  return (current, apply) => run((scope, name) => lookupIn(current())(scope, name), apply);
}

/** The value that a stored one stands for. */
export function sqlValue(value: RuleValue): SqlValue {
  return typeof value === 'object' ? new Date(value.date) : fromPlain(value);
}

function readSql<Compiled>(
  { expression, parameters = {} }: Sql,
  compile: (text: string, parameters: Readonly<Record<string, SqlValue>>) => Compiled,
): Compiled {
  if (expression.length > longestSql) {
    throw new Refusal('argument-error', `A SQL expression can have at most ${longestSql} characters.`);
  }
  // Only whole numbers of an expression's own text are whole; parameters are doubles on the wire.
  const values = Object.entries(parameters).map(([name, value]) => [
    name,
    typeof value === 'number' ? value : sqlValue(value),
  ]);
  try {
    return compile(expression, Object.fromEntries(values));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new Refusal('argument-error', `The expression '${expression}' is not valid. ${error.message}`);
  }
}

function lookupIn(message: MessageView): (scope: 'sys' | 'user', name: string) => SqlValue {
  return (scope, name) => (scope === 'sys' ? message.system(name) : message.user(name));
}

function correlation({
  applicationProperties = {},
  ...system
}: Correlation): (message: MessageView) => boolean {
  const wanted = Object.entries(system).filter(([, value]) => value !== undefined);
  const properties = Object.entries(applicationProperties);
  if (wanted.length + properties.length === 0) {
    throw new Refusal('argument-error', 'A correlation filter must have at least one condition.');
  }
  return message =>
    wanted.every(([name, value]) => message.system(name) === value) &&
    properties.every(([name, value]) => order(message.user(name), sqlValue(value)) === 0);
}
