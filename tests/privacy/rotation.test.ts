import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as z from 'zod';
import type { Answer } from '../../scripts/demo/client.ts';
import { expectStatus, until } from '../../scripts/demo/expect.ts';
import { secondsAfter } from '../../shared/kernel/index.ts';
import { runJob } from '../../shared/platform/jobs/index.ts';
import { type Keyring, openKeyring, type RotationWatch } from '../../shared/platform/keys/index.ts';
import { defineRecord, newRecordId, recordsDoor, type Saved } from '../../shared/platform/records/index.ts';
import { ownTenant } from '../identity/people.ts';
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

const watch: RotationWatch = {
  version: undefined,
  began: async () => undefined,
  progress: async () => undefined,
  isTimeUp: () => false,
};

/** Rotates as the job does: it goes on when it is due. */
async function rotate(keyring: Keyring, tenant: string): Promise<number> {
  for (let waits = 0; ; waits += 1) {
    const rotation = await keyring.rotate(tenant, watch);
    if (!('resumeAt' in rotation)) return waits;
    await new Promise(resolve => setTimeout(resolve, rotation.resumeAt.getTime() - Date.now()));
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
    await assert.rejects(instance(tenant).keyring.rotate(tenant, { ...watch, progress: dying }), /killed/);
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

  test('by a job, which the worker puts off until the old key is forgotten, and which ends then, once', async () => {
    const { tenant, owner } = await ownTenant();
    const asked = expectStatus(await owner.post('/api/v1/key-rotations', {}), 202, 'a rotation');
    const step = 'until old keys are forgotten';
    const isPutOff = ({ body }: Answer): boolean => body?.progress?.step === step;
    const job = () => owner.get(`/api/v1/jobs/${asked.id}`);
    await until(job, isPutOff, 60_000, 'the worker has put it off');

    // Another instance of the worker, eight minutes later.
    const now = (): Date => secondsAfter(new Date(), 480);
    const { app } = openTestProduct();
    const keyring = openKeyring({ items: stores.keys, wrapping: wrappingKey, now });
    let isKilled = true;
    const privacy = {
      ...platform.privacy,
      rotate: async (...call: Parameters<typeof keyring.rotate>) => {
        const rotation = await keyring.rotate(...call);
        if (isKilled) throw new Error('killed after the last line of the rotation');
        return rotation;
      },
    };
    const tools = {
      platform: { ...platform, now, privacy },
      definitions: app.jobs,
      print: () => Promise.reject(new Error('no browser here')),
      worker: 'another',
      ended: () => undefined,
      messenger: { send: () => assert.fail('it is not put off again') },
    };
    const message = { tenantId: tenant.id, jobId: asked.id };
    await assert.rejects(runJob(tools, message, { count: 0, most: 18 }), { code: 'platform.job_crashed' });
    isKilled = false;
    await runJob(tools, message, { count: 1, most: 18 });
    const ended = await until(job, ({ body }) => body?.state !== 'running', 10_000, 'it has ended');
    assert.equal(ended.body.state, 'succeeded', JSON.stringify(ended.body.problem));
    const { versions, current } =
      (await stores.keys.read<TenantEntry>([tenant.id], '~tenant')) ?? assert.fail();
    assert.deepEqual([current, versions.map(({ version }) => version)], [2, [2]]);
    expectStatus(await owner.get('/api/v1/me'), 200, 'who asked is known');
  });
});

type TenantEntry = { readonly current: number; readonly versions: readonly { readonly version: number }[] };
