import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as z from 'zod';
import { AppError } from '../../shared/kernel/index.ts';
import {
  defineRecord,
  newRecordId,
  type RecordsDoor,
  recordFault,
  type Store,
} from '../../shared/platform/records/index.ts';
import { openReservations } from '../../shared/platform/reservations/index.ts';
import type { ReservationTools } from '../../shared/platform/reservations/tools.ts';
import { callerOf, openTestProduct } from '../product.ts';

const Article = z.strictObject({ sku: z.string() });
const articleKind = defineRecord({
  name: 'test.article',
  prefix: 'art',
  home: 'own',
  schema: Article,
  indexed: () => ({}),
  readPermission: 'test.article:read',
});

const { platform, stores, keyring } = openTestProduct();
let now = new Date();
const tools: ReservationTools = {
  store: stores.reservations,
  records: platform.records,
  keyring,
  now: () => now,
  newKey: platform.newKey,
};
const { uniques, balances, settleReservations } = openReservations(tools);
const newTenant = (): string => `tnt_${platform.newKey()}`;
const newArticle = (): string => newRecordId(articleKind, platform.newKey());
const NAME = 'test.sku';

/** Every call of the store counts; the one after `calls` and all later ones find the process dead. */
function dyingAfter(calls: number): ReservationTools {
  let left = calls;
  const alive =
    <A extends readonly unknown[], R>(call: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      left -= 1;
      if (left < 0) throw recordFault('platform.database_unavailable');
      return call(...args);
    };
  const { store } = tools;
  const dying: Store = {
    ...store,
    read: alive(store.read) as Store['read'],
    create: alive(store.create) as Store['create'],
    replace: alive(store.replace) as Store['replace'],
    remove: alive(store.remove),
    batch: alive(store.batch),
  };
  const records: RecordsDoor = {
    for: caller => {
      const own = tools.records.for(caller);
      return {
        ...own,
        scope: name => {
          const scope = own.scope(name);
          return {
            ...scope,
            commit: alive(scope.commit),
            takeClaim: alive(scope.takeClaim),
            claimOwner: alive(scope.claimOwner),
          };
        },
      };
    },
  };
  return { ...tools, store: dying, records };
}

/** The whole way of a value: reserved, committed with its claim, settled. */
async function publish(own: ReservationTools, tenant: string, id: string, sku: string): Promise<void> {
  const caller = callerOf(tenant);
  const values = openReservations(own).uniques;
  const claim = await values.reserve(caller, { name: NAME, value: sku, owner: id, scope: id });
  const create = [{ kind: articleKind, id, data: { sku } }];
  const claims = claim === undefined ? [] : [claim];
  await own.records.for(caller).scope(id).commit({ action: 'test.article.made', create, claims });
  await values.settle(caller, NAME, sku);
}

/** A rename: the new value is reserved and the old one given up by one commit. */
async function rename(
  own: ReservationTools,
  tenant: string,
  id: string,
  from: string,
  to: string,
): Promise<void> {
  const caller = callerOf(tenant);
  const values = openReservations(own).uniques;
  const scope = own.records.for(caller).scope(id);
  const wish = { name: NAME, owner: id, scope: id };
  const claims = [
    await values.reserve(caller, { ...wish, value: to }),
    await values.leave(caller, { ...wish, value: from }),
  ].filter(claim => claim !== undefined);
  const record = await scope.get(articleKind, id);
  await scope.commit({ action: 'test.article.renamed', update: [{ record, data: { sku: to } }], claims });
  await values.settle(caller, NAME, to);
  await values.settle(caller, NAME, from);
}

async function later(): Promise<void> {
  now = new Date(now.getTime() + 200_000);
  await settleReservations();
}

const owner = (tenant: string, value: string): Promise<string | undefined> =>
  uniques.settle(callerOf(tenant), NAME, value);
const skuOf = async (tenant: string, id: string): Promise<string | undefined> =>
  (await platform.records.for(callerOf(tenant)).find(articleKind, id))?.data.sku;

async function diesOrDone(work: Promise<void>): Promise<boolean> {
  return work.then(
    () => true,
    (error: unknown) => {
      if (error instanceof AppError && error.code === 'platform.database_unavailable') return false;
      throw error;
    },
  );
}

