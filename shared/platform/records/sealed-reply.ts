import type { IdempotencyClaim } from '../../kernel/index.ts';
import { decrypt, encrypt, type Keyring, type PersonKeys } from '../keys/index.ts';
import type { IdempotencyDocument, StoredReply } from './documents.ts';
import { COMMON } from './personal-plan.ts';
import type { PartitionKey, Store } from './store.ts';

type Kept = { readonly fingerprint: string; readonly reply: StoredReply };

/** A request's fingerprint and answer as they are kept for a day: unreadable without the tenant's key. */
export function sealReply(
  keys: PersonKeys,
  key: PartitionKey,
  { entryId, fingerprint }: IdempotencyClaim,
  reply: StoredReply,
): string {
  const common = keys.get(COMMON);
  const bytes = common?.versions.get(common.current);
  if (common == null || bytes === undefined) throw new Error("an answer is kept without the tenant's key");
  const kept: Kept = { fingerprint, reply };
  const { current } = common;
  return `${current}.${encrypt(bytes, contextOf(key, entryId, current), JSON.stringify(kept))}`;
}

type Entry = Pick<IdempotencyDocument, 'id' | 'sealed'>;

/** The same as they were, of each entry. */
export async function openReplies(
  keyring: Pick<Keyring, 'find'>,
  key: PartitionKey,
  entries: readonly Entry[],
): Promise<readonly Kept[]> {
  const newest = Math.max(0, ...entries.map(({ sealed }) => Number(sealed.split('.')[0])));
  const keys = await keyring.find(key[0] ?? '', [COMMON], new Map([[COMMON, newest]]));
  return entries.map(entry => openReply(keys, key, entry));
}

function openReply(keys: PersonKeys, key: PartitionKey, { id, sealed }: Entry): Kept {
  const [version = '', body = ''] = sealed.split('.');
  const bytes = keys.get(COMMON)?.versions.get(Number(version));
  if (bytes === undefined) throw new Error('the key of a kept answer is not there');
  return JSON.parse(decrypt(bytes, contextOf(key, id, Number(version)), body).toString('utf8')) as Kept; // sealed above
}

function contextOf(key: PartitionKey, id: string, version: number): string {
  return JSON.stringify(['reply', ...key, id, version]);
}

export type KeptReply = { readonly id: string; readonly reply: StoredReply };

/** The answers that are kept in a scope for repeated requests, opened. For erasing those that name somebody. */
export async function keptReplies(
  { store, keyring }: { readonly store: Store; readonly keyring: Pick<Keyring, 'find'> },
  tenant: string,
  scope: string,
): Promise<readonly KeptReply[]> {
  const key = [tenant, scope];
  const rows = await store.query<IdempotencyDocument>(key, {
    text: "SELECT * FROM c WHERE c.type = 'idempotency'",
    parameters: {},
  });
  if (rows.length === 0) return [];
  const opened = await openReplies(keyring, key, rows);
  return rows.flatMap(({ id }, index) => {
    const reply = opened[index]?.reply;
    return reply === undefined ? [] : [{ id, reply }];
  });
}
