import type { Tenant } from '../tenancy/index.ts';
import type { WireRequest } from './wire.ts';

type Headers = Readonly<Record<string, string>>;

/** What scripts of another origin may read of an answer beside its body. */
const EXPOSED =
  'Content-Language, Deprecation, ETag, Idempotency-Replayed, Link, Location, RateLimit, RateLimit-Policy, Retry-After, Sunset, X-Request-Id';
const ALLOWED =
  'Accept-Language, Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, X-CSRF-Token, X-Request-Id';
const TWO_HOURS = '7200';

/**
 * What lets pages of the tenant's own origins call the API (Fetch standard, CORS protocol). An origin is compared
 * whole; there is no wildcard, since answers carry a user's data. Other origins get no header, and so nothing.
 */
export function corsHeaders(wire: WireRequest, tenant: Tenant | undefined): Headers {
  const origin = wire.header('origin');
  if (origin === undefined) return {};
  if (tenant?.corsOrigins?.includes(origin) !== true) return { vary: 'Origin' };
  return {
    vary: 'Origin',
    'access-control-allow-origin': origin,
    'access-control-allow-credentials': 'true',
    'access-control-expose-headers': EXPOSED,
  };
}

/** The answer to a preflight: what the origin may send, for two hours. */
export function preflightHeaders(wire: WireRequest, allowed: readonly string[]): Headers {
  if (wire.header('access-control-request-method') === undefined) return {};
  return {
    'access-control-allow-methods': allowed.filter(method => method !== 'OPTIONS').join(', '),
    'access-control-allow-headers': ALLOWED,
    'access-control-max-age': TWO_HOURS,
  };
}
