import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { logIn } from '../../scripts/demo/client.ts';
import { smokeParts } from '../../scripts/smoke/tenant.ts';
import { testPeople, testTenant } from '../laboratory.ts';
import { openTestProduct } from '../product.ts';
import { testStack } from '../stack.ts';

const run = promisify(execFile);
const script = join(import.meta.dirname, '..', '..', 'scripts', 'provision-deployment.ts');
const folder = mkdtempSync(join(tmpdir(), 'touchstone-provision-test-'));
const { settings, urls } = testStack();
const originOf = (slug: string) => `http://${slug}.localhost:${new URL(urls['api'] ?? '').port}`;

after(() => rmSync(folder, { recursive: true }));

async function provision(...args: string[]): Promise<string> {
  const env = { ...process.env, ...settings };
  return (await run(process.execPath, [script, ...args], { env })).stdout;
}

describe('npm run provision', () => {
  test('makes the tenants of a file with a passphrase that is told once', async () => {
    const file = join(folder, 'tenants.json');
    const [owner, technician] = testPeople('provisioned');
    writeFileSync(file, JSON.stringify([{ tenant: testTenant('provisioned'), people: [owner, technician] }]));
    const said = await provision(file);
    const [, passphrase = ''] = /told this once: (\S+)/.exec(said) ?? [];
    const { body } = await (await logIn(originOf('provisioned'), owner?.email ?? '', passphrase)).get(
      '/api/v1/me',
    );
    assert.ok(body.permissions.includes('platform.user:grant_privileged'));
    const again = await provision(file);
    assert.match(again, /provisioned: 0 of 2 people made/);
    assert.doesNotMatch(again, /told this once/);
  });

  test('makes the smoke test’s tenant with a passphrase that stays in Key Vault', async () => {
    const said = await provision('--smoke');
    assert.match(said, /smoke: 4 of 4 people made/);
    const passphrase = (await openTestProduct().secrets.get('smoke-passphrase')) ?? '';
    assert.doesNotMatch(said, new RegExp(passphrase));
    await logIn(originOf('smoke'), smokeParts.quality, passphrase);
  });

  test('refuses a role that there is not', async () => {
    const file = join(folder, 'wrong.json');
    const [owner] = testPeople('wrong');
    const people = [{ ...owner, roles: ['emperor'] }];
    writeFileSync(file, JSON.stringify([{ tenant: testTenant('wrong'), people }]));
    await assert.rejects(provision(file), /emperor|roles/);
  });
});
