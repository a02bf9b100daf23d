import { notImplemented } from '../errors.ts';
import type { Json, Value } from '../json.ts';
import { member } from '../json.ts';
import { aggregate } from './aggregate.ts';
import type { Expression, Query } from './ast.ts';
import { aggregateNames } from './ast.ts';
import { functions, leftOut } from './functions.ts';
import { queryFault } from './lexer.ts';
import { applyBinary, equality, likePattern, logicalAnd, logicalOr, relation } from './operators.ts';

/** The values of the names in scope. */
export type Names = Readonly<Record<string, Value>>;
/** Computes an expression; `rows` are the members of the group when the query aggregates. */
export type Evaluator = (names: Names, rows: readonly Names[]) => Value;

export type Scope = {
  readonly parameters: ReadonlyMap<string, Json>;
  readonly names: ReadonlySet<string>;
  /** Compiles a sub-query to a function that yields its results; given by run.ts to break the cycle. */
  readonly subquery: (query: Query, scope: Scope) => (names: Names) => readonly Json[];
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
      return (names, rows) => (test(names, rows) === true ? yes(names, rows) : no(names, rows));
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
    return (names, rows) => member(of(names, rows), key);
  }
  const key = compile(expression.key, scope);
  return (names, rows) => member(of(names, rows), key(names, rows));
}

function compileUnary(expression: Of<'unary'>, scope: Scope): Evaluator {
  const of = compile(expression.of, scope);
  if (expression.operator === 'NOT') {
    return (names, rows) => {
      const value = of(names, rows);
      return typeof value === 'boolean' ? !value : undefined;
    };
  }
  const compute = {
    '-': (value: number) => -value,
    '+': (value: number) => value,
    '~': (value: number) => ~value,
  }[expression.operator];
  return (names, rows) => {
    const value = of(names, rows);
    return typeof value === 'number' ? compute(value) : undefined;
  };
}

function compileBinary(expression: Of<'binary'>, scope: Scope): Evaluator {
  const left = compile(expression.left, scope);
  const right = compile(expression.right, scope);
  const { operator } = expression;
  if (operator === 'AND') {
    return (names, rows) => {
      const first = left(names, rows);
      return first === false ? false : logicalAnd(first, right(names, rows));
    };
  }
  if (operator === 'OR') {
    return (names, rows) => {
      const first = left(names, rows);
      return first === true ? true : logicalOr(first, right(names, rows));
    };
  }
  if (operator === '??') {
    return (names, rows) => {
      const first = left(names, rows);
      return first === undefined ? right(names, rows) : first;
    };
  }
  return (names, rows) => applyBinary(operator, left(names, rows), right(names, rows));
}

function compileCall(expression: Of<'call'>, scope: Scope): Evaluator {
  const { name, span } = expression;
  if (name.startsWith('udf.')) throw notImplemented('user-defined functions');
  if (leftOut.has(name)) throw notImplemented(`the function ${name}`);
  const args = expression.args.map(arg => compile(arg, scope));
  if (aggregateNames.has(name)) {
    const [of] = args;
    if (of === undefined || args.length !== 1)
      throw queryFault('SC2060', `'${name}' takes exactly one argument.`, span);
    return (_, rows) =>
      aggregate(
        name,
        rows.map(row => of(row, [])),
      );
  }
  const compute = Object.hasOwn(functions, name) ? functions[name] : undefined;
  if (compute === undefined)
    throw queryFault('SC2005', `'${name}' is not a recognized built-in function name.`, span);
  return (names, rows) => compute(args.map(arg => arg(names, rows)));
}

function compileArray(items: readonly Expression[], scope: Scope): Evaluator {
  const compiled = items.map(item => compile(item, scope));
  return (names, rows) => compiled.map(item => item(names, rows)).filter(value => value !== undefined);
}

function compileObject(members: Of<'object'>['entries'], scope: Scope): Evaluator {
  const compiled = members.map(entry => [entry.key, compile(entry.value, scope)] as const);
  return (names, rows) => {
    const entries: [string, Json][] = [];
    for (const [key, compute] of compiled) {
      const value = compute(names, rows);
      if (value !== undefined) entries.push([key, value]);
    }
    return Object.fromEntries(entries);
  };
}

function compileTest(expression: Of<'between'> | Of<'in'> | Of<'like'>, scope: Scope): Evaluator {
  const of = compile(expression.of, scope);
  if (expression.kind === 'between') {
    const [low, high] = [compile(expression.low, scope), compile(expression.high, scope)];
    return (names, rows) => {
      const value = of(names, rows);
      return logicalAnd(relation('>=', value, low(names, rows)), relation('<=', value, high(names, rows)));
    };
  }
  if (expression.kind === 'in') {
    const options = expression.options.map(option => compile(option, scope));
    return (names, rows) => {
      const value = of(names, rows);
      return options.reduce<boolean | undefined>(
        (found, option) => logicalOr(found, equality(value, option(names, rows))),
        false,
      );
    };
  }
  const pattern = compile(expression.pattern, scope);
  const escapeMark = expression.escape === undefined ? undefined : compile(expression.escape, scope);
  return (names, rows) => {
    const value = of(names, rows);
    const wanted = pattern(names, rows);
    const mark = escapeMark?.(names, rows);
    if (typeof value !== 'string' || typeof wanted !== 'string') return undefined;
    return likePattern(wanted, typeof mark === 'string' ? mark : undefined).test(value);
  };
}

function compileSubquery(expression: Of<'exists'> | Of<'arrayOf'> | Of<'scalar'>, scope: Scope): Evaluator {
  const results = scope.subquery(expression.query, scope);
  if (expression.kind === 'exists') return names => results(names).length > 0;
  if (expression.kind === 'arrayOf') return names => results(names);
  return names => results(names)[0];
}
