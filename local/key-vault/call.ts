import { randomUUID } from 'node:crypto';
import { badParameter, invalidProperty } from './refusals.ts';
import type { Attributes, Page } from './store.ts';

/** A request after authentication: path split, body parsed. */
export type Call = {
  readonly method: string;
  readonly segments: readonly string[];
  readonly query: URLSearchParams;
  readonly body: Readonly<Record<string, unknown>>;
  /** `https://host:port` as the client wrote it, so ids lead back to where it asked. */
  readonly origin: string;
  readonly nowSeconds: number;
};

export type Reply = { readonly status: number; readonly body?: object };

export type WireAttributes = Attributes & {
  readonly recoveryLevel: string;
  readonly recoverableDays: number;
};

/** What every answer carries, whatever it says. */
export function usualHeaders(): Record<string, string> {
  return {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-cache',
    'x-ms-keyvault-service-version': '1.5.0.0',
    'x-ms-request-id': randomUUID(),
  };
}

/** Key Vault's rule for names of secrets and keys. */
const NAME = /^[0-9a-zA-Z-]{1,127}$/;
const DEFAULT_PAGE = 25;
// https://learn.microsoft.com/azure/key-vault/secrets/about-secrets#secret-tags
const MOST_TAGS = 15;

export function checkedName(name: string): string {
  if (!NAME.test(name)) throw badParameter(`The request URI contains an invalid name: ${name}`);
  return name;
}

/** Attributes of a new version, or of an existing one after a change. */
export function mergeAttributes(sent: unknown, old: Attributes | undefined, nowSeconds: number): Attributes {
  if (sent !== undefined && sent !== null && !isRecord(sent)) throw invalidProperty('attributes');
  const given = sent ?? {};
  const { enabled } = given;
  if (enabled !== undefined && enabled !== null && typeof enabled !== 'boolean')
    throw invalidProperty('attributes');
  const nbf = seconds(given['nbf']) ?? old?.nbf;
  const exp = seconds(given['exp']) ?? old?.exp;
  return {
    enabled: typeof enabled === 'boolean' ? enabled : (old?.enabled ?? true),
    ...(nbf === undefined ? {} : { nbf }),
    ...(exp === undefined ? {} : { exp }),
    created: old?.created ?? nowSeconds,
    updated: nowSeconds,
  };
}

/** Tags replace the old ones as a whole; a call that names none leaves them. */
export function mergeTags(
  sent: unknown,
  old?: Readonly<Record<string, string>>,
): { tags?: Readonly<Record<string, string>> } {
  if (sent === undefined || sent === null) return old === undefined ? {} : { tags: old };
  if (!isRecord(sent) || Object.keys(sent).length > MOST_TAGS) throw invalidProperty('tags');
  return { tags: Object.fromEntries(Object.entries(sent).map(([key, value]) => [key, String(value)])) };
}

/** Reads the page that a list call asks for and links to the next one. */
export function listReply<Item>(
  call: Call,
  read: (after: string, limit: number) => Page<Item>,
  toWire: (item: Item) => object,
): Reply {
  const limit = Number(call.query.get('maxresults') ?? DEFAULT_PAGE);
  if (!Number.isInteger(limit) || limit < 1 || limit > DEFAULT_PAGE) {
    throw badParameter(`Property maxresults has invalid value: it must be from 1 to ${DEFAULT_PAGE}.`);
  }
  const { items, next } = read(call.query.get('$skiptoken') ?? '', limit);
  return {
    status: 200,
    body: { value: items.map(toWire), nextLink: next === undefined ? null : nextLink(call, limit, next) },
  };
}

function nextLink(call: Call, limit: number, after: string): string {
  const query = new URLSearchParams({
    'api-version': call.query.get('api-version') ?? '',
    $skiptoken: after,
    maxresults: String(limit),
  });
  return `${call.origin}/${call.segments.join('/')}?${query}`;
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function seconds(value: unknown): number | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'number') throw invalidProperty('attributes');
  return Math.floor(value);
}
