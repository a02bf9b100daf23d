import { badRequest } from '../errors.ts';
import type { Json, Value } from '../json.ts';
import { isArray } from '../json.ts';
import type { Accumulator } from './aggregate.ts';
import { accumulator } from './aggregate.ts';
import type { Expression, Query, Source } from './ast.ts';
import { hasAggregate, namedItems, pathOf, selected } from './ast.ts';
import type { AggregateCall, Evaluator, Names, Scope } from './evaluate.ts';
import { compile } from './evaluate.ts';
import { checkGroups } from './group-rules.ts';
import { queryFault } from './lexer.ts';
import { canonical } from './values.ts';

export type Parameters = ReadonlyMap<string, Json>;

/** Takes rows one by one and keeps only what their groups need. */
export type Collector = { readonly add: (row: Names) => void; readonly results: () => readonly Json[] };

/** A query made ready to run over documents one by one. */
export type Program = {
  /** The rows that a document gives before WHERE, one by one: one, or one per combination of joined elements. */
  readonly rows: (document: Json) => Iterable<Names>;
  /** Whether WHERE lets a row through. */
  readonly passes: (row: Names) => boolean;
  readonly grouped: boolean;
  /** Starts to collect rows, for queries that aggregate or group. */
  readonly collect: () => Collector;
  /** The result of one row; undefined is left out of the results. */
  readonly project: (row: Names) => Value;
  readonly distinct: boolean;
  readonly top: number | undefined;
  readonly offset: number;
  readonly limit: number | undefined;
};

/**
 * Compiles a query whose first source is the container. Faults (400) point at what cannot be resolved. `step` is called for every
 * row that is made or tested, also inside of sub-queries, and may end the work by throwing.
 */
export function compileQuery(query: Query, parameters: Parameters, step = (): void => undefined): Program {
  const names = new Set<string>();
  return prepare(query, { parameters, names, aggregates: [], container: true, step, subquery: nested });
}

/** The rows of a document that WHERE lets through. */
export function rowsOf(program: Program, document: Json): readonly Names[] {
  return [...program.rows(document)].filter(program.passes);
}

function nested(query: Query, scope: Scope): (names: Names, document: Json) => readonly Json[] {
  const program = prepare(query, scope);
  return (names, document) => finish(program, [...program.rows(document, names)].filter(program.passes));
}

// https://learn.microsoft.com/azure/cosmos-db/concepts-limits#sql-query-limits
const mostJoins = 10;

type Prepared = Program & { readonly rows: (document: Json, outer?: Names) => Iterable<Names> };

function prepare(query: Query, outer: Scope): Prepared {
  checkGroups(query);
  if (query.sources.length > mostJoins + 1)
    throw badRequest(`Message: {"Errors":["The query exceeded the maximum number of joins: ${mostJoins}."]}`);
  const aggregates: AggregateCall[] = [];
  let scope: Scope = { ...outer, aggregates };
  const steps: Step[] = [];
  for (const [at, source] of query.sources.entries()) {
    if (source.alias !== '' && query.sources.findIndex(one => one.alias === source.alias) < at) {
      const message = `The input alias '${source.alias}' is specified more than once in the FROM clause.`;
      throw queryFault('SC2011', message, source.span);
    }
    steps.push(sourceStep(source, scope, at === 0));
    scope = { ...scope, names: new Set([...scope.names, source.alias]) };
  }
  const where = query.where === undefined ? undefined : compile(query.where, scope);
  const grouped = query.groupBy.length > 0 || selected(query.select).some(hasAggregate);
  const project = compileSelect(query, scope);
  for (const item of query.orderBy) compile(item.expression, { ...scope, aggregates: [] });
  const keys = query.groupBy.map(key => compile(key, scope));
  return {
    rows: (document: Json, names: Names = {}) => combined(steps, names, document),
    passes: row => {
      scope.step();
      return where === undefined || where(row, []) === true;
    },
    grouped,
    collect: () => collector(keys, aggregates, project),
    project: row => project(row, []),
    distinct: query.distinct,
    top: count(query.top, scope),
    offset: count(query.offset, scope) ?? 0,
    limit: count(query.limit, scope),
  };
}

