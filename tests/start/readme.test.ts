import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { promisify } from 'node:util';
import { logIn } from '../../scripts/demo/client.ts';
import { passphrase as demoPassphrase, laboratoryPeople } from '../../scripts/demo-data/people.ts';
import { passphrase } from '../laboratory.ts';
import { provisionLaboratories } from '../provision.ts';
import { testStack } from '../stack.ts';

const SLUG = 'readme';
const { settings, urls } = testStack();
const host = `${SLUG}.localhost:${new URL(urls['api'] ?? '').port}`;
const readme = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8');

/** The commands for whoever tries the laboratory, as they stand, asked of a laboratory of this stack. */
function script(): string {
  const [, section = ''] = /## What you can try\n([\s\S]*?)\n## /.exec(readme) ?? [];
  const blocks = [...section.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, commands = '']) => commands);
  const [commands = ''] = blocks.join('\n').split('# tenants, plans, suspension');
  const [owner] = laboratoryPeople;
  return commands
    .replaceAll('lab.localhost:7071', host)
    .replaceAll(owner?.email ?? '', `owner@${SLUG}.example`)
    .replaceAll(demoPassphrase, passphrase)
    .replace('ask() { curl -s', `ask() { curl -s -w '%{stderr}%{http_code} %{url_effective}\\n'`);
}

before(async () => {
  await provisionLaboratories(settings, SLUG);
  const owner = await logIn(`http://${host}`, `owner@${SLUG}.example`, passphrase);
  const { body } = await owner.post('/api/v1/customers', { name: 'A customer', address: ['1 Street'] });
  const made = await owner.post('/api/v1/srfs', { customerId: body.id, items: [] });
  assert.equal(made.status, 201, String(made.bytes));
});

test('every command that the README tells a newcomer works as it stands', async () => {
  const { stdout, stderr } = await promisify(execFile)('bash', ['-ec', script()], { maxBuffer: 100_000_000 });
  const answers = stderr.split('\n').filter(line => /^\d{3} http/.test(line));
  assert.ok(answers.length >= 12, stderr);
  const refused = answers.filter(line => !/^20[0-2] /.test(line));
  assert.deepEqual(
    refused.map(line => line.replace(/http:\/\/[^/]+/, '')),
    ['400 /api/v1/customers'],
  );
  assert.match(stdout, /[\u0600-\u06ff]{3}/, 'a refusal in Persian');
});
