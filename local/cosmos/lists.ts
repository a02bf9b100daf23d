import { metadataCharge } from './charge.ts';
import { badRequest } from './errors.ts';
import type { Call, Reply } from './http.ts';
import { jsonBody, reply } from './http.ts';
import type { Json, JsonObject } from './json.ts';
import { isObject } from './json.ts';
import { parseQuery } from './sql/parse.ts';
import { parametersOf } from './sql/plan.ts';
import { collected, compileQuery, rowsOf } from './sql/run.ts';
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
  const program = compileQuery(parseQuery(text), parametersOf(body['parameters']));
  return withinHalfASecond(() => {
    const rows = all.flatMap(resource => rowsOf(program, resource));
    return program.grouped
      ? collected(program, rows)
      : rows.map(program.project).filter(value => value !== undefined);
  });
}
