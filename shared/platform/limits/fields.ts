import type { Standing } from './limiter.ts';

/** `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers-10), an item for each quota. */
export function rateLimitFields(standings: readonly Standing[]): Readonly<Record<string, string>> {
  if (standings.length === 0) return {};
  const policy = standings.map(({ use }) => `"${use.name}";q=${use.quota};w=${use.seconds}`);
  const state = standings.map(({ use, left, resetSeconds }) => `"${use.name}";r=${left};t=${resetSeconds}`);
  return { 'ratelimit-policy': policy.join(', '), ratelimit: state.join(', ') };
}
