import { likeTest } from '../../like.ts';
import { badRequest, notImplemented } from '../errors.ts';
import type { Json, Value } from '../json.ts';
import { member } from '../json.ts';
import { arityProblem } from './arity.ts';
import type { Expression, Query } from './ast.ts';
import { aggregateNames, hasAggregate, hasSubquery } from './ast.ts';
import { functions, leftOut } from './functions.ts';
import { queryFault } from './lexer.ts';
import { anyOf, applyBinary, equality, logicalAnd, logicalOr, relation } from './operators.ts';

/** The values of the names in scope. */
export type Names = Readonly<Record<string, Value>>;
/** Computes an expression; `totals` are the results of the query's aggregate functions over the group. */
export type Evaluator = (names: Names, totals: readonly Value[]) => Value;
/** An aggregate function that occurs in a query, and what it is applied to. */
export type AggregateCall = { readonly name: string; readonly of: Evaluator };

export type Scope = {
  readonly parameters: ReadonlyMap<string, Json>;
  readonly names: ReadonlySet<string>;
  /** Collects the aggregate functions that are met while compiling; an evaluator finds its total at the same place. */
  readonly aggregates: AggregateCall[];
  /** Whether a name that is not in scope stands for the container: so it is outside of sub-queries, and in those that FROM begins with. */
  readonly container: boolean;
  /** Called for every row; it may throw OutOfTime. */
  readonly step: () => void;
  /** Compiles a sub-query to a function that yields its results; given by run.ts to break the cycle. */
  readonly subquery: (query: Query, scope: Scope) => (names: Names, document: Json) => readonly Json[];
};

/** Compiles an expression to a closure. Names, parameters and functions that do not exist are faults here, not at run time. */
export function compile(expression: Expression, scope: Scope): Evaluator {
  switch (expression.kind) {
    case 'literal': {
      const { value } = expression;
      return () => value;
    }
    case 'parameter':
      return compileParameter(expression, scope);
    case 'name':
      return compileName(expression, scope);
    case 'member':
      return compileMember(expression, scope);
    case 'unary':
      return compileUnary(expression, scope);
    case 'binary':
      return compileBinary(expression, scope);
    case 'call':
      return compileCall(expression, scope);
    case 'array':
      return compileArray(expression.items, scope);
    case 'object':
      return compileObject(expression.entries, scope);
    case 'ternary': {
      const [test, yes, no] = [
        compile(expression.test, scope),
        compile(expression.yes, scope),
        compile(expression.no, scope),
      ];
      return (names, totals) => (test(names, totals) === true ? yes(names, totals) : no(names, totals));
    }
    case 'between':
    case 'in':
    case 'like':
      return compileTest(expression, scope);
    default:
      return compileSubquery(expression, scope);
  }
}

type Of<Kind extends Expression['kind']> = Extract<Expression, { kind: Kind }>;

function compileParameter(expression: Of<'parameter'>, scope: Scope): Evaluator {
  const value = scope.parameters.get(expression.name);
  if (!scope.parameters.has(expression.name)) {
    throw queryFault('SC2012', `The value of parameter '${expression.name}' was not given.`, expression.span);
  }
  return () => value;
}

function compileName(expression: Of<'name'>, scope: Scope): Evaluator {
  const { name, span } = expression;
  if (!scope.names.has(name)) throw queryFault('SC2001', `Identifier '${name}' could not be resolved.`, span);
  return names => names[name];
}

function compileMember(expression: Of<'member'>, scope: Scope): Evaluator {
  const of = compile(expression.of, scope);
  if (expression.key.kind === 'literal') {
    const key = expression.key.value;
    return (names, totals) => member(of(names, totals), key);
  }
  const key = compile(expression.key, scope);
  return (names, totals) => member(of(names, totals), key(names, totals));
}

function compileUnary(expression: Of<'unary'>, scope: Scope): Evaluator {
  const of = compile(expression.of, scope);
  if (expression.operator === 'NOT') {
    return (names, totals) => {
      const value = of(names, totals);
      return typeof value === 'boolean' ? !value : undefined;
    };
  }
  const compute = {
    '-': (value: number) => -value,
    '+': (value: number) => value,
    '~': (value: number) => ~value,
  }[expression.operator];
  return (names, totals) => {
    const value = of(names, totals);
    return typeof value === 'number' ? compute(value) : undefined;
  };
}

