import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { nextTag, releasesOf, tagToReturnTo } from './releases.ts';

const tags = [
  'release-2026.09.30.2',
  'v1',
  'release-2026.10.01.1',
  'release-2026.09.30.10',
  'release-2026.9.1.1',
];

describe('releases', () => {
  test('are ordered by day and number, and other tags are none', () => {
    assert.deepEqual(
      releasesOf(tags).map(({ tag }) => tag),
      ['release-2026.10.01.1', 'release-2026.09.30.10', 'release-2026.09.30.2'],
    );
  });

  test('are counted within a day', () => {
    assert.equal(nextTag(tags, new Date('2026-09-30T23:59:59Z')), 'release-2026.09.30.11');
    assert.equal(nextTag(tags, new Date('2026-10-02T00:00:00Z')), 'release-2026.10.02.1');
  });

  test('one goes back to the newest that does not run', () => {
    assert.equal(tagToReturnTo(tags, [], undefined), 'release-2026.10.01.1');
    assert.equal(tagToReturnTo(tags, ['release-2026.10.01.1'], undefined), 'release-2026.09.30.10');
  });

  test('one goes back to the one that is asked for, if there is such a one', () => {
    assert.equal(tagToReturnTo(tags, [], 'release-2026.09.30.2'), 'release-2026.09.30.2');
    assert.throws(() => tagToReturnTo(tags, [], 'release-2025.01.01.1'), /there is no release/);
    assert.throws(() => tagToReturnTo(['v1'], [], undefined), /no earlier release/);
  });
});
