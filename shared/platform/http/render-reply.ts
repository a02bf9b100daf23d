import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { conditional } from './conditional.ts';
import type { ApiReply, ReplyCookie } from './endpoint.ts';
import { mergeHeaders } from './merge-headers.ts';
import type { Stopwatch } from './stopwatch.ts';
import type { WireRequest } from './wire.ts';

export type WireReply = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | string | undefined;
  readonly cookies: readonly ReplyCookie[];
};

/** OWASP REST and HTTP headers sheets; HSTS as `platform.md` says. */
const SECURITY_HEADERS = {
  'strict-transport-security': 'max-age=31536000; includeSubDomains; preload',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-site',
} as const;

const API_POLICY = "default-src 'none'; frame-ancestors 'none'";
/** Below this a compressed answer is hardly smaller. */
const COMPRESS_FROM_BYTES = 1400;

/** The reply as bytes and headers: JSON where the body is data, security headers on everything. */
export function sendable(wire: WireRequest, reply: ApiReply, requestId: string, watch: Stopwatch): WireReply {
  const body = bodyOf(reply);
  const headers: Record<string, string> = {
    ...SECURITY_HEADERS,
    'content-security-policy': API_POLICY,
    'cache-control': 'no-store',
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    ...reply.headers,
    'x-request-id': requestId,
  };
  watch.lap('json');
  const answer = conditional(wire, { status: reply.status, headers, body });
  watch.lap('conditional');
  if (wire.method === 'HEAD') return { ...answer, body: undefined, cookies: [] };
  const encoded = compressed(wire, answer.headers, answer.body);
  watch.lap('compression');
  return { status: answer.status, ...encoded, cookies: reply.cookies ?? [] };
}

function bodyOf(reply: ApiReply): Uint8Array | string | undefined {
  if (reply.body === undefined) return undefined;
  const isJson = (reply.headers['content-type'] ?? 'application/json').includes('json');
  if (reply.body instanceof Uint8Array) return reply.body;
  return isJson && typeof reply.body !== 'string' ? JSON.stringify(reply.body) : String(reply.body);
}

function compressed(
  wire: WireRequest,
  headers: Readonly<Record<string, string>>,
  body: Uint8Array | string | undefined,
): { headers: Readonly<Record<string, string>>; body: Uint8Array | string | undefined } {
  const type = headers['content-type'] ?? '';
  if (
    typeof body !== 'string' ||
    body.length < COMPRESS_FROM_BYTES ||
    !/json|text|javascript|xml/.test(type)
  ) {
    return { headers, body };
  }
  const accepts = wire.header('accept-encoding') ?? '';
  const vary = mergeHeaders(headers, { vary: 'Accept-Encoding' });
  if (/\bbr\b/.test(accepts)) {
    const params = { [constants.BROTLI_PARAM_QUALITY]: 4 };
    return { headers: { ...vary, 'content-encoding': 'br' }, body: brotliCompressSync(body, { params }) };
  }
  if (/\bgzip\b/.test(accepts)) {
    return { headers: { ...vary, 'content-encoding': 'gzip' }, body: gzipSync(body, { level: 5 }) };
  }
  return { headers: vary, body };
}
