import { timingSafeEqual } from 'node:crypto';
import type { IdentityKeys } from '../identity/index.ts';
import type { ReplyCookie } from './endpoint.ts';
import { httpFault } from './faults.ts';
import type { WireRequest } from './wire.ts';

/**
 * Browsers may carry tokens in cookies (RFC 6265bis): `__Host-` binds a cookie to this very host; the refresh token is
 * sent to the login endpoints alone, and a cookie with a path cannot be `__Host-`.
 */
export const ACCESS_COOKIE = '__Host-touchstone';
export const REFRESH_COOKIE = '__Secure-touchstone-refresh';
export const CSRF_COOKIE = '__Host-touchstone-csrf';
const REFRESH_PATH = '/api/v1/auth';
const CSRF_HEADER = 'x-csrf-token';
const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * The cookies of a request by name; the first one of a name counts. Only semicolons part them (RFC 6265bis section 4.2.1): a comma is
 * part of a value, which another site's page on a sibling host may have chosen.
 */
export function cookieOf(header: string | undefined, name: string): string | undefined {
  for (const part of (header ?? '').split(';')) {
    const at = part.indexOf('=');
    if (at > 0 && part.slice(0, at).trim() === name) return part.slice(at + 1).trim();
  }
  return undefined;
}

/** The cookies that carry a session; without tokens, those that take them away. */
export function sessionCookies(
  session:
    | {
        readonly access: string;
        readonly accessSeconds: number;
        readonly refresh: string;
        readonly refreshSeconds: number;
        readonly csrf: string;
      }
    | undefined,
): readonly ReplyCookie[] {
  const { access = '', accessSeconds = 0, refresh = '', refreshSeconds = 0, csrf = '' } = session ?? {};
  return [
    { name: ACCESS_COOKIE, value: access, path: '/', maxAgeSeconds: accessSeconds, httpOnly: true },
    {
      name: REFRESH_COOKIE,
      value: refresh,
      path: REFRESH_PATH,
      maxAgeSeconds: refreshSeconds,
      httpOnly: true,
    },
    { name: CSRF_COOKIE, value: csrf, path: '/', maxAgeSeconds: refreshSeconds, httpOnly: false },
  ];
}

/** A token for the header of unsafe requests, bound to the session (OWASP: signed double submit). */
export async function makeCsrfToken(
  keys: IdentityKeys,
  tenant: string,
  session: string,
  random: Uint8Array,
): Promise<string> {
  const nonce = Buffer.from(random).toString('base64url');
  return `${nonce}.${await csrfMark(keys, tenant, session, nonce)}`;
}

/** Refuses an unsafe request that a cookie carries, unless its header repeats the session's own CSRF token. */
export async function assertCsrf(
  keys: IdentityKeys,
  tenant: string,
  session: string,
  wire: Pick<WireRequest, 'method' | 'header'>,
): Promise<void> {
  if (SAFE_METHODS.has(wire.method)) return;
  const sent = wire.header(CSRF_HEADER) ?? '';
  const [nonce = '', mark = ''] = sent.split('.');
  const expected = Buffer.from(await csrfMark(keys, tenant, session, nonce));
  const given = Buffer.from(mark);
  const isOurs = given.length === expected.length && timingSafeEqual(given, expected);
  if (!isOurs || cookieOf(wire.header('cookie'), CSRF_COOKIE) !== sent)
    throw httpFault('platform.csrf_invalid');
}

async function csrfMark(keys: IdentityKeys, tenant: string, session: string, nonce: string): Promise<string> {
  return (await keys.mark('csrf', tenant, `${session}.${nonce}`)).toString('base64url');
}
