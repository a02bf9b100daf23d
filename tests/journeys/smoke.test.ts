import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { provisionDemo } from '../../scripts/demo/provision-child.ts';
import { openReceiver } from '../../scripts/demo/receiver.ts';
import { hearByLog, type Proof } from '../../scripts/demo/subscription.ts';
import { openLaboratory } from '../laboratory.ts';
import { provisionLaboratories } from '../provision.ts';
import { testStack } from '../stack.ts';

const script = join(import.meta.dirname, '..', '..', 'scripts', 'smoke.ts');
const { settings, urls } = testStack();
const port = new URL(urls['api'] ?? '').port;
const laboratory = `http://lab.localhost:${port}`;

type Ending = { readonly code: number; readonly said: string };

/** Runs the smoke test as somebody would and resolves with what it said, however it ended. */
function smoke(args: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<Ending> {
  return new Promise(resolve => {
    const env = { ...process.env, ...environment };
    const child = execFile(process.execPath, [script, ...args], { env }, (_error, stdout, stderr) =>
      resolve({ code: child.exitCode ?? -1, said: stdout + stderr }),
    );
  });
}

describe('the smoke test', () => {
  before(() => provisionDemo(settings));

  test('goes through the main job at a local stack and hears of it by a signed webhook', async () => {
    const { code, said } = await smoke([laboratory]);
    assert.equal(code, 0, said);
    assert.match(said, /the webhook arrives, signed/);
    assert.match(said, /the PDF says what it should .* \d+ pages/);
  });

  test('at a receiver that it cannot look into reads the log of deliveries', async () => {
    const receiver = await openReceiver();
    try {
      const { code, said } = await smoke([laboratory, '--webhook-url', receiver.url]);
      assert.equal(code, 0, said);
      assert.match(said, /the webhook is delivered/);
      assert.equal(receiver.deliveries.length, 1, 'endpoints of earlier smoke tests are used again');
    } finally {
      await receiver.close();
    }
  });

  test('fails when the receiver refuses the webhook', async () => {
    const receiver = await openReceiver();
    receiver.answerWith(500);
    try {
      const { code, said } = await smoke([laboratory, '--webhook-url', receiver.url]);
      assert.equal(code, 1);
      assert.match(said, /The smoke test failed: the webhook is delivered: .*status 500/);
    } finally {
      await receiver.close();
    }
  });

  test('at a deployment without a receiver is content with any answer from the internet', async () => {
    const slug = 'smoke-log';
    await provisionLaboratories(settings, slug);
    const laboratory = await openLaboratory(urls['api'] ?? '', slug);
    const url = `http://127.0.0.1:${port}/api/health/live`;
    const body = { url, eventTypes: ['calibration.certificate.issued'] };
    const endpoint = await laboratory.owner.post('/api/v1/webhook-endpoints', body);
    const srfId = await laboratory.approvedSrf();
    const { headers } = await laboratory.askForCertificate(srfId);
    const { subject: certificateId } = await laboratory.ended(headers['location'] ?? '');
    const hear = (proof: Proof) =>
      hearByLog(laboratory.owner, endpoint.body.id, proof).hear({ srfId, certificateId });
    assert.match((await hear('answered')).id, /./);
    await assert.rejects(hear('delivered'), /the receiver takes the webhook, not status 405/);
  });

  test('fails at the login when the passphrase is another one', async () => {
    const { code, said } = await smoke([laboratory], { SMOKE_PASSPHRASE: 'quite another passphrase' });
    assert.equal(code, 1);
    assert.match(said, /The smoke test failed: log in: .*401 platform\.login_refused/);
  });

  test('wants a passphrase for what is not on this machine', async () => {
    const { code, said } = await smoke(['https://smoke.invalid']);
    assert.equal(code, 1);
    assert.match(said, /SMOKE_PASSPHRASE is not set/);
  });

  test('ends in time when nobody answers, and says where', async () => {
    const { code, said } = await smoke(['http://lab.localhost:9', '--seconds', '2']);
    assert.equal(code, 1);
    assert.match(said, /not finished after 2 s, at: is ready/);
  });
});
