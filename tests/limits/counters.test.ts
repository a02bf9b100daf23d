import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { openLimiter } from '../../shared/platform/limits/index.ts';
import { cosmosCounters } from '../../shared/platform/records/index.ts';
import { openTestProduct } from '../product.ts';

const { stores, platform } = openTestProduct();
const counters = cosmosCounters(stores.limits.container);

describe('a counter', () => {
  test('is never more than its most, however many add at once', async () => {
    const key = ['tnt_counter', platform.newKey()];
    const sums = await Promise.all(Array.from({ length: 50 }, () => counters.add(key, 'w', 3, 100, 60)));
    const taken = sums.filter(sum => sum !== undefined);
    assert.equal(taken.length, 33);
    assert.equal(new Set(taken).size, 33);
    assert.equal(await counters.read(key, 'w'), 99);
  });

  test('of one tenant is not the counter of another', async () => {
    const name = platform.newKey();
    assert.equal(await counters.add(['tnt_one', name], 'w', 1, 1, 60), 1);
    assert.equal(await counters.add(['tnt_two', name], 'w', 1, 1, 60), 1);
    assert.equal(await counters.add(['tnt_one', name], 'w', 1, 1, 60), undefined);
  });

  test('that nobody added to is zero', async () => {
    assert.equal(await counters.read(['tnt_counter', platform.newKey()], 'w'), 0);
  });
});

test('two instances share one quota', async () => {
  const instances = [0, 1].map(() => openLimiter(counters, platform.now));
  const use = { name: 'user', tenant: 'tnt_shared', key: platform.newKey(), quota: 200, seconds: 86_400 };
  const standings = await Promise.all(
    Array.from({ length: 400 }, (_, index) => instances[index % 2]?.take(use)),
  );
  const allowed = standings.filter(standing => standing?.allowed === true).length;
  assert.ok(allowed >= 187 && allowed <= 208, `${allowed} of 200 were allowed`);
});
