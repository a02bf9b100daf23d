import type { Caller } from '../../kernel/index.ts';
import type { PersonKeys } from '../keys/index.ts';
import type { IdempotencyDocument, StoredReply } from './documents.ts';
import { sealReply } from './sealed-reply.ts';

const IDEMPOTENCY_TTL_SECONDS = 24 * 60 * 60;

/** What keeps a request's answer for a day; undefined when the request carried no Idempotency-Key. */
export function idempotencyEntry(
  keys: PersonKeys,
  caller: Caller,
  scope: string,
  reply: StoredReply,
): IdempotencyDocument | undefined {
  const claim = caller.idempotency;
  if (claim === undefined) return undefined;
  return {
    id: claim.entryId,
    tenantId: caller.tenant,
    scope,
    type: 'idempotency',
    sealed: sealReply(keys, [caller.tenant, scope], claim, reply),
    ttl: IDEMPOTENCY_TTL_SECONDS,
  };
}
