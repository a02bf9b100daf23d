import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { type TenantId, tenantId } from '../../shared/kernel/index.ts';
import type { Finding } from '../../shared/platform/audit/finding.ts';
import { anchorDay, anchorDue } from '../../shared/platform/audit/make-anchors.ts';
import type { AuditTools } from '../../shared/platform/audit/tools.ts';
import {
  VerificationPlace,
  verificationOf,
  verifyTenant,
} from '../../shared/platform/audit/verify-tenant.ts';
import { openWriteOnceStore } from '../../shared/platform/blobs/index.ts';
import { newRecordId, recordsDoor, type Saved } from '../../shared/platform/records/index.ts';
import { openCredential } from '../../shared/platform/secrets/index.ts';
import { callerOf, openTestProduct } from '../product.ts';
import { testStack } from '../stack.ts';
import { allChanges, changeNote, type Note, noteKind } from './note.ts';

const DAYS = ['2026-03-01', '2026-03-02', '2026-03-04'];
const { platform, stores, keyring } = openTestProduct();
const endpoint = testStack().settings['BLOB_VAULT_ENDPOINT'] ?? '';
const anchors = openWriteOnceStore({ endpoint, container: 'anchors', credential: openCredential(undefined) });

let now = new Date();
const tools: AuditTools = {
  ...{ store: stores.records, archive: stores.archive, leases: stores.leases, anchors, now: () => now },
  records: platform.records,
  keyring,
};

/** A tenant whose notes were written on three days, of which all but the last are anchored. */
async function tenantWithPast(): Promise<{ tenant: TenantId; notes: readonly Saved<Note>[] }> {
  const tenant = tenantId(`tnt_${platform.newKey()}`);
  const notes: Saved<Note>[] = [];
  for (const [index, day] of DAYS.entries()) {
    now = new Date(`${day}T10:00:00.000Z`);
    const door = recordsDoor({ ...tools, newKey: platform.newKey, committed: () => undefined });
    const id = newRecordId(noteKind, platform.newKey());
    const scope = door.for(callerOf(tenant)).scope(id);
    const create = [{ kind: noteKind, id, data: { text: day } }];
    const made = await scope.commit({ action: 'test.note.created', create });
    const changed = await changeNote(scope, made.saved.get(id) as Saved<Note>, { count: index });
    notes.push(changed.saved.get(id) as Saved<Note>);
    if (index < DAYS.length - 1) assert.equal(await anchorDay(tools, tenant, day), true);
  }
  return { tenant, notes };
}

/** What is found in one go, which is also what is found by a job that is cut off after every piece. */
async function findingsOf(tenant: TenantId): Promise<readonly Finding[]> {
  const whole = await verifyTenant(tools, tenant, async () => undefined);
  const begin = () => verificationOf(tools, tenant, async () => undefined, { changes: 1, records: 1 });
  let [at, done, pieces] = [begin().first, false, 0];
  while (!done) {
    const next = await begin().piece(at);
    at = VerificationPlace.parse(JSON.parse(JSON.stringify(next.at)));
    done = next.done;
    pieces += 1;
  }
  assert.ok(pieces > 3);
  assert.deepEqual(begin().report(at), whole);
  return whole.findings;
}

describe('the anchor of a day', () => {
  test('is made once, and never replaced', async () => {
    const { tenant } = await tenantWithPast();
    assert.equal(await anchorDay(tools, tenant, DAYS[0] ?? ''), false);
    assert.equal(await anchors.write(tenant, DAYS[0] ?? '', '{}'), false);
    assert.deepEqual(await anchors.names(tenant), DAYS.slice(0, 2));
    const second = JSON.parse((await anchors.read(tenant, DAYS[1] ?? '')) ?? '');
    assert.equal(second.previous.day, DAYS[0]);
    assert.equal(second.count, 2);
  });

  test('is made by the tick for every tenant once its day is over, and not before', async () => {
    const { tenant } = await tenantWithPast();
    now = new Date(`${DAYS[2]}T23:30:00.000Z`);
    const progress = `anchors-${platform.newKey()}`;
    await anchorDue(tools, progress);
    assert.equal(await anchors.read(tenant, DAYS[2] ?? ''), undefined);
    now = new Date('2026-03-05T01:30:00.000Z');
    await anchorDue(tools, progress);
    assert.ok((await anchors.read(tenant, DAYS[2] ?? '')) !== undefined);
  });
});

