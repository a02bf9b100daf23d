import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Az } from './commands.ts';
import { anEnvironment } from './deployment.fixture.ts';
import { restoreDatabase, restorePoints } from './restore.ts';

const account = {
  accountName: 'cosmos',
  oldestRestorableTime: '2026-10-26T03:00:00+00:00',
  restorableLocations: [{ locationName: 'West Europe' }, { locationName: 'North Europe' }],
};

/** Answers as Azure does and remembers what was asked. */
function azure() {
  const asked: string[][] = [];
  const az: Az = async (...args) => {
    asked.push(args);
    if (args[1] === 'restorable-database-account') return [account];
    return args[1] === 'show' ? { writeLocations: [{ locationName: 'West Europe' }] } : undefined;
  };
  return { az, asked };
}

describe('restoring the database', () => {
  test('tells since when and where it can be restored', async () => {
    assert.deepEqual(await restorePoints(azure().az, anEnvironment()), [
      'cosmos since 2026-10-26T03:00:00+00:00 in West Europe, North Europe',
    ]);
  });

  test('makes an account beside the one that runs, closed and without keys, where that one is written to', async () => {
    const { az, asked } = azure();
    assert.equal(await restoreDatabase(az, anEnvironment(), '2026-11-25T02:55:00Z'), 'cosmos-restored');
    const restore = asked.at(-1) ?? [];
    const option = (name: string) => restore[restore.indexOf(`--${name}`) + 1];
    assert.deepEqual(restore.slice(0, 2), ['cosmosdb', 'restore']);
    assert.equal(option('target-database-account-name'), 'cosmos-restored');
    assert.equal(option('restore-timestamp'), '2026-11-25T02:55:00Z');
    assert.equal(option('location'), 'West Europe');
    assert.equal(option('public-network-access'), 'DISABLED');
    assert.equal(option('disable-local-auth'), 'true');
  });

  for (const at of [undefined, '', 'yesterday', '2026-11-25 02:55']) {
    test(`asks Azure nothing at ${at}`, async () => {
      const { az, asked } = azure();
      await assert.rejects(restoreDatabase(az, anEnvironment(), at), /--at wants a time in UTC/);
      assert.deepEqual(asked, []);
    });
  }
});
