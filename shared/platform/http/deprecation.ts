import type { Endpoint } from './endpoint.ts';

/** `Deprecation` (RFC 9745), `Sunset` (RFC 8594) and where to go instead, for an operation that will end. */
export function deprecationHeaders({
  deprecated,
}: Pick<Endpoint, 'deprecated'>): Readonly<Record<string, string>> {
  if (deprecated === undefined) return {};
  const { since, sunset, successor } = deprecated;
  return {
    deprecation: `@${Date.parse(since) / 1000}`,
    sunset: new Date(sunset).toUTCString(),
    ...(successor === undefined ? {} : { link: `<${successor}>; rel="successor-version"` }),
  };
}
