import { makeApp } from '../../shared/app.ts';
import { parseId } from '../../shared/kernel/index.ts';
import { type Endpoint, fullPath } from '../../shared/platform/http/index.ts';

/** The product's own table, the one that routes are made of. */
export const app = makeApp({ assetsFolder: '', version: 'test' });
export const allEndpoints = app.endpoints;
/** What is served on the hosts of tenants; operators have their own. */
export const endpoints = allEndpoints.filter(
  ({ access, onPlatformHost }) => access !== 'operator' && onPlatformHost !== true,
);

/** Ids by the three letters before them, in the order in which they were met. */
export type IdBook = ReadonlyMap<string, readonly string[]>;

export function bookOf(ids: Iterable<string>): IdBook {
  return Map.groupBy(new Set(ids), id => parseId(id)?.prefix ?? '');
}

/** Every id in a JSON value, also those inside of addresses. */
export function idsIn(value: unknown): readonly string[] {
  const found = JSON.stringify(value ?? null).match(/(?<![a-z0-9_-])[a-z]{3}_[a-z0-9_-]{26,}/g) ?? [];
  return [...new Set(found)].filter(text => parseId(text) !== undefined);
}

/** What stands in paths beside ids of records. */
const PARTS: Readonly<Record<string, string>> = {
  itemId: 'i1',
  file: 'start.js',
  name: 'srf-2026',
  version: '1',
  number: 'NONE',
  code: 'platform.not_found',
};

/** The names in a path that stand for ids of records: `/srfs/:id` has one. */
export function idNames(endpoint: Endpoint): readonly string[] {
  const names = [...endpoint.path.matchAll(/:(\w+)/g)].map(match => match[1] ?? '');
  return names.filter(name => /^id$|Id$/.test(name) && PARTS[name] === undefined);
}

/** The path with its id filled in. */
export function pathWith(endpoint: Endpoint, id: string): string {
  return fullPath(endpoint).replaceAll(/:(\w+)/g, (_whole, name: string) =>
    encodeURIComponent(PARTS[name] ?? id),
  );
}

export function isSecured(endpoint: Endpoint): boolean {
  return typeof endpoint.access === 'object' || endpoint.access === 'operator';
}

/** A list takes a cursor. */
export function isList(endpoint: Endpoint): boolean {
  if (endpoint.method !== 'GET' || endpoint.path.includes(':') || endpoint.query === undefined) return false;
  return 'cursor' in propertiesOf(endpoint.query);
}

/** The members that an object schema of zod declares. */
export function propertiesOf(schema: unknown): Readonly<Record<string, unknown>> {
  const shape = (schema as { shape?: unknown } | undefined)?.shape;
  return typeof shape === 'object' && shape !== null ? { ...shape } : {};
}

/** `customerId` → `cus`: which ids the examples of the table put under which name. */
export const referenceNames: ReadonlyMap<string, string> = new Map(
  endpoints.flatMap(endpoint => references(endpoint.example?.body)),
);

function references(value: unknown): readonly (readonly [string, string])[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) => {
    const prefix = typeof member === 'string' ? parseId(member)?.prefix : undefined;
    return prefix === undefined ? references(member) : [[name, prefix] as const];
  });
}
