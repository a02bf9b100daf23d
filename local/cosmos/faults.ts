import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Occasion } from '../faults/faults.ts';
import type { HttpRefusal } from '../faults/guard.ts';
import { type RuleOf, WrongRule } from '../faults/rule.ts';
import type { Catalog } from './catalog.ts';
import { CosmosFault, usualFault } from './errors.ts';
import { type Call, faultReply, type OperationName, usualHeaders } from './http.ts';
import type { Json } from './json.ts';
import { isObject } from './json.ts';

type Named = { readonly operation: OperationName; readonly container: string | undefined };

/** What a request is to the rules of faults; path and partition key are what `match` looks at. */
export function describe(
  request: IncomingMessage,
  name: (call: Pick<Call, 'method' | 'parts' | 'header'>) => Named,
): Occasion<'cosmos'> | undefined {
  const path = request.url ?? '/';
  const header = (wanted: string): string | undefined => request.headers[wanted]?.toString();
  try {
    const parts = path.split('/').filter(part => part !== '');
    const { operation, container } = name({ method: request.method ?? 'GET', parts, header });
    return {
      operation,
      entity: container,
      target: `${path} ${header('x-ms-documentdb-partitionkey') ?? ''}`,
    };
  } catch (error) {
    // Whatever the service itself refuses, no rule needs to.
    if (error instanceof CosmosFault) return undefined;
    throw error;
  }
}

/** A status that a rule asked for, as the service tells it. */
export function refuse(rule: RuleOf<'status'>, request: IncomingMessage): HttpRefusal {
  const { status, subStatus, retryAfterMs = 10 } = rule;
  const usual = usualFault(status);
  const fault = new CosmosFault(status, usual.message, {
    subStatus: subStatus ?? usual.subStatus,
    headers: status === 429 || status === 449 ? { 'x-ms-retry-after-ms': String(retryAfterMs) } : {},
  });
  const activityId = request.headers['x-ms-activity-id']?.toString() ?? randomUUID();
  const { headers, ...told } = faultReply(fault, activityId);
  return { ...told, headers: { ...usualHeaders(activityId), ...headers } };
}

/** Splits a physical partition in the middle, or at a given place of the hash space. Throws a WrongRule. */
export function splitRange(catalog: Catalog, body: unknown): object {
  const { database, container: id, range: rangeId, middle } = isObject(body as Json) ? Object(body) : {};
  const container = catalog.all().find(one => one.databaseId === database && one.id === id);
  if (container === undefined) throw new WrongRule('container', `'${database}/${id}' does not exist`);
  const range = container.ranges.find(one => one.id === String(rangeId));
  if (range === undefined) throw new WrongRule('range', `'${rangeId}' does not exist`);
  const at = typeof middle === 'string' ? middle : middleOf(range.min, range.max);
  return { ranges: catalog.splitRange(container, range.id, at).ranges };
}

function middleOf(min: string, max: string): string {
  const number = (text: string): number => Number.parseInt(text.padEnd(8, '0').slice(0, 8), 16);
  // Hashes of the second key version begin with 3F at most.
  const half = Math.floor((number(min) + Math.min(number(max), 0x4000_0000)) / 2);
  return half.toString(16).toUpperCase().padStart(8, '0').padEnd(32, '0');
}
