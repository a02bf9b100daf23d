import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { ContainerClient } from '@azure/storage-blob';
import { startTestStorage, type TestStorage } from '../blob/test-storage.ts';
import { startTestHost } from './test-app.ts';
import { renewalMilliseconds } from './timers.ts';

let storage: TestStorage;
let settings: Readonly<Record<string, string>>;
let container: ContainerClient;

// One for all tests, whose apps differ in name. It ends after their hosts, which call it until their end.
before(async () => {
  storage = await startTestStorage();
  settings = storage.settings;
  container = storage.client.getContainerClient('azure-webjobs-hosts');
});
after(() => storage.close());

const everySecond = `import { app } from '@azure/functions';
app.timer('tick', { schedule: '%TICK%', handler: async (timer, context) => context.log('tick ' + JSON.stringify(timer)) });`;

test('a timer runs on its schedule, and below a minute without a stored status', async t => {
  const host = await startTestHost(t, {
    source: everySecond,
    settings: { ...settings, TICK: '* * * * * *' },
    options: ['--name', 'brisk'],
  });
  await host.logged(/tick[\s\S]*tick \{[\s\S]*✓ tick [0-9a-f]{8} timer[\s\S]*✓ tick/);
  assert.match(
    host.log(),
    /tick \{"schedule":\{"adjustForDST":true\},"scheduleStatus":null,"isPastDue":false\}/,
  );
  assert.equal(
    await container.getBlobClient('timers/local-brisk/Host.Functions.tick/status').exists(),
    false,
  );
});

test('runOnStartup runs at once and stores the status, as the real host stores it', async t => {
  const source = `import { app } from '@azure/functions';
app.timer('daily', { schedule: '0 0 3 * * *', runOnStartup: true, handler: async (timer, context) => context.log(timer.scheduleStatus.last) });`;
  const host = await startTestHost(t, { source, settings, options: ['--name', 'eager'] });
  await host.logged(/✓ daily [0-9a-f]{8} on startup/);
  host.child.kill('SIGTERM');
  assert.equal(await host.exited, 0);
  assert.match(host.log(), /0001-01-01T00:00:00\+00:00/);
  const blob = container.getBlobClient('timers/local-eager/Host.Functions.daily/status');
  const status = JSON.parse((await blob.downloadToBuffer()).toString());
  assert.match(status.Next, /T03:00:00\+00:00$/);
  assert.equal(status.Last, status.LastUpdated);
});

test('an occurrence that nobody ran is past due at the next start', async t => {
  await container.createIfNotExists();
  const status = JSON.stringify({
    Last: '2026-01-01T03:00:00+00:00',
    Next: '2026-01-02T03:00:00+00:00',
    LastUpdated: '2026-01-01T03:00:00+00:00',
  });
  await container
    .getBlockBlobClient('timers/local-late/Host.Functions.tick/status')
    .upload(status, status.length);
  const host = await startTestHost(t, {
    source: everySecond,
    settings: { ...settings, TICK: '0 0 3 * * *' },
    options: ['--name', 'late'],
  });
  await host.logged(/✓ tick [0-9a-f]{8} past due/);
  assert.match(host.log(), /"isPastDue":true/);
});

test('of two instances one runs the timer, and the other takes over when the first ends', async t => {
  const app = {
    source: everySecond,
    settings: { ...settings, TICK: '* * * * * *' },
    options: ['--name', 'twins', '--timer-lease-seconds', '15', '--timer-poll-seconds', '0.5'],
  };
  const first = await startTestHost(t, app);
  await first.logged(/✓ tick/);
  const second = await startTestHost(t, app);
  await first.logged(/(✓ tick[\s\S]*){3}/);
  assert.doesNotMatch(second.log(), /✓ tick/);
  first.child.kill('SIGTERM');
  assert.equal(await first.exited, 0);
  await second.logged(/✓ tick/);
});

test('a failed run is tried again as the retry policy says', async t => {
  const source = `import { app } from '@azure/functions';
app.timer('flaky', { schedule: '0 0 3 1 1 *', runOnStartup: true, retry: { strategy: 'fixedDelay', maxRetryCount: 2, delayInterval: { milliseconds: 0 } },
  handler: async (timer, context) => { if ((context.retryContext?.retryCount ?? 0) < 2) throw new Error('again'); context.log('recovered from ' + JSON.stringify(context.retryContext.exception.message)); } });`;
  const host = await startTestHost(t, { source, settings, options: ['--name', 'flaky'] });
  await host.logged(
    /✗ flaky[\s\S]*✗ flaky[\s\S]*recovered from "Result: Failure\\nException: again[\s\S]*✓ flaky [0-9a-f]{8} retry 2/,
  );
});

test('a lock is renewed while there is time for one that comes late', () => {
  for (const leaseSeconds of [15, 60]) {
    const after = renewalMilliseconds({ leaseSeconds, pollSeconds: 60 });
    assert.ok(after > 0 && after <= leaseSeconds * 500);
  }
});
