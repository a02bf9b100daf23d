import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import { type Cache, openCache } from './cache.ts';

describe('a cache', () => {
  let time = 0;
  let reads: string[] = [];
  let answers = new Map<string, Promise<string>>();
  let cache: Cache<string>;

  beforeEach(() => {
    time = 0;
    reads = [];
    answers = new Map();
    cache = openCache({
      load: key => {
        reads.push(key);
        return answers.get(key) ?? Promise.resolve(`${key} at ${time}`);
      },
      keepMilliseconds: () => 100,
      most: 2,
      now: () => new Date(time),
    });
  });

  test('reads once as long as it may keep, and again afterwards', async () => {
    assert.equal(await cache.get('a'), 'a at 0');
    time = 99;
    assert.equal(await cache.get('a'), 'a at 0');
    time = 100;
    assert.equal(await cache.get('a'), 'a at 100');
    assert.deepEqual(reads, ['a', 'a']);
  });

  test('lets everybody who asks at once wait for one read', async () => {
    await Promise.all(Array.from({ length: 50 }, () => cache.get('a')));
    assert.deepEqual(reads, ['a']);
  });

  test('forgets the oldest when it is full', async () => {
    for (const key of ['a', 'b', 'c', 'b']) await cache.get(key);
    assert.deepEqual(reads, ['a', 'b', 'c']);
    await cache.get('a');
    assert.deepEqual(reads, ['a', 'b', 'c', 'a']);
  });

  test('does not keep what was being read when it was forgotten', async () => {
    const { promise, resolve } = Promise.withResolvers<string>();
    answers.set('a', promise);
    const before = cache.get('a');
    cache.forget('a');
    answers.delete('a');
    assert.equal(await cache.get('a'), 'a at 0');
    resolve('old');
    assert.equal(await before, 'old');
    assert.equal(await cache.get('a'), 'a at 0');
  });

  test('keeps no failure', async () => {
    answers.set('a', Promise.reject(new Error('out')));
    await assert.rejects(cache.get('a'), /out/);
    answers.delete('a');
    assert.equal(await cache.get('a'), 'a at 0');
  });
});
