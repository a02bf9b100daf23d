import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { logIn, openClient } from '../../scripts/demo/client.ts';
import { smokeParts } from '../../scripts/smoke/tenant.ts';
import { WantedTenants } from '../../scripts/wanted-tenants.ts';
import { scopeOfId } from '../../shared/platform/records/index.ts';
import { tenantKind } from '../../shared/platform/tenancy/index.ts';
import { enrol } from '../identity/authenticator.ts';
import { testPeople, testTenant } from '../laboratory.ts';
import { openTestProduct } from '../product.ts';
import { testStack } from '../stack.ts';

const run = promisify(execFile);
const script = join(import.meta.dirname, '..', '..', 'scripts', 'provision-deployment.ts');
const folder = mkdtempSync(join(tmpdir(), 'touchstone-provision-test-'));
const { settings, urls } = testStack();
const originOf = (slug: string) => `http://${slug}.localhost:${new URL(urls['api'] ?? '').port}`;

const guide = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'deployment.md'), 'utf8');

after(() => rmSync(folder, { recursive: true }));

/** What the guide sends to a path of the API. */
function bodyOf(path: string): object {
  const [, body = ''] = new RegExp(`\\$api${path} .*--json '([^']+)'`).exec(guide) ?? [];
  return JSON.parse(body);
}

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

  test('makes an operator, who makes a plan and a tenant as the guide shows after enrolling a second factor', async () => {
    const said = await provision('--operator', 'first@operators.example');
    const [, passphrase = ''] = /told this once: (\S+)/.exec(said) ?? [];
    const email = 'first@operators.example';
    const newcomer = await logIn(originOf('platform'), email, passphrase);
    assert.equal((await newcomer.get('/api/v1/tenants')).status, 403);
    const { authenticator } = await enrol(newcomer);
    const client = openClient(originOf('platform'));
    const first = await client.post('/api/v1/auth/login', { email, password: passphrase });
    const second = await client.post('/api/v1/auth/login/second-factor', {
      challenge: first.body.challenge,
      code: authenticator.next(),
    });
    const operator = client.as(second.body.accessToken);
    assert.equal((await operator.get('/api/v1/tenants')).status, 200);
    const [plan, tenant] = [bodyOf('/plans'), bodyOf('/tenants')];
    assert.equal((await operator.post('/api/v1/plans', { ...plan, code: 'of-the-guide' })).status, 201);
    const order = { ...tenant, slug: 'of-the-guide', plan: 'of-the-guide', region: 'local' };
    assert.equal((await operator.post('/api/v1/tenants', order)).status, 202);
    assert.match(await provision('--operator', 'first@operators.example'), /was there/);
  });

  test('takes the file that the deployment guide shows', () => {
    const [, example = ''] = /```json\n(\[[\s\S]+?\n\])\n```/.exec(guide) ?? [];
    const [wanted] = WantedTenants.parse(JSON.parse(example));
    assert.equal(scopeOfId(tenantKind, wanted?.tenant.id ?? ''), wanted?.tenant.id);
  });

  test('refuses a role that there is not', async () => {
    const file = join(folder, 'wrong.json');
    const [owner] = testPeople('wrong');
    const people = [{ ...owner, roles: ['emperor'] }];
    writeFileSync(file, JSON.stringify([{ tenant: testTenant('wrong'), people }]));
    await assert.rejects(provision(file), /emperor|roles/);
  });
});
