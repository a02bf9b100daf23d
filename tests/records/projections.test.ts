import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as z from 'zod';
import { type AppError, tenantId } from '../../shared/kernel/index.ts';
import { walkTenant } from '../../shared/platform/audit/index.ts';
import {
  openProjector,
  RebuildPlace,
  rebuildFirst,
  recordCounts,
} from '../../shared/platform/projections/index.ts';
import {
  type ChangeDocument,
  defineRecord,
  newRecordId,
  type Saved,
  type Store,
} from '../../shared/platform/records/index.ts';
import { callerOf, openTestProduct } from '../product.ts';

const Task = z.strictObject({ state: z.enum(['open', 'done']) });
const taskKind = defineRecord({
  name: 'test.task',
  prefix: 'tsk',
  home: 'own',
  schema: Task,
  indexed: () => ({}),
  readPermission: 'test.task:read',
});

const { platform, stores } = openTestProduct();
let now = new Date();
const both = { store: stores.records, archive: stores.archive };
const openWith = (store: Store, pieceChanges = 5000) =>
  openProjector({
    store,
    projections: [recordCounts],
    changesOf: (tenant, after) => walkTenant(both, tenant, { after }),
    now: () => now,
    newKey: platform.newKey,
    pieceChanges,
  });
const projector = openWith(stores.projections);
const newTenant = () => tenantId(`tnt_${platform.newKey()}`);

/** Ten tasks, four of them done, one of these deleted; and all changes of them. */
async function tasks(tenant: ReturnType<typeof newTenant>): Promise<readonly ChangeDocument[]> {
  const changes: ChangeDocument[] = [];
  for (let index = 0; index < 10; index += 1) {
    const id = newRecordId(taskKind, platform.newKey());
    const scope = platform.records.for(callerOf(tenant)).scope(id);
    const create = [{ kind: taskKind, id, data: { state: 'open' } }];
    const made = await scope.commit({ action: 'test.task.made', create });
    changes.push(made.change);
    if (index >= 4) continue;
    const record = made.saved.get(id) as Saved<unknown>;
    const done = await scope.commit({
      action: 'test.task.done',
      update: [{ record, data: { state: 'done' } }],
    });
    changes.push(done.change);
    if (index > 0) continue;
    const remove = [done.saved.get(id) as Saved<unknown>];
    changes.push((await scope.commit({ action: 'test.task.deleted', remove })).change);
  }
  return changes;
}

const EXPECTED = { 'test.task open': 6, 'test.task done': 3 };

describe('a projection', () => {
  test('adds each change once, however often and by however many it is brought', async () => {
    const tenant = newTenant();
    const changes = await tasks(tenant);
    await Promise.all([projector.take(changes), projector.take(changes.toReversed())]);
    await projector.take(changes);
    assert.deepEqual(await projector.read(callerOf(tenant), recordCounts), EXPECTED);
  });

  test('is counted anew from the changes, and none of them is added again afterwards', async () => {
    const tenant = newTenant();
    const changes = await tasks(tenant);
    await projector.take(changes.slice(0, 5));
    assert.deepEqual(await projector.rebuild(tenant, recordCounts), EXPECTED);
    await projector.take(changes);
    assert.deepEqual(await projector.read(callerOf(tenant), recordCounts), EXPECTED);
  });

  test('is counted anew piece by piece, and goes on where it was cut off while nobody else could count', async () => {
    const tenant = newTenant();
    const changes = await tasks(tenant);
    await projector.take(changes.slice(0, 5));
    const small = openWith(stores.projections, 4);
    let at = rebuildFirst;
    for (let pieces = 1; ; pieces += 1) {
      const next = await small.rebuildPiece(tenant, recordCounts, 'job_1', at);
      at = RebuildPlace.parse(JSON.parse(JSON.stringify(next.at)));
      if (next.done) {
        assert.equal(pieces, 4, 'fifteen changes, four at a time');
        break;
      }
      const other = small.rebuildPiece(tenant, recordCounts, 'job_2', rebuildFirst);
      await assert.rejects(other, { code: 'platform.busy' });
      await assert.rejects(projector.take(changes.slice(0, 1)), { code: 'platform.busy' });
    }
    assert.deepEqual(await projector.read(callerOf(tenant), recordCounts), EXPECTED);
    await projector.take(changes);
    assert.deepEqual(await projector.read(callerOf(tenant), recordCounts), EXPECTED);
  });

  test('is counted from the beginning by whoever comes back when others counted meanwhile', async () => {
    const tenant = newTenant();
    const changes = await tasks(tenant);
    const small = openWith(stores.projections, 4);
    const { at } = await small.rebuildPiece(tenant, recordCounts, 'job_1', rebuildFirst);
    now = new Date(now.getTime() + 700_000);
    await projector.take(changes);
    assert.deepEqual(await projector.read(callerOf(tenant), recordCounts), EXPECTED);
    // The worker of the stack counts the same changes: who meets it at the same instant comes back, as a job does.
    const piece = async (from: RebuildPlace): ReturnType<typeof small.rebuildPiece> => {
      for (let tries = 0; ; tries += 1)
        try {
          return await small.rebuildPiece(tenant, recordCounts, 'job_1', from);
        } catch (error) {
          if ((error as { code?: string }).code !== 'platform.busy' || tries === 20) throw error;
        }
    };
    let next = await piece(at);
    while (!next.done) next = await piece(next.at);
    assert.deepEqual(await projector.read(callerOf(tenant), recordCounts), EXPECTED);
  });

  test('counts right in the end when whoever counted anew died over it, wherever that was', async () => {
    for (let calls = 1; ; calls += 4) {
      const tenant = newTenant();
      const changes = await tasks(tenant);
      await projector.take(changes.slice(0, 7));
      const isDone = await openWith(dyingAfter(calls))
        .rebuild(tenant, recordCounts)
        .then(
          () => true,
          () => false,
        );
      if (!isDone) {
        await assert
          .rejects(projector.take(changes), (error: AppError) => error.code === 'platform.busy')
          .catch(() => undefined);
        now = new Date(now.getTime() + 700_000);
      }
      await projector.take(changes);
      const counters = await projector.read(callerOf(tenant), recordCounts);
      assert.deepEqual(counters, EXPECTED, `after ${calls} calls`);
      if (isDone) return;
    }
  });
});

function dyingAfter(calls: number): Store {
  let left = calls;
  const alive =
    <A extends readonly unknown[], R>(call: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      left -= 1;
      if (left < 0) throw new Error('the process died');
      return call(...args);
    };
  const { read, create, batch } = stores.projections;
  return {
    ...stores.projections,
    read: alive(read) as Store['read'],
    create: alive(create) as Store['create'],
    batch: alive(batch),
  };
}
