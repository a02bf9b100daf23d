import { randomUUID } from 'node:crypto';
import { parseId } from '../../shared/kernel/index.ts';
import type { Endpoint } from '../../shared/platform/http/index.ts';
import type { IdBook } from './table.ts';

/** Nothing listens there; what is posted to it fails at once instead of asking a resolver. */
const NOWHERE = 'http://127.0.0.1:9/hook';

/**
 * The endpoint's example as a tenant can send it: ids are its own newest ones, addresses are unused ones. Undefined when
 * the tenant has no id of a kind that the example needs.
 */
export function exampleBody(endpoint: Endpoint, book: IdBook): unknown {
  let isWhole = true;
  const fill = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(fill);
    if (typeof value === 'object' && value !== null)
      return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, fill(member)]));
    if (typeof value !== 'string') return value;
    const prefix = parseId(value)?.prefix;
    if (prefix === undefined) return fresh(value);
    const own = book.get(prefix)?.at(-1);
    if (own === undefined) isWhole = false;
    return own;
  };
  const body = fill(endpoint.example?.body);
  return isWhole ? body : undefined;
}

function fresh(text: string): string {
  if (/^[^@\s]+@[^@\s]+$/.test(text)) return `${randomUUID()}@hosts.example`;
  if (/^[a-z-]+(\.[a-z-]+)*\.example$/.test(text)) return `${randomUUID()}.hosts.example`;
  if (!/^https?:\/\//.test(text)) return text;
  return URL.parse(text)?.origin === text ? new URL(NOWHERE).origin : NOWHERE;
}
