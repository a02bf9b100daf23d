import { badRequest } from './errors.ts';
import type { Call, Reply } from './http.ts';
import { jsonBody, reply } from './http.ts';
import { isObject } from './json.ts';
import type { Service } from './service.ts';

/**
 * `/_faults`: GET lists the rules, POST adds one, DELETE ends them all. `/_faults/split` (POST `database`, `container`,
 * `range`, `middle`) splits a physical partition. Not a part of the service: for tests.
 */
export function faultsHandler(service: Service, call: Call): Reply {
  if (call.parts[1] === 'split') return splitHandler(service, call);
  if (call.method === 'POST') {
    const rule = service.faults.add(jsonBody(call));
    service.items.keepHistory = service.faults.keepsHistory();
    return reply(201, JSON.stringify(rule));
  }
  if (call.method === 'DELETE') {
    service.faults.clear();
    service.items.keepHistory = false;
    for (const container of service.catalog.all())
      service.items.forgetHistory(container, Number.MAX_SAFE_INTEGER);
    return reply(204, '');
  }
  return reply(200, JSON.stringify({ rules: service.faults.list() }));
}

function splitHandler(service: Service, call: Call): Reply {
  const body = jsonBody(call);
  if (!isObject(body)) throw badRequest('A split is a JSON object.');
  const container = service.catalog.container(String(body['database']), String(body['container']));
  const range = container.ranges.find(one => one.id === String(body['range']));
  if (range === undefined) throw badRequest('No such range.');
  const middle = typeof body['middle'] === 'string' ? body['middle'] : middleOf(range.min, range.max);
  const split = service.catalog.splitRange(container, range.id, middle);
  return reply(200, JSON.stringify({ ranges: split.ranges }));
}

function middleOf(min: string, max: string): string {
  const number = (text: string): number => Number.parseInt(text.padEnd(8, '0').slice(0, 8), 16);
  // Hashes of the second key version begin with 3F at most.
  const half = Math.floor((number(min) + Math.min(number(max), 0x4000_0000)) / 2);
  return half.toString(16).toUpperCase().padStart(8, '0').padEnd(32, '0');
}
