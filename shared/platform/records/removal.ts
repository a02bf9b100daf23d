import { type Caller, secondsAfter, timestamp } from '../../kernel/index.ts';
import { recordFault } from './faults.ts';
import { HELD_SECONDS, type PinDocument } from './pins.ts';
import type { RecordKind } from './record-kind.ts';
import { isUsing } from './references.ts';
import type { Saved } from './saved.ts';
import type { PartitionKey, Store } from './store.ts';
import { type Use, usersOf } from './uses.ts';

type Tools = { readonly store: Store; readonly now: () => Date };

/**
 * Records that are about to be removed, closed to new references and used by nobody; as `pinReferences` says. Throws `in_use`, and
 * `version_stale` when one was changed meanwhile. `reopen` lets others refer to them again when the removal comes to nothing.
 */
export async function closeForRemoval(
  tools: Tools,
  caller: Caller,
  key: PartitionKey,
  records: readonly Saved<unknown>[],
): Promise<{ readonly closed: readonly Saved<unknown>[]; reopen(): Promise<void> }> {
  const closed: Saved<unknown>[] = [];
  const reopen = async (): Promise<void> => {
    await Promise.all(closed.filter(isReferredTo).map(record => mark(tools, key, record, '')));
  };
  try {
    for (const record of records)
      closed.push(isReferredTo(record) ? await close(tools, key, record) : record);
    for (const record of closed.filter(isReferredTo)) {
      const users = await presentUsers(tools.store, caller, key, record);
      if (users.length > 0) throw recordFault('platform.in_use', { id: record.id, users });
    }
  } catch (error) {
    await reopen();
    throw error;
  }
  return { closed, reopen };
}

function isReferredTo({ kind }: Saved<unknown>): boolean {
  return (kind.usedBy ?? []).length > 0;
}

async function close(tools: Tools, key: PartitionKey, record: Saved<unknown>): Promise<Saved<unknown>> {
  const until = timestamp(secondsAfter(tools.now(), HELD_SECONDS));
  const etag = await mark(tools, key, record, until);
  if (etag === undefined) throw recordFault('platform.version_stale', { id: record.id });
  return { ...record, etag };
}

async function mark(
  { store, now }: Tools,
  key: PartitionKey,
  { id, etag }: Saved<unknown>,
  leavingUntil: string,
): Promise<string | undefined> {
  const touch = { kind: 'touch' as const, id, etag, at: timestamp(now()), leavingUntil };
  const outcome = await store.batch(key, [touch]);
  return outcome.done ? outcome.etags[0] : undefined;
}

/** Who uses it by the index, and by the pins of those whom the index may not know yet. */
async function presentUsers(
  store: Store,
  caller: Caller,
  key: PartitionKey,
  { kind, id }: Saved<unknown>,
): Promise<readonly Use[]> {
  const pins = await store.query<PinDocument>(key, {
    text: "SELECT * FROM c WHERE c.type = 'pin' AND c.ix.target = @id",
    parameters: { id },
  });
  const pinning = await Promise.all(pins.map(pin => isUsing(store, caller, kind as RecordKind, pin)));
  const users = await usersOf(store, caller, kind as RecordKind, id);
  const known = new Set(users.map(use => use.kind));
  const late = pinning.flatMap(user => (user === undefined || known.has(user.kind) ? [] : [user.kind]));
  return [...users, ...[...new Set(late)].map(name => ({ kind: name, count: 1, first: [] }))];
}
