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

/** Where an order begins and ends, and the sort key that is the same for all that is between. */
export type OrderBounds = { readonly filters: readonly Pushed[]; readonly settled: string };

/**
 * What the filter says of the property that is sorted by first, said of the columns that sort: what is compared with a text is a text.
 * So an index that serves the order is read from there to there. Undefined where the filter compares it with nothing.
 */
export function orderBounds(
  where: Expression | undefined,
  [first]: readonly OrderItem[],
  context: Context,
): OrderBounds | undefined {
  const column = first === undefined ? undefined : columnFor(first.expression, context);
  const [type, value] = column === undefined ? [] : sortKeys(column);
  if (column === undefined || type === undefined || value === undefined) return undefined;
  const filters = conjuncts(where).flatMap(part => {
    const { operator, bound } = comparisonWith(column, part, context) ?? {};
    if (typeof bound !== 'string' && typeof bound !== 'number') return [];
    const rank = typeof bound === 'string' ? ranks.text : ranks.real;
    return [{ sql: `${type} = ${rank} AND ${value} ${operator} ?`, binds: [bound] }];
  });
  return filters.length === 0 ? undefined : { filters, settled: type };
}

/** What a column is compared with by `<`, `<=`, `>` or `>=`, as if the column stood on the left. */
function comparisonWith(
  { value: sql }: Column,
  part: Expression,
  context: Context,
): { readonly operator: string; readonly bound: Json | undefined } | undefined {
  if (part.kind !== 'binary' || !/^[<>]=?$/.test(part.operator)) return undefined;
  if (columnFor(part.left, context)?.value === sql)
    return { operator: part.operator, bound: constantOf(part.right, context) };
  if (columnFor(part.right, context)?.value !== sql) return undefined;
  return { operator: mirrored[part.operator] ?? '', bound: constantOf(part.left, context) };
}

/** The condition for rows strictly after a position in an order. `bounds` let an index be entered at the place. */
export function afterPosition(
  columns: readonly OrderColumn[],
  position: readonly Bind[],
  bounds: OrderBounds | undefined,
): Pushed {
  const binds: Bind[] = [];
  const options = columns.map((column, at) => {
    const equal = columns.slice(0, at).map(before => `${before.sql} = ?`);
    binds.push(...position.slice(0, at + 1));
    return `(${[...equal, `${column.sql} ${column.descending ? '<' : '>'} ?`].join(' AND ')})`;
  });
  const after = `(${options.join(' OR ')})`;
  const [type, value] = columns;
  if (bounds === undefined || type?.sql !== bounds.settled || value === undefined)
    return { sql: after, binds };
  const from = `${value.sql} ${value.descending ? '<=' : '>='} ?`;
  return { sql: `${from} AND ${after}`, binds: [...position.slice(1, 2), ...binds] };
}
