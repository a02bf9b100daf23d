import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { faults } from '../../local/faults/client.ts';
import { type Stack, startStack } from '../../local/supervisor/stack.ts';
import { until } from '../../scripts/demo/expect.ts';
import { openReceiver, type Receiver } from '../../scripts/demo/receiver.ts';
import { type Laboratory, openLaboratory } from '../laboratory.ts';
import { provisionLaboratories } from '../provision.ts';
import { trustStack } from '../trust.ts';
import { artifactsOf } from './artifacts.ts';

const SLUG = 'kills';
/** A dead worker's message comes back when its lock has run out, and its lease is shorter. */
const AFTER_A_KILL = 100_000;

describe('killed at the worst moment, nothing is lost and nothing happens twice', () => {
  let dataDir: string;
  let stack: Stack;
  let receiver: Receiver;
  let laboratory: Laboratory;

  before(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'touchstone-kills-'));
    stack = await startStack({
      dataDir,
      ports: 'free',
      apps: ['api', 'worker', 'render'],
      settings: { MESSAGING_DIRECT_SEND: 'false' },
      onCrash: () => undefined,
    });
    trustStack(stack.settings);
    await provisionLaboratories(stack.settings, SLUG);
    laboratory = await openLaboratory(stack.urls['api'] ?? '', SLUG);
    receiver = await openReceiver();
    const endpoint = await laboratory.owner.post('/api/v1/webhook-endpoints', {
      url: receiver.url,
      eventTypes: ['*'],
    });
    assert.equal(endpoint.status, 201);
    const secret = await laboratory.owner.get(`/api/v1/webhook-endpoints/${endpoint.body.id}/secret`);
    receiver.trust(secret.body.secret);
  });

  after(async () => {
    await receiver?.close();
    await stack?.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  /** One certificate came out, once, and its subscriber heard of it under one id. */
  async function assertIssuedOnce(srfId: string, location: string): Promise<{ readonly attempts: number }> {
    const job = await laboratory.ended(location, AFTER_A_KILL);
    assert.equal(job.state, 'succeeded', JSON.stringify(job.problem));
    const ofThis = ({ type, data }: { type: string; data: Readonly<Record<string, unknown>> }): boolean =>
      type === 'calibration.certificate.issued' && data['srfId'] === srfId;
    await receiver.waitFor(ofThis, AFTER_A_KILL);
    const ids = new Set(receiver.deliveries.filter(ofThis).map(({ id }) => id));
    assert.equal(ids.size, 1, 'one webhook id');
    const history = await laboratory.owner.get(`/api/v1/srfs/${srfId}/history?limit=100`);
    const issued = history.body.items.filter((entry: { action: string }) => entry.action.endsWith('.issued'));
    assert.equal(issued.length, 1, 'issued once');
    const certificates = await laboratory.owner.get(`/api/v1/srfs/${srfId}/certificates`);
    assert.equal(certificates.body.items.length, 1, 'one certificate');
    const report = await laboratory.owner.get(`/api/v1/srfs/${srfId}/verify`);
    assert.equal(report.body.intact, true);
    return job;
  }

  test('render killed while it prints: the job ends once, with one artifact and one webhook id', async () => {
    const srfId = await laboratory.approvedSrf();
    const before = await artifactsOf(stack.settings, SLUG);
    const { headers } = await laboratory.askForCertificate(srfId);
    const location = headers['location'] ?? '';
    await until(
      () => laboratory.quality.get(location),
      ({ body }) => body.state === 'running',
      30_000,
      'the job to run',
    );
    await stack.kill('render');
    const { body: killed } = await laboratory.quality.get(location);
    assert.equal(killed.state, 'running', 'it was killed before the end');
    await stack.start('render');
    const { attempts } = await assertIssuedOnce(srfId, location);
    assert.ok(attempts >= 2, 'it was taken up again');
    const artifacts = await artifactsOf(stack.settings, SLUG);
    assert.equal(artifacts.length - before.length, 1, 'one artifact');
  });

  test('api killed right after the commit, before any message: the relay alone carries the job', async () => {
    const srfId = await laboratory.approvedSrf();
    const { status, headers } = await laboratory.askForCertificate(srfId);
    await stack.kill('api');
    assert.equal(status, 202);
    await stack.start('api');
    await assertIssuedOnce(srfId, headers['location'] ?? '');
  });

  test('blob storage out while certificates are asked for: the jobs wait for it', async () => {
    const srfId = await laboratory.approvedSrf();
    await stack.kill('blob');
    const { headers } = await laboratory.askForCertificate(srfId);
    const location = headers['location'] ?? '';
    const { body: waiting } = await until(
      () => laboratory.quality.get(location),
      ({ body }) => body.attempts >= 2 || body.state === 'failed',
      60_000,
      'a second attempt',
    );
    assert.equal(waiting.problem, null);
    await stack.start('blob');
    await assertIssuedOnce(srfId, location);
  });

  for (const at of ['before', 'after'] as const) {
    test(`worker killed inside a relay batch (cut ${at} the effect): nothing is left unsaid`, async () => {
      const srfIds = await Promise.all(Array.from({ length: 3 }, () => laboratory.approvedSrf()));
      const cut = await faults(stack).on('service-bus').reset({ operation: 'send', entity: 'render', at });
      const answers = await Promise.all(srfIds.map(srfId => laboratory.askForCertificate(srfId)));
      // Two ticks of the relay: it is now inside a batch that can neither end nor move its checkpoint.
      await new Promise(resolve => setTimeout(resolve, 2500));
      await stack.kill('worker');
      await cut.end();
      await stack.start('worker');
      for (const [index, srfId] of srfIds.entries()) {
        await assertIssuedOnce(srfId, answers[index]?.headers['location'] ?? '');
      }
    });
  }
});
