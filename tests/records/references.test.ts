import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import * as z from 'zod';
import { tenantId } from '../../shared/kernel/index.ts';
import {
  defineRecord,
  newRecordId,
  type RecordKind,
  recordsDoor,
  type Saved,
} from '../../shared/platform/records/index.ts';
import { exampleBody } from '../isolation/example-body.ts';
import { type OwnTenant, openOwnTenants } from '../isolation/own-tenants.ts';
import { bookOf, endpoints } from '../isolation/table.ts';
import { callerOf, openTestProduct } from '../product.ts';

const { platform, stores, keyring } = openTestProduct();

const houseKind = defineRecord({
  name: 'test.house',
  prefix: 'hse',
  home: 'own',
  schema: z.strictObject({ name: z.string() }),
  indexed: ({ name }) => ({ name }),
  readPermission: 'test.house:read',
  usedBy: [{ kind: 'test.tenant', field: 'house' }],
});
const lodgerKind = defineRecord({
  name: 'test.tenant',
  prefix: 'ldg',
  home: 'own',
  schema: z.strictObject({ house: z.string() }),
  indexed: ({ house }) => ({ house }),
  readPermission: 'test.tenant:read',
});
const kinds = [houseKind, lodgerKind] as unknown as readonly RecordKind[];

type Moments = {
  beforeBatchOf?: string;
  first?: () => Promise<void>;
  /** Sends it twice, as the SDK does when an answer is lost. */
  twice?: boolean;
  clock?: () => Date;
};

/** A door of its own, as another instance has one, that does something just before it writes to a scope. `batches` are those it sent. */
function doorWith(moments: Moments = {}, batches: string[] = []) {
  const store: typeof stores.records = {
    ...stores.records,
    batch: async (key, operations) => {
      batches.push(`${key[1]}: ${operations.map(({ kind }) => kind).join(' ')}`);
      const isIt = key[1] === moments.beforeBatchOf && operations.some(({ kind }) => kind !== 'touch');
      const { first, twice = false } = moments;
      if (isIt && first !== undefined) {
        delete moments.first;
        await first();
      }
      if (isIt && twice) {
        delete moments.twice;
        await stores.records.batch(key, operations);
      }
      return stores.records.batch(key, operations);
    },
  };
  const tools = {
    store,
    archive: stores.archive,
    now: moments.clock ?? platform.now,
    newKey: platform.newKey,
    keyring,
    kinds,
  };
  return recordsDoor({ ...tools, committed: () => undefined });
}

async function house() {
  const caller = callerOf(tenantId(`tnt_${platform.newKey()}`));
  const id = newRecordId(houseKind as RecordKind, platform.newKey());
  const scope = doorWith().for(caller).scope(id);
  const create = [{ kind: houseKind as RecordKind, id, data: { name: 'Number 7' } }];
  const { saved } = await scope.commit({ action: 'test.house.built', create });
  const lodger = newRecordId(lodgerKind as RecordKind, platform.newKey());
  const moveIn = (door = doorWith()) =>
    door
      .for(caller)
      .scope(lodger)
      .commit({
        action: 'test.tenant.moved_in',
        create: [{ kind: lodgerKind as RecordKind, id: lodger, data: { house: id } }],
      });
  const demolish = (door = doorWith()) =>
    door
      .for(caller)
      .scope(id)
      .commit({ action: 'test.house.demolished', remove: [saved.get(id) as Saved<unknown>] });
  return { caller, id, lodger, moveIn, demolish };
}

const gone = { code: 'platform.reference_gone' };

describe('a record that another one names and its deletion', () => {
  test('that comes between the look at it and the commit wins, and the other one is refused', async () => {
    const { id, lodger, moveIn, demolish, caller } = await house();
    const moments: Moments = { beforeBatchOf: lodger, first: async () => void (await demolish()) };
    await assert.rejects(moveIn(doorWith(moments)), gone);
    const records = doorWith().for(caller);
    assert.equal(await records.find(houseKind, id), undefined);
    assert.equal(await records.find(lodgerKind, lodger), undefined);
  });

  test('that is under way keeps others from naming it', async () => {
    const { id, lodger, moveIn, demolish, caller } = await house();
    let refusal: unknown;
    const first = async (): Promise<void> => {
      refusal = await moveIn().catch((error: unknown) => error);
    };
    await demolish(doorWith({ beforeBatchOf: id, first }));
    assert.equal((refusal as { code?: string }).code, 'platform.reference_gone');
    assert.equal(await doorWith().for(caller).find(lodgerKind, lodger), undefined);
  });

  test('that comes after the commit is refused, and hinders nobody afterwards', async () => {
    const { id, moveIn, demolish, caller } = await house();
    await moveIn();
    await assert.rejects(demolish(), { code: 'platform.in_use' });
    const second = newRecordId(lodgerKind as RecordKind, platform.newKey());
    const create = [{ kind: lodgerKind as RecordKind, id: second, data: { house: id } }];
    await doorWith().for(caller).scope(second).commit({ action: 'test.tenant.moved_in', create });
  });
});

