import { badParameter } from './refusals.ts';
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

/** Key Vault's rule for names of secrets and keys. */
const NAME = /^[0-9a-zA-Z-]{1,127}$/;
const DEFAULT_PAGE = 25;

export function checkedName(name: string): string {
  if (!NAME.test(name)) throw badParameter(`The request URI contains an invalid name: ${name}`);
  return name;
}

/** Attributes of a new version, or of an existing one after a change. */
export function mergeAttributes(sent: unknown, old: Attributes | undefined, nowSeconds: number): Attributes {
  const given = isRecord(sent) ? sent : {};
  const nbf = seconds(given['nbf']) ?? old?.nbf;
  const exp = seconds(given['exp']) ?? old?.exp;
  return {
    enabled: typeof given['enabled'] === 'boolean' ? given['enabled'] : (old?.enabled ?? true),
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
  if (!isRecord(sent)) throw badParameter('Property tags has invalid value.');
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
  if (typeof value !== 'number') throw badParameter('Property attributes has invalid value.');
  return Math.floor(value);
}