describe('a whole tenant', () => {
  let container: Awaited<ReturnType<typeof stores.records.container>>;
  before(async () => {
    container = await stores.records.container();
  });

  test('verifies when nothing was touched', async () => {
    const { tenant } = await tenantWithPast();
    const report = await verifyTenant(tools, tenant, async () => undefined);
    const { intact, changes, records, anchors: days } = report;
    assert.deepEqual(await findingsOf(tenant), []);
    assert.deepEqual({ intact, changes, records, days }, { intact: true, changes: 6, records: 3, days: 2 });
  });

  const tampering: readonly [
    string,
    (tenant: TenantId, note: Saved<Note>) => Promise<unknown>,
    readonly Finding['what'][],
  ][] = [
    [
      'an edited change',
      async (tenant, note) => {
        const [change] = await allChanges(platform.records.for(callerOf(tenant)).scope(note.scope));
        const item = container.item(change?.id ?? '', [tenant, note.scope]);
        await item.patch([{ op: 'set', path: '/reason', value: 'another' }]);
      },
      ['change', 'record'],
    ],
    [
      'a dropped change',
      async (tenant, note) => {
        const [change] = await allChanges(platform.records.for(callerOf(tenant)).scope(note.scope));
        await container.item(change?.id ?? '', [tenant, note.scope]).delete();
      },
      ['anchor', 'record'],
    ],
    [
      'an edited state',
      async (tenant, note) => {
        const item = container.item(note.id, [tenant, note.scope]);
        await item.patch([{ op: 'set', path: '/data/text', value: 'forged' }]);
      },
      ['record'],
    ],
    [
      'a record that is gone while its changes stand',
      (tenant, note) => container.item(note.id, [tenant, note.scope]).delete(),
      ['record'],
    ],
    [
      'a record that the walk over records no longer meets',
      async (tenant, note) =>
        container.item(note.id, [tenant, note.scope]).patch([{ op: 'set', path: '/at', value: '' }]),
      ['record'],
    ],
    [
      'a record that lists no longer find',
      async (tenant, note) =>
        container
          .item(note.id, [tenant, note.scope])
          .patch([{ op: 'set', path: '/sort/createdAt', value: '' }]),
      ['record'],
    ],
    [
      'a record that is gone with its whole history',
      async (tenant, note) => {
        const changes = await allChanges(platform.records.for(callerOf(tenant)).scope(note.scope));
        for (const id of [note.id, ...changes.map(change => change.id)])
          await container.item(id, [tenant, note.scope]).delete();
      },
      ['anchor'],
    ],
  ];
  for (const [what, tamper, found] of tampering)
    test(`does not verify with ${what}`, async () => {
      const { tenant, notes } = await tenantWithPast();
      const [note] = notes;
      assert.ok(note !== undefined);
      await tamper(tenant, note);
      const findings = await findingsOf(tenant);
      assert.deepEqual([...new Set(findings.map(finding => finding.what))].toSorted(), found);
    });

  /** Records and changes that nobody committed, in the scope of a note. */
  async function forge(tenant: TenantId, scope: string, items: readonly object[]): Promise<void> {
    await Promise.all(
      items.map(item =>
        container.items.create({ id: `forged_${platform.newKey()}`, tenantId: tenant, scope, ...item }),
      ),
    );
  }

  test('does not verify with records that share one place in the walk, however many there are', async () => {
    const { tenant, notes } = await tenantWithPast();
    const [note] = notes;
    assert.ok(note !== undefined);
    const { resource } = await container.item(note.id, [tenant, note.scope]).read();
    const { id: _id, ...copied } = resource;
    const copies = Array.from({ length: 205 }, () => copied);
    await forge(tenant, note.scope, copies);
    const findings = await findingsOf(tenant);
    assert.equal(findings.length, copies.length);
    assert.ok(findings.every(({ what, why }) => what === 'record' && why === 'head'));
  });

  test('does not verify with what no walk would come by, since its place is no text', async () => {
    const { tenant, notes } = await tenantWithPast();
    const [note] = notes;
    assert.ok(note !== undefined);
    const record = { type: 'record', kind: noteKind.name, version: 1, hash: 'x', ix: {}, sort: {}, data: {} };
    const change = { type: 'change', time: `${DAYS[0]}T10:00:00.000Z`, touches: 5, ix: { touches: [] } };
    await forge(tenant, note.scope, [
      ...[{ at: 7 }, { at: null }, { at: ['x'] }, {}, { at: '' }].map(place => ({ ...record, ...place })),
      ...[{ sort: { time: 7 } }, { sort: {} }, {}].map(place => ({ ...change, ...place })),
    ]);
    const findings = await findingsOf(tenant);
    const counted = (kind: string): number => findings.filter(({ what }) => what === kind).length;
    assert.deepEqual([counted('record'), counted('change'), findings.length], [5, 3, 8]);
  });

  test('does not verify with a history that was written anew, hashes and all', async () => {
    const { tenant, notes } = await tenantWithPast();
    const [note] = notes;
    assert.ok(note !== undefined);
    now = new Date(`${DAYS[0]}T10:00:00.000Z`);
    const key = [tenant, note.scope];
    for (const change of await allChanges(platform.records.for(callerOf(tenant)).scope(note.scope)))
      await container.item(change.id, key).delete();
    await container.item(note.id, key).delete();
    const door = recordsDoor({ ...tools, newKey: platform.newKey, committed: () => undefined });
    const create = [{ kind: noteKind, id: note.id, data: { text: 'forged' } }];
    await door.for(callerOf(tenant)).scope(note.scope).commit({ action: 'test.note.created', create });
    assert.deepEqual(await findingsOf(tenant), [{ what: 'anchor', id: DAYS[0], why: 'changes' }]);
  });

  test('does not verify with an anchor that was replaced, or is gone', async () => {
    for (const [day, why] of [
      [DAYS[0], ['root', 'changes', 'previous']],
      [DAYS[1], ['root', 'changes']],
    ] as const) {
      const { tenant } = await tenantWithPast();
      const text = (await anchors.read(tenant, day ?? '')) ?? '';
      const forged: AuditTools = {
        ...tools,
        anchors: {
          ...anchors,
          read: async (owner, on) => (on === day ? text.replaceAll('chg_', 'chg0') : anchors.read(owner, on)),
        },
      };
      const { findings } = await verifyTenant(forged, tenant, async () => undefined);
      assert.deepEqual(
        findings.map(finding => finding.why),
        why,
      );
    }
    const { tenant } = await tenantWithPast();
    const holed: AuditTools = { ...tools, anchors: { ...anchors, names: async () => DAYS.slice(1, 2) } };
    const { findings } = await verifyTenant(holed, tenant, async () => undefined);
    assert.deepEqual(
      findings.map(({ id, why }) => [id, why]),
      [[DAYS[1], 'previous']],
    );
  });
});