describe('a record that a handler reads because it is about to refer to it', () => {
  const SEVEN_MINUTES = 7 * 60 * 1000;

  /** A house, and somebody who read it to move in and has not done so yet. */
  async function lookedAt(moments: Moments = {}) {
    const made = await house();
    const batches: string[] = [];
    const scope = doorWith(moments, batches).for(made.caller).scope(made.lodger);
    const seen = await scope.referTo(houseKind, made.id);
    const create = [{ kind: lodgerKind as RecordKind, id: made.lodger, data: { house: made.id } }];
    const moveIn = () => scope.commit({ action: 'test.tenant.moved_in', create });
    return { ...made, scope, seen, batches, moveIn };
  }
  const pinned = (id: string): string => `${id}: create read`;
  const PIN_QUERY = "SELECT * FROM c WHERE c.type = 'pin'";

  test('is pinned and read by one batch, and the commit does not pin it again', async () => {
    const { id, lodger, seen, batches, moveIn } = await lookedAt();
    assert.deepEqual([seen?.id, seen?.data.name], [id, 'Number 7']);
    await moveIn();
    assert.deepEqual(batches, [pinned(id), `${lodger}: create create create`]);
  });

  test('cannot be deleted once the commit was made, whatever the index knows', async () => {
    const { moveIn, demolish } = await lookedAt();
    await moveIn();
    await assert.rejects(demolish(), { code: 'platform.in_use' });
  });

  test('is not referred to when it was deleted after it was read', async () => {
    const { lodger, caller, moveIn, demolish } = await lookedAt();
    await demolish();
    await assert.rejects(moveIn(), gone);
    assert.equal(await doorWith().for(caller).find(lodgerKind, lodger), undefined);
  });

  test('is looked at once more by the commit when its deletion was under way', async () => {
    const { id, caller, lodger, demolish } = await house();
    const scope = doorWith().for(caller).scope(lodger);
    let refusal: unknown;
    const first = async (): Promise<void> => {
      assert.equal((await scope.referTo(houseKind, id))?.id, id);
      const create = [{ kind: lodgerKind as RecordKind, id: lodger, data: { house: id } }];
      refusal = await scope
        .commit({ action: 'test.tenant.moved_in', create })
        .catch((error: unknown) => error);
    };
    await demolish(doorWith({ beforeBatchOf: id, first }));
    assert.equal((refusal as { code?: string }).code, 'platform.reference_gone');
  });

  test('is pinned anew by a commit that comes long after', async () => {
    let past = SEVEN_MINUTES;
    const clock = (): Date => new Date(platform.now().getTime() - past);
    const { id, batches, moveIn } = await lookedAt({ clock });
    past = 0;
    await moveIn();
    assert.deepEqual(batches.slice(0, 2), [pinned(id), pinned(id)]);
  });

  test('is pinned anew by the next commit of the same scope', async () => {
    const { id, lodger, scope, batches, moveIn, caller } = await lookedAt();
    await moveIn();
    const record = await scope.get(lodgerKind, lodger);
    const other = newRecordId(houseKind as RecordKind, platform.newKey());
    await doorWith()
      .for(caller)
      .scope(other)
      .commit({
        action: 'test.house.built',
        create: [{ kind: houseKind as RecordKind, id: other, data: { name: 'Eight' } }],
      });
    const [away, back] = [{ house: other }, { house: id }];
    const first = await scope.commit({
      action: 'test.tenant.moved',
      update: [{ record: record as Saved<unknown>, data: away }],
    });
    const moved = first.saved.get(lodger) as Saved<unknown>;
    await scope.commit({ action: 'test.tenant.moved', update: [{ record: moved, data: back }] });
    assert.deepEqual(
      batches.filter(batch => batch.endsWith('create read')),
      [pinned(id), pinned(other), pinned(id)],
    );
  });

  test('that is not there, or was deleted, is undefined; what is not there gets no pin', async () => {
    const { id, caller, lodger, demolish } = await house();
    const scope = doorWith().for(caller).scope(lodger);
    const absent = newRecordId(houseKind as RecordKind, platform.newKey());
    assert.equal((await scope.referTo(houseKind, absent))?.id, undefined);
    const pins = await stores.records.query([caller.tenant, absent], { text: PIN_QUERY, parameters: {} });
    assert.deepEqual(pins, []);
    await demolish();
    assert.equal((await scope.referTo(houseKind, id))?.id, undefined);
    assert.equal((await scope.referTo(houseKind, lodger))?.id, undefined);
  });

  test('is only read where nothing that refers to it keeps it from being deleted', async () => {
    const { id, caller } = await house();
    const batches: string[] = [];
    const elsewhere = newRecordId(houseKind as RecordKind, platform.newKey());
    const seen = await doorWith({}, batches).for(caller).scope(elsewhere).referTo(houseKind, id);
    assert.equal(seen?.id, id);
    assert.deepEqual(batches, []);
  });

  test('is pinned by another batch when the answer to the first was lost and it met itself', async () => {
    const { id, caller, lodger, demolish } = await house();
    const moments: Moments = { beforeBatchOf: id, twice: true };
    const batches: string[] = [];
    const scope = doorWith(moments, batches).for(caller).scope(lodger);
    assert.equal((await scope.referTo(houseKind, id))?.id, id);
    assert.deepEqual(batches, [pinned(id), pinned(id)]);
    const create = [{ kind: lodgerKind as RecordKind, id: lodger, data: { house: id } }];
    await scope.commit({ action: 'test.tenant.moved_in', create });
    await assert.rejects(demolish(), { code: 'platform.in_use' });
  });

  test('belongs to the tenant of whoever asks', async () => {
    const { id, lodger } = await house();
    const stranger = callerOf(tenantId(`tnt_${platform.newKey()}`));
    const seen = await doorWith().for(stranger).scope(lodger).referTo(houseKind, id);
    assert.equal(seen?.id, undefined);
  });
});

