import * as z from 'zod';
import { type Caller, secondsAfter, type TenantId, tenantId, timestamp } from '../../kernel/index.ts';
import {
  type ChangeDocument,
  type PartitionKey,
  recordFault,
  type Store,
  type Stored,
} from '../records/index.ts';
import { added, type Projection } from './projection.ts';

/** Counters that follow the changes of each tenant, and can be counted anew from them at any time. */
export type Projector = {
  read(caller: Caller, projection: Projection): Promise<Readonly<Record<string, number>>>;
  /** Adds changes that were not added before. For the follower of the change feed. */
  take(changes: readonly ChangeDocument[]): Promise<void>;
  /** Forgets the counters of a tenant and counts all of its changes. */
  rebuild(tenant: TenantId, projection: Projection): Promise<Readonly<Record<string, number>>>;
  /**
   * The same for a job that goes on where it was: one piece of it, done when all are counted. `by` names whoever counts: while one does,
   * another is `platform.busy`.
   */
  rebuildPiece(
    tenant: TenantId,
    projection: Projection,
    by: string,
    at: RebuildPlace,
  ): Promise<{ readonly at: RebuildPlace; readonly done: boolean }>;
};

export type ProjectorTools = {
  /** Container `projections`. */
  readonly store: Store;
  readonly projections: readonly Projection[];
  /** In the order of time; behind the change with this `sort.time`. */
  readonly changesOf: (tenant: TenantId, after: string | undefined) => AsyncIterable<ChangeDocument>;
  readonly now: () => Date;
  readonly newKey: () => string;
  /** How many changes are counted between two places. */
  readonly pieceChanges?: number;
};

type Counters = {
  readonly id: 'counters';
  readonly tenantId: string;
  readonly projection: string;
  readonly counters: Readonly<Record<string, number>>;
  /** Changes that are waiting to be counted anew keep off until then. */
  readonly rebuildingUntil: string | null;
  /** Who counts. */
  readonly rebuildingBy?: string;
};
/** How far counting anew is: behind which change, and what was counted up to there. */
export const RebuildPlace = z.strictObject({
  after: z.string().nullable(),
  counters: z.record(z.string(), z.int()),
});
export type RebuildPlace = z.infer<typeof RebuildPlace>;
/** Nothing is counted. */
export const rebuildFirst: RebuildPlace = { after: null, counters: {} };
/** Says that a change was added; the feed may bring it again for as long as its checkpoint may be lost. */
type Added = {
  readonly id: string;
  readonly tenantId: string;
  readonly projection: string;
  readonly ttl: number;
};

const REMEMBERED_SECONDS = 30 * 24 * 60 * 60;
const REBUILD_SECONDS = 600;
const MOST_TRIES = 20;
/** With the counters themselves well below a batch's 100. */
const MARKS_AT_ONCE = 90;
const PIECE_CHANGES = 5000;

/** Opens the projections over container `projections`. */
export function openProjector(tools: ProjectorTools): Projector {
  return {
    read: async (caller, projection) =>
      (await tools.store.read<Counters>([caller.tenant, projection.name], 'counters'))?.counters ?? {},
    take: async changes => {
      for (const projection of tools.projections)
        for (const change of changes) await takeOne(tools, projection, change);
    },
    rebuild: (tenant, projection) => rebuild(tools, tenant, projection),
    rebuildPiece: (tenant, projection, by, at) => rebuildPiece(tools, tenant, projection, by, at),
  };
}

async function takeOne(tools: ProjectorTools, projection: Projection, change: ChangeDocument): Promise<void> {
  const more = projection.fold(change);
  if (more.size === 0) return;
  const key = [change.tenantId, projection.name];
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const present = await tools.store.read<Counters>(key, 'counters');
    if (isRebuilding(present, tools.now())) throw recordFault('platform.busy');
    if (present !== undefined && present.rebuildingUntil !== null) {
      // Whoever counted died over it, and may have marked what the old counters do not have.
      await rebuild(tools, tenantId(change.tenantId), projection);
      continue;
    }
    const next = countersOf(key, added(present?.counters ?? {}, more), null);
    const outcome = await tools.store.batch(key, [
      { kind: 'create', item: markOf(key, change.id) },
      writeOf(next, present),
    ]);
    // The mark was there: it was added before, together with what it adds.
    if (outcome.done || outcome.failedAt === 0) return;
  }
  throw recordFault('platform.busy');
}

