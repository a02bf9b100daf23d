import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { provisionDemo } from '../../scripts/demo/provision-child.ts';
import { testStack } from '../stack.ts';

const run = promisify(execFile);

test('the demonstration plays through and saves a certificate', async () => {
  const { settings, urls } = testStack();
  await provisionDemo(settings);
  const folder = mkdtempSync(join(tmpdir(), 'touchstone-demo-test-'));
  const output = join(folder, 'certificate.pdf');
  const url = `http://lab.localhost:${new URL(urls['api'] ?? '').port}`;
  const script = join(import.meta.dirname, '..', '..', 'scripts', 'demo.ts');
  const mail = settings['MAIL_URL'] ?? '';
  const { stdout } = await run(process.execPath, [script, '--url', url, '--mail', mail, '--output', output]);
  assert.match(stdout, /the webhook arrives, signed/);
  assert.match(stdout, /reactivated: it is served again/);
  assert.match(stdout, /the chain is whole/);
  assert.equal(readFileSync(output).subarray(0, 5).toString(), '%PDF-');
  rmSync(folder, { recursive: true });
});
