import type { RpcHttpCookie, RpcHttpData, RpcNullableString, RpcTypedData } from './rpc.ts';

/** One value as the host sends it to a worker (`GrpcMessageConversionExtensions.ToRpc`): only text, bytes and doubles have types of their own. */
export function toRpc(value: string | Uint8Array | object | number | boolean): RpcTypedData {
  if (typeof value === 'string') return { string: value };
  if (value instanceof Uint8Array) return { bytes: value };
  return { json: JSON.stringify(value) };
}

/** Trigger metadata; absent values are left out, as the host leaves out null. */
export function toTriggerMetadata(
  values: Readonly<Record<string, string | Uint8Array | object | number | boolean | undefined>>,
): Record<string, RpcTypedData> {
  const metadata: Record<string, RpcTypedData> = {};
  for (const [name, value] of Object.entries(values)) if (value !== undefined) metadata[name] = toRpc(value);
  return metadata;
}

/** Request headers by lower-case name, repeated ones joined by a comma (`StringValues.ToString`). */
export function joinHeaders(rawHeaders: readonly string[]): Record<string, string> {
  const headers: Record<string, string> = {};
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = (rawHeaders[index] ?? '').toLowerCase();
    const value = rawHeaders[index + 1] ?? '';
    const earlier = headers[name];
    headers[name] = earlier === undefined ? value : `${earlier},${value}`;
  }
  return headers;
}

/**
 * Query parameters by name, decoded, repeated ones joined by a comma (Azure/azure-functions-nodejs-library#168). Names have
 * no case: the first spelling stands.
 */
export function joinQuery(search: string): Record<string, string> {
  const query: Record<string, string> = {};
  if (search === '' || search === '?') return query;
  const spellings = new Map<string, string>();
  for (const [given, value] of new URLSearchParams(search)) {
    const name = spellings.get(given.toLowerCase()) ?? given;
    spellings.set(given.toLowerCase(), name);
    const earlier = query[name];
    query[name] = earlier === undefined ? value : `${earlier},${value}`;
  }
  return query;
}

/** The form of a map whose values may be empty (capability `UseNullableValueDictionaryForHttp`). */
export function toNullable(values: Readonly<Record<string, string>>): Record<string, RpcNullableString> {
  const result: Record<string, RpcNullableString> = {};
  for (const name in values) result[name] = { value: values[name] ?? '' };
  return result;
}

/** The bytes of a response body, whichever form the worker gave it. */
export function toBytes(data: RpcTypedData | undefined | null): Uint8Array {
  if (data === undefined || data === null) return new Uint8Array();
  if (data.bytes !== undefined) return data.bytes;
  return Buffer.from(data.string ?? data.json ?? String(data.int ?? data.double ?? ''));
}

/** Headers of a response as Node takes them, with each cookie as its own `Set-Cookie`. */
export function toResponseHeaders(http: RpcHttpData): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = { ...http.headers };
  const cookies = http.cookies ?? [];
  if (cookies.length > 0) {
    const own = http.headers?.['set-cookie'];
    headers['set-cookie'] = [...(own === undefined ? [] : [own]), ...cookies.map(formatCookie)];
  }
  return headers;
}

const sameSites = { none: undefined, lax: 'lax', strict: 'strict', explicitNone: 'none' } as const;

/** A cookie as ASP.NET Core writes it: value escaped, path `/` unless given, attributes in its order and case. */
export function formatCookie(cookie: RpcHttpCookie): string {
  const parts = [`${escapeCookie(cookie.name ?? '')}=${escapeCookie(cookie.value ?? '')}`];
  const seconds = cookie.expires?.value?.seconds;
  if (seconds !== undefined) parts.push(`expires=${new Date(seconds * 1000).toUTCString()}`);
  const maxAge = cookie.maxAge?.value;
  if (maxAge !== undefined) parts.push(`max-age=${Math.trunc(maxAge)}`);
  if (cookie.domain?.value) parts.push(`domain=${cookie.domain.value}`);
  parts.push(`path=${cookie.path?.value ?? '/'}`);
  if (cookie.secure?.value === true) parts.push('secure');
  const sameSite = sameSites[cookie.sameSite ?? 'none'];
  if (sameSite !== undefined) parts.push(`samesite=${sameSite}`);
  if (cookie.httpOnly?.value === true) parts.push('httponly');
  return parts.join('; ');
}

// Uri.EscapeDataString also escapes what encodeURIComponent leaves.
function escapeCookie(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    character => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
