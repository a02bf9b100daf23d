import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { Counters } from '../records/index.ts';
import { rateLimitFields } from './fields.ts';
import { openLimiter, type Use } from './limiter.ts';
import { freeOf, leaseOf, windowAt } from './window.ts';

const NOON = Date.parse('2026-01-01T12:00:00Z');

/** Counters as the database keeps them, in memory; what they guarantee is tested on the database itself. */
function memoryCounters() {
  const sums = new Map<string, number>();
  const calls = { add: 0 };
  const counters: Counters = {
    add: async (key, id, by, most) => {
      calls.add += 1;
      await Promise.resolve();
      const sum = (sums.get(`${key} ${id}`) ?? 0) + by;
      if (sum > most) return undefined;
      sums.set(`${key} ${id}`, sum);
      return sum;
    },
    read: async (key, id) => sums.get(`${key} ${id}`) ?? 0,
  };
  return { counters, calls };
}

const use = (quota: number, key = 'usr_1'): Use => ({
  name: 'user',
  tenant: 'tnt_1',
  key,
  quota,
  seconds: 60,
});
const at = (milliseconds: number) => () => new Date(NOON + milliseconds);

describe('a window', () => {
  test('is the same for everybody, holds its instant, and the next one begins where it ends', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 2 ** 41 }),
        fc.integer({ min: 1, max: 86_400 }),
        (now, seconds) => {
          const window = windowAt(now, seconds, 'key');
          assert.ok(window.start <= now && now < window.end);
          assert.equal(window.end - window.start, seconds * 1000);
          assert.equal(windowAt(window.end, seconds, 'key').start, window.end);
        },
      ),
    );
  });
});

describe('a limiter', () => {
  test('gives again what was given back, before the first lease and after it', async () => {
    for (const quota of [1, 5, 49, 100]) {
      const limiter = openLimiter(memoryCounters().counters, at(0));
      for (let used = 0; used < quota; used += 1) {
        await limiter.take(use(quota));
        limiter.giveBack(use(quota));
        assert.ok((await limiter.take(use(quota))).allowed, `${used} of ${quota}`);
      }
      assert.ok(!(await limiter.take(use(quota))).allowed);
      limiter.giveBack(use(quota));
      assert.ok((await limiter.take(use(quota))).allowed);
      assert.ok(!(await limiter.take(use(quota))).allowed);
    }
  });

  test('lets an instance that is alone use exactly the quota', async () => {
    for (const quota of [1, 5, 49, 50, 100, 1000, 10_000]) {
      const limiter = openLimiter(memoryCounters().counters, at(0));
      let allowed = 0;
      for (let asked = 0; asked < quota + 50; asked += 1)
        if ((await limiter.take(use(quota))).allowed) allowed += 1;
      assert.equal(allowed, quota);
    }
  });

  test('writes to the database far less often than it is asked', async () => {
    const { counters, calls } = memoryCounters();
    const limiter = openLimiter(counters, at(0));
    for (let asked = 0; asked < 10_000; asked += 1) await limiter.take(use(10_000));
    assert.ok(calls.add < 150, `${calls.add} writes`);
  });

  test('writes nothing at all for those who ask seldom', async () => {
    const { counters, calls } = memoryCounters();
    const limiter = openLimiter(counters, at(0));
    for (let asked = 0; asked < freeOf(1000); asked += 1) await limiter.take(use(1000));
    assert.equal(calls.add, 0);
  });

  test('never lets several instances together pass the quota by more than what is free of asking', async () => {
    const asks = fc.array(fc.nat({ max: 3 }), { minLength: 1, maxLength: 600 });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 300 }), asks, async (quota, order) => {
        const { counters } = memoryCounters();
        const instances = [0, 1, 2, 3].map(() => openLimiter(counters, at(0)));
        const standings = await Promise.all(order.map(index => instances[index]?.take(use(quota))));
        const allowed = standings.filter(standing => standing?.allowed === true).length;
        assert.ok(allowed <= quota + 4 * freeOf(quota), `${allowed} of ${quota}`);
        assert.ok(allowed >= Math.min(order.length, quota - 3 * leaseOf(quota)), `${allowed} of ${quota}`);
      }),
    );
  });

  test('counts each key by itself, and begins again in the next window', async () => {
    const { counters } = memoryCounters();
    let now = 0;
    const limiter = openLimiter(counters, () => new Date(NOON + now));
    assert.equal((await limiter.take(use(1, 'a'))).allowed, true);
    assert.equal((await limiter.take(use(1, 'a'))).allowed, false);
    assert.equal((await limiter.take(use(1, 'b'))).allowed, true);
    now = 60_000;
    assert.equal((await limiter.take(use(1, 'a'))).allowed, true);
  });

  test('counts for itself while the database is out, and still refuses', async () => {
    const out = () => Promise.reject(new Error('out'));
    const limiter = openLimiter({ add: out, read: out }, at(0));
    let allowed = 0;
    for (let asked = 0; asked < 300; asked += 1) if ((await limiter.take(use(100))).allowed) allowed += 1;
    assert.ok(allowed >= 100 && allowed <= 110, `${allowed} were allowed`);
  });

  test('feels another quota at once, within the window', async () => {
    const { counters } = memoryCounters();
    const limiter = openLimiter(counters, at(0));
    for (let asked = 0; asked < 30; asked += 1) await limiter.take(use(1000));
    assert.equal((await limiter.take(use(10))).allowed, false);
    assert.equal((await limiter.take(use(1000))).allowed, true);
  });

  test('holds a bounded number of keys', async () => {
    const limiter = openLimiter(memoryCounters().counters, at(0));
    for (let key = 0; key < 60_000; key += 1) await limiter.take(use(1000, `usr_${key}`));
    assert.ok(limiter.size() <= 50_000);
  });
});

test('the fields say quota, window, what is left and when it returns', async () => {
  const limiter = openLimiter(memoryCounters().counters, at(0));
  const standing = await limiter.take(use(5));
  assert.equal(rateLimitFields([standing])['ratelimit-policy'], '"user";q=5;w=60');
  assert.match(rateLimitFields([standing])['ratelimit'] ?? '', /^"user";r=4;t=([1-9]|[1-5]\d|60)$/);
});
