import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { tenantId } from '../../shared/kernel/index.ts';
import { openAudit, walkTenant } from '../../shared/platform/audit/index.ts';
import type { AuditTools } from '../../shared/platform/audit/tools.ts';
import { archiveScope } from '../../shared/platform/records/archive.ts';
import {
  newRecordId,
  recordsDoor,
  type Saved,
  type Store,
  statesAt,
  verifyChain,
} from '../../shared/platform/records/index.ts';
import { callerOf, openTestProduct } from '../product.ts';
import { allChanges, changeNote, type Note, noteKind } from './note.ts';

const MONTHS = ['2024-01', '2024-02', '2024-04', '2024-05', '2024-07', '2024-08'];
const BORDER = '2024-05';
const { platform, stores, keyring } = openTestProduct();

let now = new Date();
const tools: Omit<AuditTools, 'records' | 'anchors'> = {
  ...{ store: stores.records, archive: stores.archive, leases: stores.leases, now: () => now },
  keyring,
};
const records = recordsDoor({ ...tools, newKey: platform.newKey, committed: () => undefined });

/** A note with a version in each month. */
async function longLife() {
  const tenant = tenantId(`tnt_${platform.newKey()}`);
  const id = newRecordId(noteKind, platform.newKey());
  const scope = records.for(callerOf(tenant)).scope(id);
  let note: Saved<Note> | undefined;
  for (const [index, month] of MONTHS.entries()) {
    now = new Date(`${month}-10T10:00:00.000Z`);
    const committed =
      note === undefined
        ? await scope.commit({
            action: 'test.note.created',
            create: [{ kind: noteKind, id, data: { text: month } }],
          })
        : await changeNote(scope, note, { text: month, count: index });
    note = committed.saved.get(id) as Saved<Note>;
  }
  assert.ok(note !== undefined);
  now = new Date();
  return { tenant, scope, note, key: [tenant, id] };
}

type Life = Awaited<ReturnType<typeof longLife>>;

async function assertWhole({ tenant, scope, note }: Life): Promise<void> {
  assert.equal((await verifyChain(scope, note)).intact, true);
  const versions = MONTHS.map((_month, index) => index + 1);
  for (const version of versions) {
    const state = (await statesAt(scope, note, [version])).get(version);
    assert.equal((state?.data as Note | undefined)?.text, MONTHS[version - 1]);
  }
  for (const order of ['oldest', 'newest'] as const) {
    const seen: number[] = [];
    let cursor: string | undefined;
    do {
      const page = await scope.history(note, { order, limit: 2, cursor });
      seen.push(...page.items.map(({ records: touched }) => touched[0]?.version ?? 0));
      cursor = page.next;
    } while (cursor !== undefined);
    assert.deepEqual(seen, order === 'oldest' ? versions : versions.toReversed());
  }
  const walked: string[] = [];
  for await (const change of walkTenant(tools, tenant)) walked.push(change.time.slice(0, 7));
  assert.deepEqual(walked, MONTHS);
  const audit = openAudit({
    ...tools,
    records,
    anchors: { write: async () => false, read: async () => undefined, names: async () => [] },
  });
  for (const order of ['oldest', 'newest'] as const) {
    const found: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await audit.search(callerOf(tenant), { record: note.id, order, limit: 2, cursor });
      found.push(...page.items.map(({ time }) => time.slice(0, 7)));
      cursor = page.next;
    } while (cursor !== undefined);
    assert.deepEqual(found, order === 'oldest' ? MONTHS : MONTHS.toReversed());
  }
}

const late = (key: readonly string[]) =>
  stores.records.query<{ id: string }>(key, {
    text: "SELECT c.id FROM c WHERE c.type = 'change'",
    parameters: {},
  });

describe('changes of closed months', () => {
  test('move to the archive, and whoever reads a history does not notice', async () => {
    const life = await longLife();
    await assertWhole(life);
    assert.equal(await archiveScope(tools, life.key, BORDER), 3);
    assert.equal((await late(life.key)).length, 3);
    await assertWhole(life);
    assert.equal(await archiveScope(tools, life.key, BORDER), 0);
    assert.equal(await archiveScope(tools, life.key, '2025'), 3);
    assert.equal((await late(life.key)).length, 0);
    await assertWhole(life);
    const committed = await changeNote(life.scope, life.note, { text: 'now' });
    const after = committed.saved.get(life.note.id) as Saved<Note>;
    assert.deepEqual(await verifyChain(life.scope, after), { intact: true, versions: 7, broken: null });
  });

  test('are whole wherever the move died', async () => {
    for (let calls = 0, isDone = false; !isDone; calls += 1) {
      const life = await longLife();
      isDone = await archiveScope(
        { store: dying(stores.records, calls), archive: stores.archive },
        life.key,
        BORDER,
      ).then(
        () => true,
        () => false,
      );
      await assertWhole(life);
      await archiveScope(tools, life.key, BORDER);
      assert.equal((await late(life.key)).length, 3);
      await assertWhole(life);
    }
  });

  test('that were altered in the archive are found', async () => {
    const life = await longLife();
    const [first] = await allChanges(life.scope);
    await archiveScope(tools, life.key, BORDER);
    const container = await stores.archive.container();
    await container
      .item(first?.id ?? '', [...life.key, MONTHS[0] ?? ''])
      .patch([{ op: 'set', path: '/reason', value: 'another' }]);
    assert.equal((await verifyChain(life.scope, life.note)).broken?.why, 'content');
  });
});

function dying(store: Store, calls: number): Store {
  let left = calls;
  const alive =
    <A extends readonly unknown[], R>(call: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      left -= 1;
      if (left < 0) throw new Error('the process died');
      return call(...args);
    };
  const { query, read, create, replace, batch } = store;
  return {
    ...store,
    query: alive(query) as Store['query'],
    read: alive(read) as Store['read'],
    create: alive(create) as Store['create'],
    replace: alive(replace) as Store['replace'],
    batch: alive(batch),
  };
}
