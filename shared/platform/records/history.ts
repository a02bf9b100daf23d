import { type Caller, may } from '../../kernel/index.ts';
import type { Keyring } from '../keys/index.ts';
import { type AsFound, changeAsFound } from './change-as-found.ts';
import { readChanges } from './changes.ts';
import { cursorKeyOf, openCursor, sealCursor } from './cursor.ts';
import type { ChangeDocument, Touch } from './documents.ts';
import { pastViewOf } from './erased-past.ts';
import type { RecordKind } from './record-kind.ts';
import type { Saved } from './saved.ts';
import { freshOpenerOf } from './sealing.ts';
import type { PartitionKey, Store } from './store.ts';

/** One commit as history shows it. */
export type HistoryEntry = {
  readonly id: string;
  readonly time: string;
  readonly action: string;
  readonly by: ChangeDocument['by'];
  readonly reason: string | null;
  readonly requestId: string;
  readonly address: string | null;
  readonly hash: string;
  readonly records: readonly {
    readonly id: string;
    readonly kind: string;
    readonly version: number;
    readonly patch: readonly unknown[];
    /** What was changed is not shown: whoever asks may not read records of this kind. */
    readonly withheld?: true;
  }[];
  /** What of it is left out, by name: it was altered past the service. */
  readonly unreadable?: readonly string[];
};

export type HistoryQuery = {
  readonly order: 'oldest' | 'newest';
  readonly limit: number;
  readonly cursor?: string | undefined;
};
export type HistoryPage = { readonly items: readonly HistoryEntry[]; readonly next: string | undefined };

type Tools = {
  readonly store: Store;
  readonly archive: Store;
  readonly keyring: Keyring;
  readonly kinds?: readonly RecordKind[];
};

/**
 * One page of what happened to a record; to everything in its scope when it is the scope's root. Of other records than the one
 * that is asked for, what was changed is told to who may read their kind.
 */
export async function historyPage(
  tools: Tools,
  caller: Caller,
  key: PartitionKey,
  record: Pick<Saved<unknown>, 'id' | 'kind' | 'data'>,
  { order, limit, cursor }: HistoryQuery,
): Promise<HistoryPage> {
  const binding = [caller.tenant, 'history', record.id, order];
  const [after] =
    cursor === undefined ? [] : await openCursor(cursorKeyOf(tools.keyring, caller.tenant), binding, cursor);
  const touching = record.kind.home === 'own' ? undefined : record.id;
  const rows = await readChanges(tools, key, { touching, order, after, limit: limit + 1 });
  const page = rows.slice(0, limit);
  const last = rows.length > limit ? page.at(-1) : undefined;
  const shows = (touch: Touch): boolean => {
    if (touch.id === record.id) return true;
    const kind = tools.kinds?.find(({ name }) => name === touch.kind);
    return kind !== undefined && may(caller, kind.readPermission);
  };
  const opener = freshOpenerOf(tools.keyring, caller.tenant);
  const [past, changes] = await Promise.all([
    pastViewOf(opener, record),
    opener.changes(page.map(changeAsFound)),
  ]);
  const patchOf = ({ id, forward }: Touch): Touch['forward'] =>
    id === record.id ? past.steps(forward) : forward;
  return {
    items: changes.map(change => entryOf(change, touch => (shows(touch) ? patchOf(touch) : undefined))),
    next:
      last === undefined
        ? undefined
        : await sealCursor(cursorKeyOf(tools.keyring, caller.tenant), binding, [last.at]),
  };
}

function entryOf(
  change: AsFound<ChangeDocument>,
  patchOf: (touch: Touch) => Touch['forward'] | undefined,
): HistoryEntry {
  const { id, time, action, by, reason, requestId, address, hash, unreadable } = change;
  const records = change.touches.map(touch => {
    const patch = patchOf(touch);
    return {
      ...{ id: touch.id, kind: touch.kind, version: touch.version },
      ...(patch === undefined ? { patch: [], withheld: true as const } : { patch }),
    };
  });
  return {
    ...{ id, time, action, by, reason, requestId, address, hash, records },
    ...(unreadable === undefined ? {} : { unreadable }),
  };
}
