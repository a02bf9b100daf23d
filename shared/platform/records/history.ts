import { isIntact } from './change.ts';
import type { ChangeDocument } from './documents.ts';
import type { Saved } from './saved.ts';
import type { Scope } from './scope.ts';

/** One commit as history shows it. */
export type HistoryEntry = {
  readonly id: string;
  readonly time: string;
  readonly action: string;
  readonly by: { readonly user: string; readonly name: string };
  readonly reason: string | null;
  readonly requestId: string;
  readonly address: string | null;
  readonly hash: string;
  readonly records: readonly {
    readonly id: string;
    readonly kind: string;
    readonly version: number;
    readonly patch: readonly unknown[];
  }[];
};

/** What happened to a record, oldest first; to everything in its scope when it is the scope's root. */
export async function historyOf(scope: Scope, record: Saved<unknown>): Promise<readonly HistoryEntry[]> {
  const changes = await scope.changes(record.kind.home === 'own' ? undefined : record.id);
  return changes.map(change => ({
    id: change.id,
    time: change.time,
    action: change.action,
    by: change.by,
    reason: change.reason,
    requestId: change.requestId,
    address: change.address,
    hash: change.hash,
    records: change.touches.map(touch => ({
      id: touch.id,
      kind: touch.kind,
      version: touch.version,
      patch: touch.forward,
    })),
  }));
}

export type ChainReport = {
  readonly intact: boolean;
  readonly versions: number;
  /** The first change that does not fit, if one does not. */
  readonly broken: { readonly change: string; readonly why: 'content' | 'order' | 'link' | 'head' } | null;
};

/** Walks a record's changes and checks every hash and link, and that the last one made its present state. */
export async function verifyChain(scope: Scope, record: Saved<unknown>): Promise<ChainReport> {
  const changes = inVersionOrder(await scope.changes(record.id), record.id);
  let previous: string | null = null;
  let version = 0;
  for (const change of changes) {
    const why = flawOf(change, record.id, version + 1, previous);
    if (why !== undefined) return { intact: false, versions: version, broken: { change: change.id, why } };
    previous = change.hash;
    version += 1;
  }
  if (version !== record.version || previous !== record.hash) {
    return { intact: false, versions: version, broken: { change: changes.at(-1)?.id ?? '', why: 'head' } };
  }
  return { intact: true, versions: version, broken: null };
}

/** Clocks of instances differ; versions do not. */
function inVersionOrder(changes: readonly ChangeDocument[], id: string): readonly ChangeDocument[] {
  const versionOf = (change: ChangeDocument): number =>
    change.touches.find(touch => touch.id === id)?.version ?? 0;
  return changes.toSorted((left, right) => versionOf(left) - versionOf(right));
}

function flawOf(
  change: ChangeDocument,
  id: string,
  version: number,
  previous: string | null,
): 'content' | 'order' | 'link' | undefined {
  if (!isIntact(change)) return 'content';
  const touch = change.touches.find(candidate => candidate.id === id);
  if (touch?.version !== version) return 'order';
  return touch.previous === previous ? undefined : 'link';
}
