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
 * JSON without a version of its own gets a weak ETag from its content, so that unchanged lists cost no bytes. With one, the
 * ETag is version and content: answers say more than the record, and what they add changes without it.
 */
export function conditional(wire: WireRequest, reply: Sendable): Sendable {
  if (reply.status !== 200 || (wire.method !== 'GET' && wire.method !== 'HEAD')) return reply;
  const etag = tagOf(reply);
  if (etag === undefined) return reply;
  const headers = { ...reply.headers, etag };
  if (!matches(wire.header('if-none-match'), etag)) return { ...reply, headers };
  const kept = Object.entries(headers).filter(([name]) => !DROPPED.includes(name));
  return { status: 304, headers: Object.fromEntries(kept), body: undefined };
}

function tagOf({ headers, body }: Sendable): string | undefined {
  const own = headers['etag'];
  if (typeof body !== 'string' || headers['content-type']?.includes('json') !== true) return own;
  const hash = createHash('sha256').update(body).digest('base64url').slice(0, HASH_LETTERS);
  return own === undefined ? `W/"${hash}"` : own.replace(/^"(\d+)"$/, `"$1.${hash}"`);
}

const HASH_LETTERS = 22;
const VERSION_TAG = new RegExp(`^"(\\d{1,9})(?:\\.[\\w-]{${HASH_LETTERS}})?"$`);

/** The version that an ETag of ours names, with or without the content that was said with it. */
export function versionIn(etag: string): number | undefined {
  const version = VERSION_TAG.exec(etag.trim())?.[1];
  return version === undefined ? undefined : Number(version);
}

/** Weak comparison: for a read it does not matter whether a tag is weak. */
function matches(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  if (header.trim() === '*') return true;
  const opaque = (tag: string): string => tag.trim().replace(/^W\//, '');
  return (header.match(/(?:W\/)?"[^"]*"/g) ?? []).some(tag => opaque(tag) === opaque(etag));
}
