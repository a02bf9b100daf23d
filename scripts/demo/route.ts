import { Agent } from 'node:http';
import { Agent as SecureAgent } from 'node:https';
import type { LookupFunction } from 'node:net';

const plain = new Agent({ keepAlive: true, maxSockets: 64 });
const secure = new SecureAgent({ keepAlive: true, maxSockets: 64 });

/** The connections that calls of this address share. */
export function agentOf(url: URL): Agent {
  return url.protocol === 'https:' ? secure : plain;
}

/** Whether an address is on this machine by its name (RFC 6761). */
export function isLocal(url: URL): boolean {
  return url.hostname === 'localhost' || url.hostname.endsWith('.localhost');
}

/** `*.localhost` is this machine, whatever the resolver says; every other name is resolved as usual. */
export function lookupOf(url: URL): { readonly lookup?: LookupFunction } {
  return isLocal(url) ? { lookup: toThisMachine } : {};
}

const toThisMachine: LookupFunction = (_host, options, answer) =>
  options.all === true ? answer(null, [{ address: '127.0.0.1', family: 4 }]) : answer(null, '127.0.0.1', 4);
