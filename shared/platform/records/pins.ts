import type { RecordDocument } from './documents.ts';
import { recordFault } from './faults.ts';
import type { BatchOutcome, PartitionKey, Store, Stored } from './store.ts';

/** Longer than any request lives: what a process left that died is void by then. */
export const HELD_SECONDS = 600;
/** A pin is built on for so long only: it must outlive the commit that names its fence. */
const FRESH_SECONDS = 300;
/** Two operations of a batch each; and all that is read must fit into one answer. */
const MOST_AT_ONCE = 20;

const MOST_TRIES = 3;

/** The id of the claim that decides whether a commit which newly refers to others was made. */
const FENCE = 'pin:';

export function isReferenceFence(claim: string): boolean {
  return claim.startsWith(FENCE);
}

/** Says, beside a record, that a commit elsewhere is about to refer to it, and which claim tells whether it did. */
export type PinDocument = {
  readonly id: string;
  readonly tenantId: string;
  readonly scope: string;
  readonly type: 'pin';
  /** The record that is referred to. */
  readonly ix: { readonly target: string };
  readonly user: { readonly scope: string; readonly id: string };
  readonly fence: string;
  readonly ttl: number;
};

/** A record in another scope, and the one that is about to refer to it. */
export type Target = { readonly id: string; readonly scope: string; readonly user: string };

/** What a commit of one scope is about to refer to. One claim, the fence, tells of all of it whether that commit was made. */
export type Pins = {
  readonly fence: string;
  /**
   * Pins records of one scope and reads them, in one transaction: whatever is written to them is seen here, or sees the pins. When one
   * of them is not there, it is named.
   */
  set(
    scope: string,
    targets: readonly Target[],
  ): Promise<{ readonly documents: readonly Stored<RecordDocument>[] } | { readonly missing: string }>;
  /** Whether it was pinned a moment ago, and could be referred to then. */
  has(target: Target): boolean;
};

type Tools = { readonly store: Store; readonly now: () => Date; readonly newKey: () => string };

/** The pins of whatever commit of a scope is the next one. */
export function pinsOfNext(tools: Tools, key: PartitionKey): Pick<Pins, 'set'> & { take(): Pins } {
  let next: Pins | undefined;
  return {
    set: (scope, targets) => {
      next ??= openPins(tools, key);
      return next.set(scope, targets);
    },
    take: () => {
      const taken = next ?? openPins(tools, key);
      next = undefined;
      return taken;
    },
  };
}

/** Pins for one commit of a scope, under a fence of their own. */
function openPins(tools: Tools, [tenantId = '', scope = '']: PartitionKey): Pins {
  const { now, newKey } = tools;
  const fence = `${FENCE}${newKey()}`;
  const since = new Map<string, Date>();
  const pinOf = (there: string, { id, user }: Target): PinDocument => ({
    ...{ id: `${fence}:${newKey()}`, tenantId, scope: there, type: 'pin', ix: { target: id } },
    ...{ user: { scope, id: user }, fence, ttl: HELD_SECONDS },
  });
  return {
    fence,
    set: async (there, targets) => {
      const at = now();
      const documents: Stored<RecordDocument>[] = [];
      for (let start = 0; start < targets.length; start += MOST_AT_ONCE) {
        const some = targets.slice(start, start + MOST_AT_ONCE);
        const outcome = await pinAndRead(tools.store, [tenantId, there], () =>
          some.map(target => pinOf(there, target)),
        );
        if (!outcome.done) return { missing: some[outcome.failedAt - some.length]?.id ?? '' };
        documents.push(...(outcome.items.slice(some.length) as readonly Stored<RecordDocument>[]));
      }
      for (const [index, target] of targets.entries())
        if (mayBeReferredTo(documents[index], at)) since.set(nameOf(target), at);
      return { documents };
    },
    has: target => {
      const at = since.get(nameOf(target));
      return at !== undefined && now().getTime() - at.getTime() < FRESH_SECONDS * 1000;
    },
  };
}

/** One batch that writes pins and reads what they pin. A batch whose answer was lost is sent again and meets its pins: others then. */
async function pinAndRead(
  store: Store,
  key: PartitionKey,
  pinsOf: () => readonly PinDocument[],
): Promise<BatchOutcome> {
  for (let tries = 1; ; tries += 1) {
    const pins = pinsOf();
    const outcome = await store.batch(key, [
      ...pins.map(item => ({ kind: 'create' as const, item })),
      ...pins.map(({ ix }) => ({ kind: 'read' as const, id: ix.target })),
    ]);
    if (outcome.done || outcome.status === 404) return outcome;
    if (tries === MOST_TRIES) throw recordFault('platform.database_unavailable', { status: outcome.status });
  }
}

/** Whether something is there, and nobody is deleting it just now. */
export function mayBeReferredTo(document: RecordDocument | undefined, now: Date): boolean {
  if (document === undefined || document.deleted === true) return false;
  return (document.leavingUntil ?? '') <= now.toISOString();
}

function nameOf({ id, user }: Target): string {
  return `${id} ${user}`;
}
