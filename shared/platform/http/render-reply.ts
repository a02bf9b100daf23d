import { codingFor, encode } from './coding.ts';
import { conditional } from './conditional.ts';
import type { ApiReply, ReplyCookie } from './endpoint.ts';
import { FixedText } from './fixed-text.ts';
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
  const encoded = compressed(wire, answer.headers, answer.body, reply.body);
  watch.lap('compression');
  return { status: answer.status, ...encoded, cookies: reply.cookies ?? [] };
}

function bodyOf(reply: ApiReply): Uint8Array | string | undefined {
  if (reply.body === undefined) return undefined;
  if (reply.body instanceof FixedText) return reply.body.text;
  const isJson = (reply.headers['content-type'] ?? 'application/json').includes('json');
  if (reply.body instanceof Uint8Array) return reply.body;
  return isJson && typeof reply.body !== 'string' ? JSON.stringify(reply.body) : String(reply.body);
}

function compressed(
  wire: WireRequest,
  headers: Readonly<Record<string, string>>,
  body: Uint8Array | string | undefined,
  source: unknown,
): { headers: Readonly<Record<string, string>>; body: Uint8Array | string | undefined } {
  const type = headers['content-type'] ?? '';
  if (
    typeof body !== 'string' ||
    body.length < COMPRESS_FROM_BYTES ||
    !/json|text|javascript|xml/.test(type)
  ) {
    return { headers, body };
  }
  const vary = mergeHeaders(headers, { vary: 'Accept-Encoding' });
  const coding = codingFor(wire.header('accept-encoding'));
  if (coding === undefined) return { headers: vary, body };
  return {
    headers: { ...vary, 'content-encoding': coding },
    body: source instanceof FixedText ? source.coded(coding) : encode(body, coding),
  };
}
