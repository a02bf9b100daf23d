/**
 * Loaded before the api (`--import`), so that the SDK itself is watched: every request to Cosmos with its begin and
 * end. The parent asks for them with the message `take`.
 */
import { subscribe } from 'node:diagnostics_channel';
import type { ClientRequest } from 'node:http';
import type { WireRequest, WireRequestKind } from './metered-api.ts';

const open = new Map<ClientRequest, WireRequest>();
let seen: WireRequest[] = [];

subscribe('http.client.request.start', message => {
  const { request } = message as { request: ClientRequest }; // documented in node:diagnostics_channel
  if (!request.path.startsWith('/dbs/')) return;
  if (isFollowing(request)) return;
  const entry = { kind: kindOf(request), startedAt: performance.now(), endedAt: Number.POSITIVE_INFINITY };
  open.set(request, entry);
  seen.push(entry);
});

subscribe('http.client.response.finish', message => {
  const { request } = message as { request: ClientRequest };
  const entry = open.get(request);
  open.delete(request);
  if (entry !== undefined) Object.assign(entry, { endedAt: performance.now() });
});

process.on('message', message => {
  if (message !== 'take') return;
  process.send?.(seen);
  seen = [];
});

/** The change feed of container `tenants` is followed by the clock, whoever asks or not; requests read its items alone. */
function isFollowing(request: ClientRequest): boolean {
  return request.getHeader('a-im') !== undefined || /\/colls\/tenants(\/pkranges)?$/.test(request.path);
}

function kindOf(request: ClientRequest): WireRequestKind {
  const has = (header: string): boolean => request.getHeader(header) !== undefined;
  if (has('x-ms-cosmos-is-query-plan-request')) return 'plan';
  if (has('x-ms-documentdb-isquery')) return 'query';
  if (!/\/docs(\/|$)/.test(request.path)) return 'metadata';
  return request.method === 'GET' ? 'read' : 'write';
}
