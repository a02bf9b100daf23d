import { createHash } from 'node:crypto';
import type { WireRequest } from './wire.ts';

type Body = Uint8Array | string | undefined;
type Sendable = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Body;
};

/** What a 304 repeats of the headers that the 200 would have (RFC 9110 section 15.4.5), and ours. */
const DROPPED = ['content-type', 'content-language', 'content-disposition'];

/**
 * Answers 304 without a body when the client has what it asks for (`If-None-Match`, RFC 9110 section 13.1.2).
 * JSON without a version of its own gets a weak ETag from its content, so that unchanged lists cost no bytes.
 */
export function conditional(wire: WireRequest, reply: Sendable): Sendable {
  if (reply.status !== 200 || (wire.method !== 'GET' && wire.method !== 'HEAD')) return reply;
  const etag = reply.headers['etag'] ?? weakTag(reply);
  if (etag === undefined) return reply;
  const headers = { ...reply.headers, etag };
  if (!matches(wire.header('if-none-match'), etag)) return { ...reply, headers };
  const kept = Object.entries(headers).filter(([name]) => !DROPPED.includes(name));
  return { status: 304, headers: Object.fromEntries(kept), body: undefined };
}

function weakTag({ headers, body }: Sendable): string | undefined {
  if (typeof body !== 'string' || headers['content-type']?.includes('json') !== true) return undefined;
  return `W/"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`;
}

/** Weak comparison: for a read it does not matter whether a tag is weak. */
function matches(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  if (header.trim() === '*') return true;
  const opaque = (tag: string): string => tag.trim().replace(/^W\//, '');
  return (header.match(/(?:W\/)?"[^"]*"/g) ?? []).some(tag => opaque(tag) === opaque(etag));
}
