import { request as requestPlain } from 'node:http';
import { request as requestSecure } from 'node:https';
import type { Readable } from 'node:stream';
import { assertReachable, type OutboundRules } from './outbound.ts';

const TIMEOUT_MILLISECONDS = 10_000;
/** Discovery documents, key sets and tokens are far smaller. */
const MOST_BYTES = 262_144;

/**
 * `fetch` to an address that a tenant named: resolved once and checked as webhooks are, redirects not followed, the answer
 * bounded in time and size.
 */
export function guardedFetch(rules: OutboundRules) {
  return async (
    target: string,
    options: {
      readonly method?: string | undefined;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: unknown;
    },
  ): Promise<Response> => {
    const url = new URL(target);
    const { address, family } = await assertReachable(url, rules);
    const request = url.protocol === 'https:' ? requestSecure : requestPlain;
    const body = options.body === undefined || options.body === null ? undefined : String(options.body);
    return new Promise((resolve, reject) => {
      const outgoing = request(
        url,
        {
          method: options.method ?? 'GET',
          headers: {
            ...options.headers,
            ...(body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }),
          },
          signal: AbortSignal.timeout(TIMEOUT_MILLISECONDS),
          lookup: (_host, lookup, answer) =>
            lookup.all === true ? answer(null, [{ address, family }]) : answer(null, address, family),
        },
        incoming => {
          bounded(incoming).then(
            bytes =>
              resolve(
                new Response(bytes, {
                  status: incoming.statusCode ?? 502,
                  headers: { 'content-type': incoming.headers['content-type'] ?? '' },
                }),
              ),
            reject,
          );
        },
      );
      outgoing.on('error', reject);
      outgoing.end(body);
    });
  };
}

async function bounded(incoming: Readable): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of incoming) {
    const bytes = Buffer.from(part);
    size += bytes.length;
    if (size > MOST_BYTES) throw new Error('the answer is too large');
    parts.push(bytes);
  }
  return new Uint8Array(Buffer.concat(parts));
}
