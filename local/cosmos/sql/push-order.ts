import type { Bind } from '../database.ts';
import type { Json } from '../json.ts';
import type { Expression, OrderItem } from './ast.ts';
import { conjuncts } from './key-filter.ts';
import { type Column, type Context, columnFor, constantOf, mirrored, type Pushed } from './push.ts';

export type OrderColumn = { readonly sql: string; readonly descending: boolean };

/** How the language ranks types, by the names that SQLite has for them. */
const ranks = { null: 1, false: 2, true: 3, integer: 4, real: 4, text: 5, array: 6, object: 7 } as const;

/**
 * The columns that sort documents exactly as the language does: first by type, then by value inside numbers and strings.
 * Undefined when the order is not over plain properties.
 */
export function orderColumns(
  items: readonly OrderItem[],
  context: Context,
): readonly OrderColumn[] | undefined {
  const columns: OrderColumn[] = [];
  for (const { expression, descending } of items) {
    const column = columnFor(expression, context);
    if (column === undefined) return undefined;
    columns.push(...sortKeys(column).map(sql => ({ sql, descending })));
  }
  return columns;
}

/** Type and value, or the value alone of what the service keeps in a column of its own. */
function sortKeys({ value, type }: Column): readonly string[] {
  if (!type.startsWith('json_type')) return [value];
  const cases = Object.entries(ranks).map(([name, rank]) => `WHEN '${name}' THEN ${rank}`);
  return [
    `CASE ${type} ${cases.join(' ')} ELSE 0 END`,
    `CASE ${type} WHEN 'integer' THEN CAST(${value} AS REAL) WHEN 'real' THEN ${value} WHEN 'text' THEN ${value} ELSE 0 END`,
  ];
}

/**
 * Where the filter lets an order begin and end, said of the columns that sort, so that an index which serves the order is read
 * from there to there. They keep more than the filter does, never less. `resumed` leaves the beginning to the place that is resumed at.
 */
export function orderBounds(
  where: Expression | undefined,
  [first]: readonly OrderItem[],
  context: Context,
  resumed: boolean,
): readonly Pushed[] {
  const column = first === undefined ? undefined : columnFor(first.expression, context);
  if (first === undefined || column === undefined) return [];
  const keys = sortKeys(column);
  const beginning = first.descending ? '<' : '>';
  return conjuncts(where).flatMap(part => {
    const { operator, value } = comparisonWith(column, part, context) ?? {};
    if (operator === undefined || (resumed && operator.startsWith(beginning))) return [];
    if (typeof value !== 'string' && typeof value !== 'number') return [];
    if (keys.length === 1) return [{ sql: `${column.value} ${operator} ?`, binds: [value] }];
    const rank = typeof value === 'string' ? ranks.text : ranks.real;
    return [{ sql: `(${keys.join()}) ${operator} (${rank}, ?)`, binds: [value] }];
  });
}

/** What a column is compared with by `<`, `<=`, `>` or `>=`, the column on the left. */
function comparisonWith(
  { value: sql }: Column,
  part: Expression,
  context: Context,
): { readonly operator: string; readonly value: Json | undefined } | undefined {
  if (part.kind !== 'binary' || !/^[<>]=?$/.test(part.operator)) return undefined;
  if (columnFor(part.left, context)?.value === sql)
    return { operator: part.operator, value: constantOf(part.right, context) };
  if (columnFor(part.right, context)?.value !== sql) return undefined;
  return { operator: mirrored[part.operator] ?? '', value: constantOf(part.left, context) };
}

/** The condition for rows strictly after a position in an order. */
export function afterPosition(columns: readonly OrderColumn[], position: readonly Bind[]): Pushed {
  const [first] = columns;
  // Compared as rows an index can be entered at the place; SQLite has no such comparison for mixed directions.
  if (first !== undefined && columns.every(column => column.descending === first.descending)) {
    const names = columns.map(column => column.sql).join();
    const places = columns.map(() => '?').join();
    return { sql: `(${names}) ${first.descending ? '<' : '>'} (${places})`, binds: position };
  }
  const binds: Bind[] = [];
  const options = columns.map((column, at) => {
    const equal = columns.slice(0, at).map(before => `${before.sql} = ?`);
    binds.push(...position.slice(0, at + 1));
    return `(${[...equal, `${column.sql} ${column.descending ? '<' : '>'} ?`].join(' AND ')})`;
  });
  return { sql: `(${options.join(' OR ')})`, binds };
}
