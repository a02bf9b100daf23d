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
};

export type ProjectorTools = {
  /** Container `projections`. */
  readonly store: Store;
  readonly projections: readonly Projection[];
  readonly changesOf: (tenant: TenantId) => AsyncIterable<ChangeDocument>;
  readonly now: () => Date;
};

type Counters = {
  readonly id: 'counters';
  readonly tenantId: string;
  readonly projection: string;
  readonly counters: Readonly<Record<string, number>>;
  /** Changes that are waiting to be counted anew keep off until then. */
  readonly rebuildingUntil: string | null;
};
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

/**
 * While it counts, the feed's changes wait. What it counted is marked first, so that none of it is added again; it is
 * marked for as long as the feed may bring it again.
 */
async function rebuild(
  tools: ProjectorTools,
  tenant: TenantId,
  projection: Projection,
): Promise<Readonly<Record<string, number>>> {
  const key = [tenant, projection.name];
  const until = timestamp(secondsAfter(tools.now(), REBUILD_SECONDS));
  const present = await tools.store.read<Counters>(key, 'counters');
  if (isRebuilding(present, tools.now())) throw recordFault('platform.busy');
  const locked = await tools.store.batch(key, [
    writeOf(countersOf(key, present?.counters ?? {}, until), present),
  ]);
  if (!locked.done) throw recordFault('platform.busy');
  const since = timestamp(secondsAfter(tools.now(), -REMEMBERED_SECONDS));
  let counters: Readonly<Record<string, number>> = {};
  let recent: string[] = [];
  for await (const change of tools.changesOf(tenant)) {
    const more = projection.fold(change);
    counters = added(counters, more);
    if (more.size > 0 && change.time >= since) recent.push(change.id);
    if (recent.length >= MARKS_AT_ONCE) recent = await mark(tools.store, key, recent);
  }
  await mark(tools.store, key, recent);
  const mine = await tools.store.read<Counters>(key, 'counters');
  const done = await tools.store.batch(key, [writeOf(countersOf(key, counters, null), mine)]);
  if (!done.done) throw recordFault('platform.busy');
  return counters;
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
