import assert from 'node:assert/strict';
import { beforeEach, describe, mock, test } from 'node:test';
import { openCache } from './cache.ts';
import { type CacheFeed, type EntryFeed, openCacheFeed } from './cache-feed.ts';

/** Lets what waits for a feed that answers at once go on. */
const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
};

describe('a feed of changes', () => {
  let changed: string[];
  let isOut: boolean;
  let reads: number;
  let feed: CacheFeed;
  const now = (): Date => new Date();
  const later = async (milliseconds: number): Promise<void> => {
    for (let passed = 0; passed < milliseconds; passed += 500) {
      mock.timers.tick(500);
      await settle();
    }
  };

  beforeEach(() => {
    mock.timers.reset();
    mock.timers.enable({ apis: ['setTimeout', 'Date'], now: 1_000_000 });
    changed = [];
    isOut = false;
    reads = 0;
    const source: EntryFeed = {
      begin: async () => ['0'],
      read: async () => {
        reads += 1;
        if (isOut) throw new Error('out');
        return { ids: changed.splice(0), position: ['1'] };
      },
    };
    feed = openCacheFeed(source, now);
  });

  test('covers nothing that was read before it began', async () => {
    assert.equal(feed.covers(Date.now()), false);
    const before = Date.now();
    await later(500);
    assert.equal(feed.covers(before), false);
    assert.equal(feed.covers(Date.now()), true);
  });

  test('lets a cache keep things for long and forget them within seconds of their change', async () => {
    const value = { of: 'a' };
    const cache = openCache({
      load: async () => ({ ...value }),
      keepMilliseconds: () => 30_000,
      most: 10,
      now,
      feed,
    });
    await cache.get('a');
    await later(1000);
    cache.forget('a');
    const first = await cache.get('a');
    await later(59_000);
    assert.equal(await cache.get('a'), first);
    changed.push('b');
    await later(3000);
    assert.equal(await cache.get('a'), first);
    changed.push('a');
    await later(3000);
    assert.notEqual(await cache.get('a'), first);
  });

  test('is not relied on while it is out, and is again when it is back', async () => {
    feed.covers(0);
    await later(1000);
    const readAt = Date.now();
    isOut = true;
    await later(9000);
    assert.equal(feed.covers(readAt), true);
    await later(4000);
    assert.equal(feed.covers(readAt), false);
    isOut = false;
    await later(3000);
    assert.equal(feed.covers(readAt), true);
  });

  test('rests while nobody asks', async () => {
    feed.covers(0);
    await later(70_000);
    const before = reads;
    await later(60_000);
    assert.equal(reads, before);
    feed.covers(0);
    await later(5000);
    assert.ok(reads > before);
  });
});
