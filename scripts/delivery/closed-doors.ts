import { lookup } from 'node:dns/promises';
import { BlockList, isIPv6 } from 'node:net';
import { type Answer, openClient } from '../demo/client.ts';
import { isLocal } from '../demo/route.ts';
import type { Finding } from './outside-checks.ts';

/** Addresses of networks of one's own (RFC 1918, RFC 4193). */
const ofOurNetwork = new BlockList();
for (const [network, prefix] of [
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
] as const)
  ofOurNetwork.addSubnet(network, prefix);
ofOurNetwork.addSubnet('fc00::', 7, 'ipv6');

/** How Service Bus words that an address is not let in; over HTTP as over AMQP it has no status of its own for that. */
const PREVENTED = /ip has been prevented to connect|public network access/i;

/** An app's own host name, past Front Door, lets nobody in. */
export function direct(host: string): Promise<Finding> {
  return refuses(`direct ${host}`, addressOf(host), '/api/health/live', isForbidden);
}

/**
 * A data service refuses a stranger before it asks who he is. `kind` tells what to ask: Key Vault asks for a token first, so without
 * `vaultToken` (of anybody in the directory) nothing can be said of it.
 */
export function closed(kind: DataKind, host: string, vaultToken?: string): Promise<Finding> {
  const { path, isRefusal } = doors[kind];
  const headers =
    kind === 'vault' && vaultToken !== undefined ? { authorization: `Bearer ${vaultToken}` } : {};
  return refuses(`closed ${kind} ${host}`, addressOf(host), path, isRefusal, headers);
}

const isForbidden = ({ status }: Answer): boolean => status === 403;
const doors = {
  database: { path: '/', isRefusal: isForbidden },
  vault: { path: '/secrets?api-version=7.4&maxresults=1', isRefusal: isForbiddenByNetwork },
  messages: { path: '/', isRefusal: isPrevented },
  blobs: { path: '/artifacts?restype=container&comp=list', isRefusal: isForbidden },
} as const;
export type DataKind = keyof typeof doors;
export const dataKinds = Object.keys(doors) as readonly DataKind[];

/** A vault that is reached refuses a stranger's token with 403, too, but by his roles. */
function isForbiddenByNetwork({ status, bytes }: Answer): boolean {
  return status === 403 && /ForbiddenByConnection|ForbiddenByFirewall/.test(String(bytes));
}

function isPrevented(answer: Answer): boolean {
  return isForbidden(answer) || (answer.status === 401 && PREVENTED.test(String(answer.bytes)));
}

/** Closed is what has no name here, or refuses. Any other failure proves nothing, and so is none of these. */
async function refuses(
  check: string,
  origin: string,
  path: string,
  isRefusal: (answer: Answer) => boolean,
  headers: Readonly<Record<string, string>> = {},
): Promise<Finding> {
  try {
    const inside = await privateAddressOf(new URL(origin));
    if (inside !== undefined)
      return { check: `${check}: not judged, since it is seen from inside, at ${inside}`, problems: [] };
    const answer = await openClient(origin).get(path, headers);
    return { check, problems: isRefusal(answer) ? [] : [`answers ${answer.status} instead of a refusal`] };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    return { check, problems: code === 'ENOTFOUND' ? [] : [`cannot be judged: ${code}`] };
  }
}

async function privateAddressOf(url: URL): Promise<string | undefined> {
  if (isLocal(url) || url.hostname === '127.0.0.1') return undefined;
  const { address } = await lookup(url.hostname);
  return ofOurNetwork.check(address, isIPv6(address) ? 'ipv6' : 'ipv4') ? address : undefined;
}

function addressOf(host: string): string {
  return host.includes('://') ? host : `https://${host}`;
}
