import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as z from 'zod';
import { AppError } from '../../shared/kernel/index.ts';
import { type Keyring, openKeyring } from '../../shared/platform/keys/index.ts';
import { defineRecord, newRecordId, recordsDoor, type Saved } from '../../shared/platform/records/index.ts';
import { callerOf, openTestProduct } from '../product.ts';

const Card = z.strictObject({ name: z.string().meta({ personal: true }), count: z.number() });
type Card = z.infer<typeof Card>;
const cardKind = defineRecord<Card>({
  name: 'test.card',
  prefix: 'crd',
  home: 'own',
  schema: Card,
  indexed: () => ({}),
  blinded: ({ name }) => ({ name: [name] }),
  readPermission: 'test.card:read',
});

const { platform, stores, wrappingKey } = openTestProduct();
/** Long enough that others have the old key in memory for a while, and short enough to wait for. */
const KEEP_MILLISECONDS = 1500;

function instance(tenant: string, keepMilliseconds = KEEP_MILLISECONDS) {
  const now = (): Date => new Date();
  const keyring = openKeyring({
    items: stores.keys,
    wrapping: wrappingKey,
    now,
    keepMilliseconds,
  });
  const { records: store, archive } = stores;
  const door = recordsDoor({
    store,
    archive,
    keyring,
    now,
    newKey: platform.newKey,
    committed: () => undefined,
  });
  return { keyring, records: door.for(callerOf(tenant)) };
}
type Instance = ReturnType<typeof instance>;

async function makeCard({ records }: Instance, name: string): Promise<Saved<Card>> {
  const id = newRecordId(cardKind, platform.newKey());
  const create = [{ kind: cardKind, id, data: { name, count: 0 } }];
  const { saved } = await records.scope(id).commit({ action: 'test.card.created', create });
  return saved.get(id) as Saved<Card>;
}

/** Rotates as the job does: what says "later" is asked again. */
async function rotate(keyring: Keyring, tenant: string): Promise<number> {
  for (let waits = 0; ; waits += 1) {
    try {
      await keyring.rotate(tenant, async () => undefined);
      return waits;
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'platform.rotation_waiting') throw error;
      await new Promise(resolve => setTimeout(resolve, 200));
    }
  }
}

const versionsOf = async (tenant: string, id: string) =>
  (await stores.keys.read<{ versions: { version: number }[]; under: number }>([tenant], id)) ??
  assert.fail(id);

describe('keys that are renewed while requests are served', () => {
  test('refuse nobody: what was written before and meanwhile is read by everybody, under one key in the end', async () => {
    const tenant = `tnt_${platform.newKey()}`;
    const [one, two, third] = [instance(tenant), instance(tenant), instance(tenant)];
    const old = await makeCard(one, 'before');
    let isOver = false;
    const made: Saved<Card>[] = [];
    const serve = async (own: Instance): Promise<void> => {
      while (!isOver) {
        const card = await makeCard(own, `meanwhile ${made.length}`);
        made.push(card);
        const read = await own.records.get(cardKind, old.id);
        assert.equal(read.data.name, 'before');
        await new Promise(resolve => setTimeout(resolve, 20));
      }
    };
    const serving = [serve(one), serve(two)];
    const waits = await rotate(third.keyring, tenant).finally(() => {
      isOver = true;
    });
    await Promise.all(serving);
    assert.ok(waits > 0, 'the old key is kept while others may have it in memory');
    assert.ok(made.length > 10);
    assert.deepEqual(
      (await versionsOf(tenant, '~tenant')).versions.map(({ version }) => version),
      [2],
    );

    const fresh = instance(tenant);
    for (const { id, data } of [old, ...made])
      assert.equal((await fresh.records.get(cardKind, id)).data.name, data.name);
    const { under, versions } = await versionsOf(tenant, old.id);
    assert.deepEqual([under, versions.map(({ version }) => version)], [2, [1, 2]]);
    const where = { name: { exactly: 'before' } };
    const { items } = await fresh.records.list(cardKind, { where, limit: 10 });
    assert.deepEqual(
      items.map(({ id }) => id),
      [old.id],
      'the blind index finds what was indexed before',
    );
  });

  test('seal what is written afterwards under the new version, and history reads on under the old one', async () => {
    const tenant = `tnt_${platform.newKey()}`;
    const one = instance(tenant);
    const card = await makeCard(one, 'first');
    await rotate(one.keyring, tenant);
    const { records } = instance(tenant);
    const record = await records.get(cardKind, card.id);
    const scope = records.scope(card.id);
    await scope.commit({
      action: 'test.card.changed',
      update: [{ record, data: { ...record.data, name: 'second' } }],
    });
    const after = await records.get(cardKind, card.id);
    assert.match(JSON.stringify(record.stored), /~1\.1\.crd_/);
    assert.match(JSON.stringify(after.stored), /~1\.2\.crd_/);
    const { items } = await scope.history(after, { order: 'oldest', limit: 10 });
    const told = JSON.stringify(items.map(({ records: touched }) => touched));
    assert.ok(told.includes('first') && told.includes('second'));
  });

  test('open what another instance sealed under the new version, also where the old one is in memory', async () => {
    const tenant = `tnt_${platform.newKey()}`;
    const [one, two] = [instance(tenant), instance(tenant, 60_000)];
    const card = await makeCard(one, 'first');
    const known = await two.records.get(cardKind, card.id);
    await rotate(one.keyring, tenant);
    const action = 'test.card.changed';
    const data = { ...known.data, name: 'second' };
    await one.records.scope(card.id).commit({ action, update: [{ record: known, data }] });
    const after = await two.records.get(cardKind, card.id);
    assert.match(JSON.stringify(after.stored), /~1\.2\.crd_/);
    assert.equal(after.data.name, 'second');
    const { items } = await two.records.scope(card.id).history(after, { order: 'oldest', limit: 10 });
    assert.equal(items.length, 2);
  });

  test('are renewed again by a job that was cut off, from where it was', async () => {
    const tenant = `tnt_${platform.newKey()}`;
    const one = instance(tenant);
    const cards = await Promise.all(Array.from({ length: 5 }, (_, index) => makeCard(one, `card ${index}`)));
    let calls = 0;
    const dying = async (): Promise<void> => {
      calls += 1;
      throw new Error('killed');
    };
    await assert.rejects(instance(tenant).keyring.rotate(tenant, dying), /killed/);
    assert.equal(calls, 1);
    await rotate(instance(tenant).keyring, tenant);
    const fresh = instance(tenant);
    for (const { id, data } of cards)
      assert.equal((await fresh.records.get(cardKind, id)).data.name, data.name);
    assert.deepEqual(
      (await versionsOf(tenant, '~tenant')).versions.map(({ version }) => version),
      [2],
    );
  });
});
