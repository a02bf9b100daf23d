import Negotiator from 'negotiator';
import type { Endpoint } from './endpoint.ts';

const PROBLEM = 'application/problem+json';
const PAGE = 'text/html';

/**
 * Whether a refusal of this endpoint is for a person to read: browsers come by, since it answers pages or leads on to another address, and
 * who asks would rather have a page (RFC 9110 section 12.5.1).
 */
export function wantsPage({ replies }: Pick<Endpoint, 'replies'>, accept: string | undefined): boolean {
  const isBrowsed = 303 in replies || Object.values(replies).some(({ mediaType }) => mediaType === PAGE);
  if (!isBrowsed) return false;
  return new Negotiator({ headers: { accept } }).mediaType([PROBLEM, 'application/json', PAGE]) === PAGE;
}