function count(expression: Expression | undefined, scope: Scope): number | undefined {
  if (expression === undefined) return undefined;
  const value = compile(expression, scope)({}, []);
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0) return value;
  throw queryFault('SC2062', 'A TOP, OFFSET or LIMIT count must be a non-negative integer.', {
    start: 0,
    end: 0,
  });
}

type Step = (row: Names, document: Json) => readonly Names[];

/** All combinations, one after the other: there may be more of them than memory holds. */
function combined(steps: readonly Step[], row: Names, document: Json): Iterable<Names> {
  const [first, ...rest] = steps;
  if (first === undefined) return [row];
  return rest.length === 0 ? first(row, document) : continued(first(row, document), rest, document);
}

function* continued(rows: readonly Names[], rest: readonly Step[], document: Json): Iterable<Names> {
  for (const row of rows) yield* combined(rest, row, document);
}

function sourceStep(source: Source, scope: Scope, first: boolean): Step {
  const { alias, bind } = source;
  const named = (row: Names, value: Value): Names => {
    scope.step();
    return { ...row, [alias]: value };
  };
  const spread = (row: Names, value: Value): readonly Names[] => {
    if (bind === 'each') return isArray(value) ? value.map(element => named(row, element)) : [];
    return value === undefined ? [] : [named(row, value)];
  };
  if (source.from.kind === 'query') {
    const results = scope.subquery(source.from.query, { ...scope, container: first && scope.container });
    if (bind === 'item') return (row, document) => results(row, document).map(value => named(row, value));
    return (row, document) => results(row, document).flatMap(value => spread(row, value));
  }
  const root = pathOf(source.from)?.root ?? '';
  // The first source names the container by any name that is not in scope already.
  if (!first || !scope.container || scope.names.has(root)) {
    const value = compile(source.from, scope);
    return row => spread(row, value(row, []));
  }
  const value = compile(source.from, { ...scope, names: new Set([...scope.names, root]) });
  return (row, document) => spread(row, value({ ...row, [root]: document }, []));
}

function compileSelect(query: Query, scope: Scope): Evaluator {
  const { select } = query;
  if (select.kind === 'value') return compile(select.expression, scope);
  if (select.kind === 'all') {
    const only = query.sources[0];
    if (only === undefined || query.sources.length > 1) {
      const message =
        only === undefined
          ? "'SELECT *' is not valid if FROM clause is omitted."
          : "'SELECT *' is only valid with a single input set.";
      throw queryFault(only === undefined ? 'SC2040' : 'SC2041', message, select.span);
    }
    return names => names[only.alias];
  }
  return compile({ kind: 'object', entries: namedItems(select.items) }, scope);
}

type Group = { readonly first: Names; readonly totals: readonly Accumulator[] };

function collector(
  keys: readonly Evaluator[],
  aggregates: readonly AggregateCall[],
  project: Evaluator,
): Collector {
  const groups = new Map<string, Group>();
  const open = (key: string, first: Names): Group => {
    const group = { first, totals: aggregates.map(call => accumulator(call.name)) };
    groups.set(key, group);
    return group;
  };
  // Without GROUP BY there is one group, even of no rows.
  if (keys.length === 0) open('', {});
  return {
    add: row => {
      const key = keys.map(compute => canonical(compute(row, []))).join('\u0000');
      const group = groups.get(key) ?? open(key, row);
      for (const [at, call] of aggregates.entries()) group.totals[at]?.add(call.of(row, []));
    },
    results: () =>
      [...groups.values()]
        .map(group =>
          project(
            group.first,
            group.totals.map(total => total.result()),
          ),
        )
        .filter(value => value !== undefined),
  };
}

/** The results of rows that WHERE let through: grouped, or one by one, and each only once when they are to be distinct. */
export function finish(program: Program, rows: readonly Names[]): readonly Json[] {
  const results = program.grouped
    ? collected(program, rows)
    : rows.map(program.project).filter(value => value !== undefined);
  return program.distinct ? [...new Map(results.map(value => [canonical(value), value])).values()] : results;
}

function collected(program: Program, rows: readonly Names[]): readonly Json[] {
  const collecting = program.collect();
  for (const row of rows) collecting.add(row);
  return collecting.results();
}