describe('over HTTP', () => {
  let tenant: OwnTenant;
  before(async () => {
    [tenant] = (await openOwnTenants(1)) as [OwnTenant];
  });

  async function make(part: string, ids: readonly string[], more: object = {}) {
    const endpoint = endpoints.find(({ id }) => id === `calibration.${part}.create`);
    assert(endpoint !== undefined);
    const example = exampleBody(endpoint, bookOf(ids)) as object;
    const answer = await tenant.owner.post(`/api/v1/${PATHS[part]}`, { ...example, ...more });
    assert.equal(answer.status, 201, String(answer.bytes));
    return answer.body.id as string;
  }
  const PATHS: Readonly<Record<string, string>> = {
    customer: 'customers',
    equipment: 'equipment',
    procedure: 'procedures',
    srf: 'srfs',
  };
  const remove = (path: string, version: number) =>
    tenant.owner.call('DELETE', `/api/v1/${path}`, { headers: { 'if-match': `"${version}"` } });
  const rollBack = (path: string, present: number) =>
    tenant.owner.post(
      `/api/v1/${path}/rollback`,
      { version: 1, reason: 'Back.' },
      { 'if-match': `"${present}"` },
    );

  test('a rollback does not name again what was deleted meanwhile', async () => {
    const customer = await make('customer', []);
    const procedure = await make('procedure', []);
    const [first, second] = [await make('equipment', [customer]), await make('equipment', [customer])];
    const srf = await make('srf', [customer, procedure, first]);
    const items = [{ equipmentId: second, procedureId: procedure }];
    const swapped = await tenant.owner.patch(`/api/v1/srfs/${srf}`, { items }, { 'if-match': '"1"' });
    assert.equal(swapped.status, 200, String(swapped.bytes));
    assert.equal((await remove(`equipment/${first}`, 1)).status, 204);
    const refused = await rollBack(`srfs/${srf}`, 2);
    assert.deepEqual([refused.status, refused.body.code], [409, 'platform.reference_gone']);
    assert.equal((await tenant.owner.get(`/api/v1/srfs/${srf}`)).body.items[0].equipmentId, second);
  });

  test('what was deleted does not come back under what was deleted, too', async () => {
    const customer = await make('customer', []);
    const equipment = await make('equipment', [customer]);
    assert.equal((await remove(`equipment/${equipment}`, 1)).status, 204);
    assert.equal((await remove(`customers/${customer}`, 1)).status, 204);
    const refused = await rollBack(`equipment/${equipment}`, 2);
    assert.deepEqual([refused.status, refused.body.code], [409, 'platform.reference_gone']);
    assert.equal((await rollBack(`customers/${customer}`, 2)).status, 200);
    assert.equal((await rollBack(`equipment/${equipment}`, 2)).status, 200);
  });

  test('of a deletion and something new that names the same record at once one wins', async () => {
    const outcomes = await Promise.all(
      Array.from({ length: 12 }, async () => {
        const customer = await make('customer', []);
        const endpoint = endpoints.find(({ id }) => id === 'calibration.equipment.create');
        assert(endpoint !== undefined);
        const body = exampleBody(endpoint, bookOf([customer]));
        const [gone, made] = await Promise.all([
          remove(`customers/${customer}`, 1),
          tenant.owner.post('/api/v1/equipment', body),
        ]);
        return `${gone.status} ${made.status}`;
      }),
    );
    assert.ok(!outcomes.includes('204 201'), outcomes.join(', '));
    assert.ok(
      outcomes.every(outcome => /^(204|409) (201|409|422)$/.test(outcome)),
      outcomes.join(', '),
    );
  });
});
