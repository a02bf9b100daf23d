import { type Caller, secondsAfter, timestamp } from '../../kernel/index.ts';
import type { CommitRequest } from './commit-request.ts';
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
    await Promise.all(closed.filter(isReferredTo).map(record => mark(tools, key, record, OPEN)));
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
  const leavingUntil = timestamp(secondsAfter(tools.now(), HELD_SECONDS));
  return marked(tools, key, record, { leavingUntil });
}

/**
 * A record whose parts go before it, closed to new references and to changes until it was closed again, or is gone, or ten minutes are
 * over. Throws `version_stale` when it was changed since it was read, and `in_use`.
 */
export async function closeWithParts(
  tools: Tools,
  caller: Caller,
  key: PartitionKey,
  { closedUntil: _until, ...record }: Saved<unknown>,
): Promise<Saved<unknown>> {
  const until = timestamp(secondsAfter(tools.now(), HELD_SECONDS));
  const closed = await marked(tools, key, record, { leavingUntil: until, closedUntil: until });
  const users = isReferredTo(closed) ? await presentUsers(tools.store, caller, key, closed) : [];
  if (users.length === 0) return closed;
  await mark(tools, key, closed, OPEN);
  throw recordFault('platform.in_use', { id: record.id, users });
}

/** Refuses to change a record that is being removed with its parts. It may come to nothing, so who asks may ask again. */
export function assertOpen(now: Date, { update = [], expect = [] }: CommitRequest): void {
  const time = timestamp(now);
  const closed = [...update.map(({ record }) => record), ...expect].find(
    ({ closedUntil = '' }) => closedUntil > time,
  );
  if (closed !== undefined) throw recordFault('platform.busy', { id: closed.id });
}

type Marks = { readonly leavingUntil: string; readonly closedUntil?: string };
const OPEN: Marks = { leavingUntil: '', closedUntil: '' };

async function marked(
  tools: Tools,
  key: PartitionKey,
  record: Saved<unknown>,
  marks: Marks,
): Promise<Saved<unknown>> {
  const etag = await mark(tools, key, record, marks);
  if (etag === undefined) throw recordFault('platform.version_stale', { id: record.id });
  return { ...record, etag };
}

async function mark(
  { store, now }: Tools,
  key: PartitionKey,
  { id, etag }: Saved<unknown>,
  marks: Marks,
): Promise<string | undefined> {
  const touch = { kind: 'touch' as const, id, etag, at: timestamp(now()), ...marks };
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
