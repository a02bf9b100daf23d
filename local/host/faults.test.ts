import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type BlobServer, startBlobServer } from '../blob/server.ts';
import { faults, type ServerFaults } from '../faults/client.ts';
import { ensureCertificates } from '../tls/certificates.ts';
import { startTestHost } from './test-app.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'host-faults-'));
let blob: BlobServer;
let storage: Record<string, string>;

before(async () => {
  const tls = await ensureCertificates(dataDir);
  blob = await startBlobServer({
    port: 0,
    dataDir: join(dataDir, 'blob'),
    tlsCert: tls.cert,
    tlsKey: tls.key,
    accounts: { vault: { containers: [] } },
  });
  const AzureWebJobsStorage = `DefaultEndpointsProtocol=https;AccountName=vault;AccountKey=${blob.keys['vault']};BlobEndpoint=https://localhost:${blob.port}/vault;`;
  storage = { AzureWebJobsStorage, NODE_EXTRA_CA_CERTS: tls.ca };
});

after(async () => {
  await blob.close();
  rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 });
});

function faultsOf(url: string): ServerFaults<'host'> {
  return faults({ settings: { FAULTS_TOKEN: 'test', FAULTS_API_URL: url } }).on('api');
}

const counting = `import { app } from '@azure/functions';
let count = 0;
app.http('count', { methods: ['GET'], route: 'count', handler: async () => ({ jsonBody: { count: ++count } }) });
app.http('other', { methods: ['GET'], route: 'other', handler: async () => ({ body: 'other' }) });`;

test('a request is refused, loses its connection before the function or after it, or waits', async t => {
  const host = await startTestHost(t, { source: counting, settings: { FAULTS_TOKEN: 'test' } });
  const api = faultsOf(host.url);
  const count = async () => (await fetch(`${host.url}/count`)).json();
  {
    await using refused = await api.refuse({ entity: 'count', status: 503, retryAfterMs: 2000 });
    const answer = await fetch(`${host.url}/count`);
    assert.deepEqual([answer.status, answer.headers.get('retry-after')], [503, '2']);
    assert.equal(await (await fetch(`${host.url}/other`)).text(), 'other');
    assert.equal(await refused.struck(), 1);
  }
  await api.reset({ at: 'before', count: 1 });
  await assert.rejects(count());
  assert.deepEqual(await count(), { count: 1 });
  await api.reset({ at: 'after', count: 1 });
  await assert.rejects(count());
  assert.deepEqual(await count(), { count: 3 });
  const slow = await api.delay({ match: '/count', ms: 50, count: 1 });
  const began = performance.now();
  await count();
  assert.ok(performance.now() - began >= 50);
  assert.equal(await slow.struck(), 1);
});

test('a timer that a rule stops misses its time, and is past due when the rule ends', async t => {
  const source = `import { app } from '@azure/functions';
app.timer('nightly', { schedule: '0 0 3 * * *', runOnStartup: true, handler: async (timer, context) => context.log('past due ' + timer.isPastDue) });`;
  const settings = { ...storage, FAULTS_TOKEN: 'test' };
  const host = await startTestHost(t, { source, settings, options: ['--name', 'stopped'] });
  const worker = faultsOf(host.url);
  await host.logged(/✓ nightly [0-9a-f]{8} on startup/);
  await worker.jumpClock(24 * 3_600_000);
  await host.logged(/✓ nightly [0-9a-f]{8} timer/);
  const stopped = await worker.stopTimer({ entity: 'nightly' });
  await worker.jumpClock(2 * 24 * 3_600_000);
  const before = host.log();
  await stopped.end();
  await host.logged(/past due true[\s\S]*✓ nightly [0-9a-f]{8} past due/);
  assert.equal(before.match(/✓ nightly/g)?.length, 2);
  await assert.rejects(worker.stopTimer({ entity: 'mightly' }), /"field":"entity"/);
});
