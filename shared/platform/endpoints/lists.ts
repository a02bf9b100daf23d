import type { ZodType } from 'zod';
import * as z from 'zod';
import { type ApiReply, wholeNumber } from '../http/index.ts';

/** An id in a path. What it is an id of is found out by reading. */
export const Id = z.string().min(1).max(200);
export const itemParams = z.strictObject({ id: Id });

/** Paging of every list: 50 by default, 100 at most. */
export const paging = {
  limit: wholeNumber(1, 100).default(50),
  cursor: z.string().min(1).max(500).optional(),
};

/** The query of a list that is only paged through. */
export const listQuery = z.strictObject({
  ...paging,
  order: z.enum(['newest', 'oldest']).default('newest'),
});

/** What of a change was left out of a reply. */
export const unreadable = z.array(z.string()).optional().meta({
  description:
    'Members that cannot be read: the change was altered past the service, by nobody who had the keys of the tenant. Verification names it.',
});

/** The shape of a page. */
export function pageOf<T extends ZodType>(item: T): ZodType {
  return z.strictObject({ items: z.array(item), next: z.string().nullable() });
}

/** A page as reply, with the way to the next one in `Link` (RFC 8288). */
export function pageReply<Row>(
  url: URL,
  page: { readonly items: readonly Row[]; readonly next: string | undefined },
  view: (row: Row) => unknown,
): ApiReply {
  const body = { items: page.items.map(view), next: page.next ?? null };
  return { status: 200, headers: linkTo(url, page.next), body };
}

function linkTo(url: URL, cursor: string | undefined): Readonly<Record<string, string>> {
  if (cursor === undefined) return {};
  const next = new URLSearchParams(url.searchParams);
  next.set('cursor', cursor);
  return { link: `<${url.pathname}?${next}>; rel="next"` };
}
