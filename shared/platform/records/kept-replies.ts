import type { Caller } from '../../kernel/index.ts';
import type { Keyring } from '../keys/index.ts';
import type { IdempotencyDocument, StoredReply } from './documents.ts';
import { recordFault } from './faults.ts';
import { idempotencyEntry } from './idempotency-entry.ts';
import { COMMON } from './personal-plan.ts';
import { openReplies } from './sealed-reply.ts';
import type { PartitionKey, Store } from './store.ts';

type Tools = { readonly store: Store; readonly keyring: Keyring };

/** Thrown when the request was already carried out under the same Idempotency-Key: here is its answer. */
export class RepeatedRequest extends Error {
  override readonly name = 'RepeatedRequest';
  readonly reply: StoredReply;
  constructor(reply: StoredReply) {
    super('repeated request');
    this.reply = reply;
  }
}

/** The stored answer of the request under way. Another request under the same key is `platform.idempotency_key_reused`. */
export async function readRepeated(
  { store, keyring }: Tools,
  key: PartitionKey,
  caller: Caller,
): Promise<StoredReply | undefined> {
  const claim = caller.idempotency;
  if (claim === undefined) return undefined;
  const entry = await store.read<IdempotencyDocument>(key, claim.entryId);
  if (entry === undefined) return undefined;
  const [kept] = await openReplies(keyring, key, [entry]);
  if (kept?.fingerprint !== claim.fingerprint) throw recordFault('platform.idempotency_key_reused');
  return kept.reply;
}

/** Answers that stand with their commit. */
const kept = new WeakSet<StoredReply>();

export function noteKept(reply: StoredReply): void {
  kept.add(reply);
}

/** Whether a commit has stored this very answer under the request's Idempotency-Key. */
export function isKept(reply: StoredReply): boolean {
  return kept.has(reply);
}

/** Stores the answer of a request that had nothing to commit; the first one to do so is right. */
export async function keepReply(
  tools: Tools,
  key: PartitionKey,
  caller: Caller,
  reply: StoredReply,
): Promise<StoredReply> {
  if (caller.idempotency === undefined) return reply;
  const keys = await tools.keyring.ensure(caller.tenant, [COMMON]);
  const entry = idempotencyEntry(keys, caller, key[1] ?? '', reply);
  if (entry === undefined || (await tools.store.create(key, entry)) === 'created') return reply;
  return (await readRepeated(tools, key, caller)) ?? reply;
}
