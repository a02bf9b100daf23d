import type { Bind } from '../database.ts';
import type { Json } from '../json.ts';
import type { Expression } from './ast.ts';
import { pathOf } from './ast.ts';
import { conjuncts } from './key-filter.ts';
import type { Parameters } from './run.ts';

/** A condition that SQLite can test; it never rejects a document that the query would keep. */
export type Pushed = { readonly sql: string; readonly binds: readonly Bind[] };

export type Context = { readonly alias: string; readonly parameters: Parameters };

function jsonPath(path: readonly (string | number)[]): string | undefined {
  if (path.some(part => typeof part === 'string' && /["'\\]/.test(part))) return undefined;
  return `$${path.map(part => (typeof part === 'number' ? `[${part}]` : `."${part}"`)).join('')}`;
}

export type Column = {
  readonly value: string;
  readonly type: string;
  /** The value with its numbers as doubles, which is what the numbers of the language are. */
  readonly exact: string;
};

/** The SQL for a property: its value and its JSON type. Undefined for what the service computes or what has odd names. */
function columnOf(path: readonly (string | number)[]): Column | undefined {
  if (path.length === 0 || (typeof path[0] === 'string' && path[0].startsWith('_'))) {
    return path.length === 1 && path[0] === '_ts'
      ? { value: 'ts', type: "'integer'", exact: 'ts' }
      : undefined;
  }
  if (path.length === 1 && path[0] === 'id') return { value: 'id', type: "'text'", exact: 'id' };
  const text = jsonPath(path);
  if (text === undefined) return undefined;
  const [value, type] = [`json_extract(body, '${text}')`, `json_type(body, '${text}')`];
  return { value, type, exact: `CASE ${type} WHEN 'integer' THEN CAST(${value} AS REAL) ELSE ${value} END` };
}

/** Below 2^53 integers compare alike in both forms; beyond, SQLite would take the shortest text of a double for its value. */
function numericForm(column: Column, value: number | string): string {
  return typeof value === 'number' && !Number.isSafeInteger(Math.trunc(value)) ? column.exact : column.value;
}

/** The SQL for what is a property of the document. */
export function columnFor(expression: Expression, context: Context): Column | undefined {
  const found = pathOf(expression);
  return found === undefined || found.root !== context.alias ? undefined : columnOf(found.path);
}

/** The value of a constant expression; undefined when it is not constant. */
export function constantOf(expression: Expression, context: Context): Json | undefined {
  if (expression.kind === 'literal') return expression.value;
  return expression.kind === 'parameter' ? context.parameters.get(expression.name) : undefined;
}

/** Comparisons with their sides exchanged. */
export const mirrored: Readonly<Record<string, string>> = {
  '=': '=',
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
};

function compare(column: Column, operator: string, value: Json | undefined): Pushed | undefined {
  if (typeof value === 'string' || typeof value === 'number')
    return { sql: `${numericForm(column, value)} ${operator} ?`, binds: [value] };
  if (operator !== '=' || (typeof value === 'object' && value !== null) || value === undefined)
    return undefined;
  return { sql: `${column.type} = '${String(value)}'`, binds: [] };
}

function pushBinary(
  expression: Extract<Expression, { kind: 'binary' }>,
  context: Context,
): Pushed | undefined {
  const { operator, left, right } = expression;
  if (operator === 'AND')
    return joined(
      conjuncts(expression)
        .map(part => push(part, context))
        .filter(part => part !== undefined),
      'AND',
    );
  if (operator === 'OR') {
    const [first, second] = [push(left, context), push(right, context)];
    return first === undefined || second === undefined ? undefined : joined([first, second], 'OR');
  }
  const flipped = mirrored[operator];
  if (flipped === undefined) return undefined;
  const column = columnFor(left, context);
  if (column !== undefined) return compare(column, operator, constantOf(right, context));
  const other = columnFor(right, context);
  return other === undefined ? undefined : compare(other, flipped, constantOf(left, context));
}

/** SQLite nests expressions a thousand levels deep, so what is joined becomes a balanced tree. */
function joined(parts: readonly Pushed[], word: string): Pushed | undefined {
  const [only, ...more] = parts;
  if (only === undefined || more.length === 0) return only;
  const middle = Math.ceil(parts.length / 2);
  const halves = [joined(parts.slice(0, middle), word), joined(parts.slice(middle), word)];
  const both = halves.filter(half => half !== undefined);
  return {
    sql: `(${both.map(half => half.sql).join(` ${word} `)})`,
    binds: both.flatMap(half => half.binds),
  };
}

function pushCall(expression: Extract<Expression, { kind: 'call' }>, context: Context): Pushed | undefined {
  const [first, second] = expression.args;
  if (expression.name === 'ARRAY_CONTAINS') return pushContains(expression, context);
  const column = first === undefined ? undefined : columnFor(first, context);
  if (column === undefined) return undefined;
  if (expression.name === 'IS_DEFINED') return { sql: `${column.type} IS NOT NULL`, binds: [] };
  if (expression.name !== 'STARTSWITH' || expression.args.length !== 2 || second === undefined)
    return undefined;
  const prefix = constantOf(second, context);
  if (typeof prefix !== 'string') return undefined;
  return { sql: `(${column.value} >= ? AND ${column.value} < ? || char(1114111))`, binds: [prefix, prefix] };
}

/** Where a list of the document stands, for SQLite. */
function listPath(expression: Expression, context: Context): string | undefined {
  const found = pathOf(expression);
  if (found === undefined || found.root !== context.alias || found.path.length === 0) return undefined;
  return jsonPath(found.path);
}

/** `ARRAY_CONTAINS(@values, c.path)` is an IN over the values; `ARRAY_CONTAINS(c.path, @text)` looks into the list. */
function pushContains(
  expression: Extract<Expression, { kind: 'call' }>,
  context: Context,
): Pushed | undefined {
  const [first, second] = expression.args;
  if (first === undefined || second === undefined || expression.args.length > 2) return undefined;
  const list = listPath(first, context);
  const element = constantOf(second, context);
  if (list !== undefined && typeof element === 'string') return inList(list, element);
  const column = columnFor(second, context);
  const values = constantOf(first, context);
  return column === undefined || !Array.isArray(values)
    ? undefined
    : oneOf(column, values as readonly Json[]);
}

/**
 * A text is looked for in the document's own text first, which is made by JSON.stringify as is what is looked for: that is many
 * times faster than taking the list apart.
 */
function inList(list: string, element: string): Pushed {
  const sql = `(instr(body, ?) > 0 AND EXISTS (SELECT 1 FROM json_each(body, '${list}') WHERE value = ?))`;
  return { sql, binds: [JSON.stringify(element), element] };
}

function oneOf(column: Column, values: readonly (Json | undefined)[]): Pushed | undefined {
  if (!values.every(value => typeof value === 'string' || typeof value === 'number')) return undefined;
  // Long lists go as one: a statement has a bounded number of variables.
  if (values.length > mostVariables) {
    return { sql: `${column.value} IN (SELECT value FROM json_each(?))`, binds: [JSON.stringify(values)] };
  }
  const isExact = values.every(value => numericForm(column, value) === column.value);
  return {
    sql: `${isExact ? column.value : column.exact} IN (${values.map(() => '?').join()})`,
    binds: values,
  };
}

const mostVariables = 500;

/**
 * Translates what it can of a condition; undefined when nothing can be said without reading the document, or only with more
 * variables than a statement may have.
 */
export function push(expression: Expression, context: Context): Pushed | undefined {
  const pushed = translate(expression, context);
  return pushed !== undefined && pushed.binds.length > 10 * mostVariables ? undefined : pushed;
}

function translate(expression: Expression, context: Context): Pushed | undefined {
  if (expression.kind === 'binary') return pushBinary(expression, context);
  if (expression.kind === 'call') return pushCall(expression, context);
  if (expression.kind === 'between') {
    const column = columnFor(expression.of, context);
    if (column === undefined) return undefined;
    const low = compare(column, '>=', constantOf(expression.low, context));
    const high = compare(column, '<=', constantOf(expression.high, context));
    return low === undefined || high === undefined ? undefined : joined([low, high], 'AND');
  }
  if (expression.kind !== 'in') return undefined;
  const column = columnFor(expression.of, context);
  return column === undefined
    ? undefined
    : oneOf(
        column,
        expression.options.map(option => constantOf(option, context)),
      );
}

/** The columns that the filter pins to one string or number, for the choice of an index. */
export function pinnedColumns(where: Expression | undefined, context: Context): readonly string[] {
  const columns = conjuncts(where).flatMap(part => {
    if (part.kind !== 'binary' || part.operator !== '=') return [];
    const [left, right] = [columnFor(part.left, context), columnFor(part.right, context)];
    const value = constantOf(left === undefined ? part.left : part.right, context);
    const column = left ?? right;
    return column !== undefined && (typeof value === 'string' || typeof value === 'number')
      ? [numericForm(column, value)]
      : [];
  });
  return [...new Set(columns)].sort();
}
