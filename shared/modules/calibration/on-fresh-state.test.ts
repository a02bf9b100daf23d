import assert from 'node:assert/strict';
import { test } from 'node:test';
import { recordFault } from '../../platform/records/index.ts';
import { onFreshState } from './on-fresh-state.ts';

test('loads and decides again when another commit came in between', async () => {
  let loads = 0;
  const result = await onFreshState(
    async () => {
      loads += 1;
      return loads;
    },
    async state => {
      if (state < 3) throw recordFault('platform.version_stale', { id: 'srf_1' });
      return `done with ${state}`;
    },
  );
  assert.equal(result, 'done with 3');
});

test('what loading refuses is final', async () => {
  let loads = 0;
  const attempt = onFreshState(
    async () => {
      loads += 1;
      throw recordFault('platform.version_stale', { version: 7 });
    },
    async () => 'never',
  );
  await assert.rejects(attempt, { code: 'platform.version_stale' });
  assert.equal(loads, 1);
});

test('says busy when it never gets through, and passes other refusals on', async () => {
  const refused = (code: 'platform.version_stale' | 'platform.not_found') =>
    onFreshState(
      async () => undefined,
      async () => {
        throw recordFault(code);
      },
    );
  await assert.rejects(refused('platform.version_stale'), { code: 'platform.busy' });
  await assert.rejects(refused('platform.not_found'), { code: 'platform.not_found' });
});