function compileBinary(expression: Of<'binary'>, scope: Scope): Evaluator {
  const left = compile(expression.left, scope);
  const right = compile(expression.right, scope);
  const { operator } = expression;
  if (operator === 'AND') {
    return (names, totals) => {
      const first = left(names, totals);
      return first === false ? false : logicalAnd(first, right(names, totals));
    };
  }
  if (operator === 'OR') {
    return (names, totals) => {
      const first = left(names, totals);
      return first === true ? true : logicalOr(first, right(names, totals));
    };
  }
  if (operator === '??') {
    return (names, totals) => {
      const first = left(names, totals);
      return first === undefined ? right(names, totals) : first;
    };
  }
  return (names, totals) => applyBinary(operator, left(names, totals), right(names, totals));
}

// https://learn.microsoft.com/azure/cosmos-db/nosql/query/getcurrentdatetimestatic: one value for all items of a partition.
const staticNames: ReadonlySet<string> = new Set([
  'GETCURRENTDATETIMESTATIC',
  'GETCURRENTTICKSSTATIC',
  'GETCURRENTTIMESTAMPSTATIC',
]);

function compileCall(expression: Of<'call'>, scope: Scope): Evaluator {
  const { name, span, whole } = expression;
  if (name.startsWith('udf.')) throw notImplemented('user-defined functions');
  if (leftOut.has(name)) throw notImplemented(`the function ${name}`);
  const isAggregate = aggregateNames.has(name);
  const compute = Object.hasOwn(functions, name) ? functions[name] : undefined;
  if (compute === undefined && !isAggregate)
    throw queryFault('SC2005', `'${name}' is not a recognized built-in function name.`, span);
  const problem = arityProblem(name, expression.args.length);
  if (problem !== undefined) throw queryFault('SC2050', problem, whole);
  const [first] = expression.args;
  if (isAggregate && first !== undefined) {
    if (hasAggregate(first) || hasSubquery(first)) {
      const message =
        'Cannot perform an aggregate function on an expression containing an aggregate or a subquery.';
      throw queryFault('SC2101', message, whole);
    }
    const at = scope.aggregates.push({ name, of: compile(first, scope) }) - 1;
    return (_, totals) => totals[at];
  }
  if (staticNames.has(name)) {
    const value = compute?.([]);
    return () => value;
  }
  const args = expression.args.map(arg => compile(arg, scope));
  return (names, totals) => compute?.(args.map(arg => arg(names, totals)));
}

function compileArray(items: readonly Expression[], scope: Scope): Evaluator {
  const compiled = items.map(item => compile(item, scope));
  return (names, totals) => compiled.map(item => item(names, totals)).filter(value => value !== undefined);
}

function compileObject(members: Of<'object'>['entries'], scope: Scope): Evaluator {
  const compiled = members.map(entry => [entry.key, compile(entry.value, scope)] as const);
  return (names, totals) => {
    const entries: [string, Json][] = [];
    for (const [key, compute] of compiled) {
      const value = compute(names, totals);
      if (value !== undefined) entries.push([key, value]);
    }
    return Object.fromEntries(entries);
  };
}

function compileTest(expression: Of<'between'> | Of<'in'> | Of<'like'>, scope: Scope): Evaluator {
  const of = compile(expression.of, scope);
  if (expression.kind === 'between') {
    const [low, high] = [compile(expression.low, scope), compile(expression.high, scope)];
    return (names, totals) => {
      const value = of(names, totals);
      return logicalAnd(
        relation('>=', value, low(names, totals)),
        relation('<=', value, high(names, totals)),
      );
    };
  }
  if (expression.kind === 'in') {
    const options = expression.options.map(option => compile(option, scope));
    return (names, totals) => {
      const value = of(names, totals);
      return anyOf(options.map(option => equality(value, option(names, totals))));
    };
  }
  const pattern = compile(expression.pattern, scope);
  const escapeMark = expression.escape === undefined ? undefined : compile(expression.escape, scope);
  return (names, totals) => {
    const value = of(names, totals);
    const wanted = pattern(names, totals);
    const mark = escapeMark?.(names, totals);
    if (typeof value !== 'string' || typeof wanted !== 'string') return undefined;
    return likeTest(wanted, { escapeBy: typeof mark === 'string' ? mark : undefined, sets: true })(value);
  };
}

function compileSubquery(expression: Of<'exists'> | Of<'arrayOf'> | Of<'scalar'>, scope: Scope): Evaluator {
  const results = scope.subquery(expression.query, { ...scope, container: false });
  if (expression.kind === 'exists') return names => results(names, null).length > 0;
  if (expression.kind === 'arrayOf') return names => results(names, null);
  return names => {
    const [only, ...more] = results(names, null);
    if (more.length > 0)
      throw badRequest(
        'Message: {"Errors":["The cardinality of a scalar subquery result set cannot be greater than one."]}',
      );
    return only;
  };
}
