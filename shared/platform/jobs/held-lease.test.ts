import assert from 'node:assert/strict';
import { describe, mock, test } from 'node:test';
import type { Lease } from '../records/index.ts';
import { type HeldLease, takeLease as take } from './held-lease.ts';

/** One lease in memory, with the ETag rules of the real one, and a count of what was asked of it. */
function fakeScope() {
  let stored: Lease | undefined;
  const asked = { reads: 0, writes: 0 };
  return {
    asked,
    lease: async () => {
      asked.reads += 1;
      return stored;
    },
    saveLease: async (lease: Lease) => {
      asked.writes += 1;
      if (lease.etag !== stored?.etag) return undefined;
      stored = { ...lease, etag: `${asked.writes}` };
      return stored;
    },
    get stored() {
      return stored;
    },
  };
}

/** The lease of work that was not put off. */
async function takeLease(...call: Parameters<typeof take>): Promise<HeldLease> {
  const taken = await take(...call);
  return 'resumeAt' in taken ? assert.fail('it was put off') : taken;
}

const START = new Date('2026-01-01T00:00:00Z');

/** Lets promises that were due run to their end. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
}

describe('a lease', () => {
  test('that nobody took before costs one write and no read', async () => {
    const scope = fakeScope();
    const lease = await takeLease(scope, 'lease_1', 'one', () => START);
    lease.drop();
    assert.deepEqual(scope.asked, { reads: 0, writes: 1 });
    assert.equal(lease.attempts, 1);
    assert.equal(lease.crashes, 0);
  });

  test('in a living hand is refused', async () => {
    const scope = fakeScope();
    const lease = await takeLease(scope, 'lease_1', 'one', () => START);
    await assert.rejects(
      takeLease(scope, 'lease_1', 'two', () => START),
      { code: 'platform.job_leased' },
    );
    lease.drop();
  });

  test('of a dead hand is taken over as one more attempt, after a crash', async () => {
    const scope = fakeScope();
    (await takeLease(scope, 'lease_1', 'one', () => START)).drop();
    const later = new Date(START.getTime() + 26_000);
    const second = await takeLease(scope, 'lease_1', 'two', () => later);
    second.drop();
    assert.deepEqual([second.attempts, second.crashes], [2, 1]);
    assert.equal(second.startedAt, START.toISOString());
  });

  test('that was let go is free at once, and only a crash counts as one', async () => {
    let now = START;
    const scope = fakeScope();
    await (await takeLease(scope, 'lease_1', 'one', () => now)).release(false);
    now = new Date(now.getTime() + 1);
    const second = await takeLease(scope, 'lease_1', 'two', () => now);
    assert.deepEqual([second.attempts, second.crashes], [2, 0]);
    await second.release(true);
    now = new Date(now.getTime() + 1);
    const third = await takeLease(scope, 'lease_1', 'three', () => now);
    assert.deepEqual([third.attempts, third.crashes], [3, 1]);
    third.drop();
  });

  test('of work that ends within a second writes no progress; after that the last word is written', async context => {
    mock.timers.enable({ apis: ['setTimeout', 'setInterval'] });
    context.after(() => mock.timers.reset());
    const scope = fakeScope();
    const lease = await takeLease(scope, 'lease_1', 'one', () => START);
    await lease.progress(10, 'first');
    await lease.progress(80, 'second');
    mock.timers.tick(900);
    await settle();
    assert.equal(scope.asked.writes, 1);
    mock.timers.tick(200);
    await settle();
    assert.equal(scope.asked.writes, 2);
    assert.deepEqual(scope.stored?.progress, { percent: 80, step: 'second' });
    await lease.progress(90, 'third');
    lease.drop();
    mock.timers.tick(60_000);
    await settle();
    assert.equal(scope.asked.writes, 2, 'nothing is written when the work has ended');
  });

  test('that kept a place is taken over there, with no crash before it', async () => {
    let now = START;
    const scope = fakeScope();
    const first = await takeLease(scope, 'lease_1', 'one', () => now);
    await first.release(true);
    now = new Date(now.getTime() + 1);
    const second = await takeLease(scope, 'lease_1', 'two', () => now);
    assert.deepEqual([second.crashes, second.checkpoint()], [1, undefined]);
    await second.keep({ page: 3 });
    second.drop();
    now = new Date(now.getTime() + 26_000);
    const third = await takeLease(scope, 'lease_1', 'three', () => now);
    third.drop();
    assert.deepEqual([third.crashes, third.checkpoint()], [1, { page: 3 }]);
    await assert.rejects(second.keep({ page: 4 }), { code: 'platform.job_leased' });
  });

  test('of work that was put off is taken by nobody before its time, and then as the same attempt', async () => {
    let now = START;
    const scope = fakeScope();
    const first = await takeLease(scope, 'lease_1', 'one', () => now);
    const resumeAt = new Date(now.getTime() + 60_000);
    assert.equal(await first.pause({ resumeAt, step: 'waiting' }), 1);
    assert.deepEqual(await take(scope, 'lease_1', 'two', () => now), { resumeAt, pauses: 1 });
    assert.equal(scope.stored?.progress.step, 'waiting');
    now = new Date(resumeAt.getTime() - 1000);
    const second = await takeLease(scope, 'lease_1', 'two', () => now);
    assert.deepEqual([second.attempts, second.crashes], [1, 0]);
    assert.equal(await second.pause({ resumeAt, step: 'waiting' }), 2);
  });
});
