import type { Json } from '../json.ts';

/** Where a piece of the query stands: offsets into its text. */
type Span = { readonly start: number; readonly end: number };

export type BinaryOperator =
  | '='
  | '!='
  | '<'
  | '<='
  | '>'
  | '>='
  | '+'
  | '-'
  | '*'
  | '/'
  | '%'
  | '||'
  | '&'
  | '|'
  | '^'
  | '<<'
  | '>>'
  | '>>>'
  | 'AND'
  | 'OR'
  | '??';

export type Expression =
  | { readonly kind: 'literal'; readonly value: Json | undefined }
  | { readonly kind: 'parameter'; readonly name: string; readonly span: Span }
  | { readonly kind: 'name'; readonly name: string; readonly span: Span }
  | {
      readonly kind: 'member';
      readonly of: Expression;
      readonly key: Expression;
      /** Where it ends; what a plan makes stands nowhere. */
      readonly end?: number;
    }
  | { readonly kind: 'unary'; readonly operator: '-' | '+' | '~' | 'NOT'; readonly of: Expression }
  | {
      readonly kind: 'binary';
      readonly operator: BinaryOperator;
      readonly left: Expression;
      readonly right: Expression;
    }
  | { readonly kind: 'between'; readonly of: Expression; readonly low: Expression; readonly high: Expression }
  | { readonly kind: 'in'; readonly of: Expression; readonly options: readonly Expression[] }
  | {
      readonly kind: 'like';
      readonly of: Expression;
      readonly pattern: Expression;
      readonly escape: Expression | undefined;
    }
  | { readonly kind: 'ternary'; readonly test: Expression; readonly yes: Expression; readonly no: Expression }
  | {
      readonly kind: 'call';
      readonly name: string;
      readonly args: readonly Expression[];
      /** Where the name stands. */
      readonly span: Span;
      /** Where the call stands, with its arguments. */
      readonly whole: Span;
    }
  | { readonly kind: 'array'; readonly items: readonly Expression[] }
  | {
      readonly kind: 'object';
      readonly entries: readonly { readonly key: string; readonly value: Expression }[];
    }
  | { readonly kind: 'exists'; readonly query: Query }
  | { readonly kind: 'arrayOf'; readonly query: Query }
  | { readonly kind: 'scalar'; readonly query: Query };

export type SelectItem = { readonly expression: Expression; readonly alias: string | undefined };

export type Select =
  | { readonly kind: 'all'; readonly span: Span }
  | { readonly kind: 'value'; readonly expression: Expression }
  | { readonly kind: 'list'; readonly items: readonly SelectItem[] };

export type Source = {
  /** `item`: the value itself is bound; `each`: every element of the array (the `IN` form). */
  readonly bind: 'item' | 'each';
  readonly alias: string;
  readonly span: Span;
  readonly from: Expression | { readonly kind: 'query'; readonly query: Query };
};

export type OrderItem = {
  readonly expression: Expression;
  readonly descending: boolean;
  readonly span: Span;
};

export type Query = {
  readonly distinct: boolean;
  readonly top: Expression | undefined;
  readonly select: Select;
  readonly sources: readonly Source[];
  readonly where: Expression | undefined;
  readonly groupBy: readonly Expression[];
  readonly orderBy: readonly OrderItem[];
  readonly offset: Expression | undefined;
  readonly limit: Expression | undefined;
};

/** The aggregate functions of the language. */
export const aggregateNames: ReadonlySet<string> = new Set([
  'AVG',
  'COUNT',
  'COUNTIF',
  'MAKELIST',
  'MAKESET',
  'MAX',
  'MIN',
  'SUM',
]);

/** The direct parts of an expression; sub-queries are not entered. */
export function childrenOf(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case 'member':
      return [expression.of, expression.key];
    case 'unary':
      return [expression.of];
    case 'binary':
      return [expression.left, expression.right];
    case 'between':
      return [expression.of, expression.low, expression.high];
    case 'in':
      return [expression.of, ...expression.options];
    case 'like':
      return [expression.of, expression.pattern];
    case 'ternary':
      return [expression.test, expression.yes, expression.no];
    case 'call':
      return expression.args;
    case 'array':
      return expression.items;
    case 'object':
      return expression.entries.map(entry => entry.value);
    default:
      return [];
  }
}

const chains: readonly (readonly BinaryOperator[])[] = [
  ['+', '-', '||'],
  ['*', '/', '%'],
  ['??'],
  ['|'],
  ['&'],
  ['^'],
];

/** Whether a part stands on the left of an operator of its own precedence, as `a + b` does in `a + b + c`. */
export function continuesChain(whole: Expression, part: Expression): boolean {
  if (whole.kind !== 'binary' || part.kind !== 'binary' || whole.left !== part) return false;
  return chains.some(chain => chain.includes(whole.operator) && chain.includes(part.operator));
}

/** Whether a query nested in the expression stands anywhere. */
export function hasSubquery(expression: Expression): boolean {
  return (
    ['exists', 'arrayOf', 'scalar'].includes(expression.kind) || childrenOf(expression).some(hasSubquery)
  );
}

/** Whether an expression has the same value for every document: it names none of its properties. */
export function isConstant(expression: Expression): boolean {
  return expression.kind !== 'name' && !hasSubquery(expression) && childrenOf(expression).every(isConstant);
}

/** Where a property path stands. */
export function spanOfPath(expression: Expression): Span {
  if (expression.kind === 'name') return expression.span;
  if (expression.kind !== 'member') return { start: 0, end: 0 };
  const { start, end } = spanOfPath(expression.of);
  return { start, end: expression.end ?? end };
}

type Call = Extract<Expression, { kind: 'call' }>;

/** The aggregate functions of an expression (outside of sub-queries), the outermost ones. */
export function aggregatesIn(expression: Expression): readonly Call[] {
  if (expression.kind === 'call' && aggregateNames.has(expression.name)) return [expression];
  return childrenOf(expression).flatMap(aggregatesIn);
}

/** Whether an aggregate function stands anywhere in the expression (outside of sub-queries). */
export function hasAggregate(expression: Expression): boolean {
  return aggregatesIn(expression).length > 0;
}

/** The expressions that a SELECT clause computes. */
export function selected(select: Select): readonly Expression[] {
  if (select.kind === 'value') return [select.expression];
  return select.kind === 'list' ? select.items.map(item => item.expression) : [];
}

/** The names under which the items of a SELECT list appear: the alias, the last property, or `$1`, `$2` for the unnamed ones. */
export function namedItems(
  items: readonly SelectItem[],
): readonly { readonly key: string; readonly value: Expression }[] {
  let unnamed = 0;
  return items.map(({ alias, expression }) => {
    return { key: alias ?? propertyName(expression) ?? `$${++unnamed}`, value: expression };
  });
}

function propertyName(expression: Expression): string | undefined {
  if (expression.kind === 'name') return expression.name;
  if (expression.kind !== 'member' || expression.key.kind !== 'literal') return undefined;
  return typeof expression.key.value === 'string' ? expression.key.value : undefined;
}

/** The property path of an expression such as `c.a["b"]`, with the name it starts at; undefined for anything else. */
export function pathOf(
  expression: Expression,
): { readonly root: string; readonly path: readonly (string | number)[] } | undefined {
  if (expression.kind === 'name') return { root: expression.name, path: [] };
  if (expression.kind !== 'member' || expression.key.kind !== 'literal') return undefined;
  const outer = pathOf(expression.of);
  const key = expression.key.value;
  if (outer === undefined || (typeof key !== 'string' && typeof key !== 'number')) return undefined;
  return { root: outer.root, path: [...outer.path, key] };
}