describe('a unique value', () => {
  test('of fifty records that want it at once is had by one', async () => {
    const tenant = newTenant();
    const ids = Array.from({ length: 50 }, newArticle);
    const outcomes = await Promise.allSettled(ids.map(id => publish(tools, tenant, id, 'ONE')));
    const made = ids.filter((_id, index) => outcomes[index]?.status === 'fulfilled');
    assert.equal(made.length, 1);
    for (const outcome of outcomes)
      if (outcome.status === 'rejected') assert.equal(outcome.reason.code, 'platform.value_taken');
    assert.equal(await owner(tenant, 'ONE'), made[0]);
  });

  test('belongs to a record exactly when that was committed, wherever the process died', async () => {
    let done = false;
    for (let calls = 0; !done; calls += 1) {
      const tenant = newTenant();
      const [first, second] = [newArticle(), newArticle()];
      done = await diesOrDone(publish(dyingAfter(calls), tenant, first, 'A'));
      await later();
      const sku = await skuOf(tenant, first);
      if (sku === undefined) await publish(tools, tenant, second, 'A');
      else await assert.rejects(publish(tools, tenant, second, 'A'), { code: 'platform.value_taken' });
      assert.equal(await owner(tenant, 'A'), sku === undefined ? second : first, `after ${calls} calls`);
    }
  });

  test('is renamed as a whole or not at all, wherever the process died', async () => {
    let done = false;
    for (let calls = 0; !done; calls += 1) {
      const tenant = newTenant();
      const id = newArticle();
      await publish(tools, tenant, id, 'OLD');
      done = await diesOrDone(rename(dyingAfter(calls), tenant, id, 'OLD', 'NEW'));
      await later();
      const [had, free] = (await skuOf(tenant, id)) === 'NEW' ? ['NEW', 'OLD'] : ['OLD', 'NEW'];
      assert.equal(await owner(tenant, had), id, `after ${calls} calls`);
      const other = newArticle();
      await publish(tools, tenant, other, free);
      assert.equal(await owner(tenant, free), other, `after ${calls} calls`);
    }
  });

  test('that a slow commit wants after its reservation ended is not had by it', async () => {
    const tenant = newTenant();
    const [slow, quick] = [newArticle(), newArticle()];
    const caller = callerOf(tenant);
    const claim = await uniques.reserve(caller, { name: NAME, value: 'S', owner: slow, scope: slow });
    await later();
    await publish(tools, tenant, quick, 'S');
    const create = [{ kind: articleKind, id: slow, data: { sku: 'S' } }];
    const late = platform.records
      .for(caller)
      .scope(slow)
      .commit({ action: 'test.article.made', create, claims: claim === undefined ? [] : [claim] });
    await assert.rejects(late, { code: 'platform.claim_taken' });
    assert.equal(await owner(tenant, 'S'), quick);
  });
});

/** Pays from a balance: held, committed with the claim, settled. */
async function pay(own: ReservationTools, tenant: string, id: string, amount: number): Promise<void> {
  const caller = callerOf(tenant);
  const values = openReservations(own).balances;
  const claim = await values.hold(caller, 'card', { amount, owner: id, scope: id });
  const create = [{ kind: articleKind, id, data: { sku: String(amount) } }];
  await own.records
    .for(caller)
    .scope(id)
    .commit({ action: 'test.sale.made', create, claims: [claim] });
  await values.settle(caller, 'card', id);
}

const credit = (tenant: string, amount: number, key = 'first') =>
  balances.credit(callerOf(tenant), 'card', { key, amount, unit: 'EUR' });

describe('a balance', () => {
  test('is credited once for each key', async () => {
    const tenant = newTenant();
    await Promise.all([credit(tenant, 100), credit(tenant, 100), credit(tenant, 50, 'second')]);
    assert.deepEqual(await balances.read(callerOf(tenant), 'card'), { unit: 'EUR', available: 150, held: 0 });
  });

  test('is never overdrawn by fifty who pay at once', async () => {
    const tenant = newTenant();
    await credit(tenant, 205);
    const ids = Array.from({ length: 50 }, newArticle);
    const outcomes = await Promise.allSettled(ids.map(id => pay(tools, tenant, id, 10)));
    const paid = outcomes.filter(({ status }) => status === 'fulfilled').length;
    for (const outcome of outcomes)
      if (outcome.status === 'rejected')
        assert.ok(['platform.balance_too_low', 'platform.busy'].includes(outcome.reason.code));
    await later();
    const { available, held } = (await balances.read(callerOf(tenant), 'card')) ?? {};
    assert.deepEqual([available, held], [205 - paid * 10, 0]);
    assert.ok(paid >= 1 && paid <= 20);
  });

  test('loses exactly what was committed, wherever the process died', async () => {
    let done = false;
    for (let calls = 0; !done; calls += 1) {
      const tenant = newTenant();
      await credit(tenant, 100);
      const id = newArticle();
      done = await diesOrDone(pay(dyingAfter(calls), tenant, id, 30));
      await later();
      const spent = (await skuOf(tenant, id)) === undefined ? 0 : 30;
      const left = await balances.read(callerOf(tenant), 'card');
      assert.deepEqual(left, { unit: 'EUR', available: 100 - spent, held: 0 }, `after ${calls} calls`);
    }
  });

  test('refuses more than there is, and another amount for the same document', async () => {
    const tenant = newTenant();
    await credit(tenant, 10);
    const caller = callerOf(tenant);
    const id = newArticle();
    const hold = (amount: number) => balances.hold(caller, 'card', { amount, owner: id, scope: id });
    await assert.rejects(hold(11), { code: 'platform.balance_too_low' });
    const claim = await hold(4);
    assert.deepEqual(await hold(4), claim);
    await assert.rejects(hold(5), { code: 'platform.hold_differs' });
    assert.equal(await balances.settle(caller, 'card', id), 'released');
    assert.equal((await balances.read(caller, 'card'))?.available, 10);
  });
});
