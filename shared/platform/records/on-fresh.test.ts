import assert from 'node:assert/strict';
import { test } from 'node:test';
import { recordFault } from './faults.ts';
import { onFresh } from './on-fresh.ts';

const stale = (id = 'srf_1') => recordFault('platform.version_stale', { id });
const nothing = async () => undefined;

test('loads and decides anew when what it decided on was changed meanwhile, after a pause that grows', async () => {
  let loads = 0;
  const pauses: number[] = [];
  const result = await onFresh(
    async () => {
      loads += 1;
      return loads;
    },
    async loaded => {
      if (loaded < 3) throw stale();
      return `done with ${loaded}`;
    },
    { pause: async tries => void pauses.push(tries) },
  );
  assert.deepEqual([result, pauses], ['done with 3', [1, 2]]);
});

test('what loading refuses is final', async () => {
  let loads = 0;
  const attempt = onFresh(
    async () => {
      loads += 1;
      throw recordFault('platform.version_stale', { version: 7 });
    },
    async () => 'never',
  );
  await assert.rejects(attempt, { code: 'platform.version_stale' });
  assert.equal(loads, 1);
});

test('ends after so many tries, and says that it was busy and why', async () => {
  for (const tries of [1, 4]) {
    const acts: number[] = [];
    const last = stale();
    const attempt = onFresh(
      async () => acts.length,
      async loaded => {
        acts.push(loaded);
        throw last;
      },
      { tries, pause: nothing },
    );
    await assert.rejects(attempt, { code: 'platform.busy', cause: last });
    assert.deepEqual(acts, [...Array(tries).keys()]);
  }
});

test('passes on at once what does not mean that somebody came first', async () => {
  const others = [
    recordFault('platform.not_found'),
    new TypeError('a mistake'),
    stale('usr_1'), // another record than the one that is decided on anew
  ];
  for (const error of others) {
    let acts = 0;
    const attempt = onFresh(
      nothing,
      async () => {
        acts += 1;
        throw error;
      },
      { lost: ({ data }) => data['id'] === 'srf_1', pause: nothing },
    );
    await assert.rejects(attempt, error);
    assert.equal(acts, 1);
  }
});

test('without a say, only what was stale means that somebody came first', async () => {
  let acts = 0;
  const attempt = onFresh(nothing, async () => {
    acts += 1;
    throw recordFault('platform.claim_taken');
  });
  await assert.rejects(attempt, { code: 'platform.claim_taken' });
  assert.equal(acts, 1);
});