async function rebuild(
  tools: ProjectorTools,
  tenant: TenantId,
  projection: Projection,
): Promise<Readonly<Record<string, number>>> {
  const by = tools.newKey();
  for (let at = rebuildFirst; ; ) {
    const next = await rebuildPiece(tools, tenant, projection, by, at);
    if (next.done) return next.at.counters;
    at = next.at;
  }
}

/**
 * While it counts, the feed's changes wait. What it counted is marked first, so that none of it is added again; it is
 * marked for as long as the feed may bring it again. Whoever finds that others counted in between begins anew.
 */
async function rebuildPiece(
  tools: ProjectorTools,
  tenant: TenantId,
  projection: Projection,
  by: string,
  from: RebuildPlace,
): Promise<{ readonly at: RebuildPlace; readonly done: boolean }> {
  const key = [tenant, projection.name];
  const isMine = await lock(tools, key, by);
  const at = isMine ? from : rebuildFirst;
  const since = timestamp(secondsAfter(tools.now(), -REMEMBERED_SECONDS));
  let { after, counters }: { after: string | null; counters: Readonly<Record<string, number>> } = at;
  let recent: string[] = [];
  let seen = 0;
  let isOver = true;
  for await (const change of tools.changesOf(tenant, after ?? undefined)) {
    if (seen >= (tools.pieceChanges ?? PIECE_CHANGES)) {
      isOver = false;
      break;
    }
    seen += 1;
    const more = projection.fold(change);
    counters = added(counters, more);
    if (more.size > 0 && change.time >= since) recent.push(change.id);
    if (recent.length >= MARKS_AT_ONCE) recent = await mark(tools.store, key, recent);
    after = change.sort.time;
  }
  await mark(tools.store, key, recent);
  const next = { after, counters: { ...counters } };
  if (!isOver) return { at: next, done: false };
  const mine = await tools.store.read<Counters>(key, 'counters');
  if (mine?.rebuildingBy !== by) throw recordFault('platform.busy');
  const done = await tools.store.batch(key, [writeOf(countersOf(key, counters, null), mine)]);
  if (!done.done) throw recordFault('platform.busy');
  return { at: next, done: true };
}

/** Keeps the others off for a while. Whether it was so all the time since this one counted last. */
async function lock(tools: ProjectorTools, key: PartitionKey, by: string): Promise<boolean> {
  const present = await tools.store.read<Counters>(key, 'counters');
  const isMine = present?.rebuildingUntil != null && present.rebuildingBy === by;
  if (!isMine && isRebuilding(present, tools.now())) throw recordFault('platform.busy');
  const until = timestamp(secondsAfter(tools.now(), REBUILD_SECONDS));
  const locked = { ...countersOf(key, present?.counters ?? {}, until), rebuildingBy: by };
  if (!(await tools.store.batch(key, [writeOf(locked, present)])).done) throw recordFault('platform.busy');
  return isMine;
}

async function mark(store: Store, key: PartitionKey, ids: readonly string[]): Promise<string[]> {
  await Promise.all(ids.map(id => store.create(key, markOf(key, id))));
  return [];
}

function isRebuilding(present: Counters | undefined, now: Date): boolean {
  return present?.rebuildingUntil != null && present.rebuildingUntil > timestamp(now);
}

function countersOf(
  [tenantId = '', projection = '']: PartitionKey,
  counters: Readonly<Record<string, number>>,
  rebuildingUntil: string | null,
): Counters {
  return { id: 'counters', tenantId, projection, counters, rebuildingUntil };
}

function markOf([tenantId = '', projection = '']: PartitionKey, change: string): Added {
  return { id: `added:${change}`, tenantId, projection, ttl: REMEMBERED_SECONDS };
}

function writeOf(next: Counters, present: Stored<Counters> | undefined) {
  return present === undefined
    ? ({ kind: 'create', item: next } as const)
    : ({ kind: 'replace', item: next, etag: present._etag } as const);
}
