import { metadataCharge } from './charge.ts';
import { badRequest } from './errors.ts';
import type { Call, Reply } from './http.ts';
import { jsonBody, reply } from './http.ts';
import type { Json, JsonObject } from './json.ts';
import { isObject } from './json.ts';
import type { Query } from './sql/ast.ts';
import type { Names } from './sql/evaluate.ts';
import { parseQuery } from './sql/parse.ts';
import { parametersOf } from './sql/plan.ts';
import type { Parameters } from './sql/run.ts';
import { compileQuery, finish, rowsOf } from './sql/run.ts';
import { compareValues } from './sql/values.ts';
import { withinHalfASecond } from './sql/within.ts';

/** A list of databases, containers or offers, page by page; a POST filters it by a query. */
export function listReply(call: Call, name: string, rid: string, all: readonly JsonObject[]): Reply {
  const found = call.method === 'POST' ? filtered(call, all) : all;
  const asked = Number(call.header('x-ms-max-item-count') ?? -1);
  const start = Number(call.header('x-ms-continuation') ?? 0);
  const end = asked > 0 ? start + asked : found.length;
  const page = found.slice(start, end);
  return reply(200, JSON.stringify({ _rid: rid, [name]: page, _count: page.length }), {
    'x-ms-request-charge': String(metadataCharge('read')),
    'x-ms-item-count': String(page.length),
    ...(end < found.length ? { 'x-ms-continuation': String(end) } : {}),
  });
}

function filtered(call: Call, all: readonly JsonObject[]): readonly Json[] {
  const body = jsonBody(call);
  const text = isObject(body) ? body['query'] : undefined;
  if (!isObject(body) || typeof text !== 'string') throw badRequest("The request body has no 'query'.");
  const query = parseQuery(text);
  const parameters = parametersOf(body['parameters']);
  const program = compileQuery(query, parameters);
  return withinHalfASecond(() => {
    const rows = all.flatMap(resource => rowsOf(program, resource));
    const results = finish(program, sorted(query, parameters, rows));
    const end = program.limit === undefined ? undefined : program.offset + program.limit;
    return results.slice(program.offset, end).slice(0, program.top);
  });
}

function sorted(query: Query, parameters: Parameters, rows: readonly Names[]): readonly Names[] {
  const keys = query.orderBy.map(({ expression, descending }) => {
    const value = compileQuery({ ...query, select: { kind: 'value', expression }, orderBy: [] }, parameters);
    return { compute: value.project, sign: descending ? -1 : 1 };
  });
  const compare = (left: Names, right: Names): number => {
    for (const { compute, sign } of keys) {
      const order = compareValues(compute(left), compute(right)) * sign;
      if (order !== 0) return order;
    }
    return 0;
  };
  return keys.length === 0 ? rows : [...rows].sort(compare);
}
