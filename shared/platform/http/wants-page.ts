import Negotiator from 'negotiator';
import type { Endpoint } from './endpoint.ts';

const PROBLEM = 'application/problem+json';
const PAGE = 'text/html';

/** Whether a refusal of this endpoint is for a person to read: it answers pages, and who asks would rather have one (RFC 9110 section 12.5.1). */
export function wantsPage({ replies }: Pick<Endpoint, 'replies'>, accept: string | undefined): boolean {
  if (!Object.values(replies).some(({ mediaType }) => mediaType === PAGE)) return false;
  return new Negotiator({ headers: { accept } }).mediaType([PROBLEM, 'application/json', PAGE]) === PAGE;
}
