import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Tenant } from '../shared/platform/tenancy/index.ts';
import { passphrase, testPeople, testTenant } from './laboratory.ts';

const SCRIPT = join(import.meta.dirname, '..', 'scripts', 'provision-tenants.ts');

/**
 * Makes tenants for one test file on the stack with these settings. In a process of its own, since Node.js reads its
 * additional certificate authorities only when it starts.
 */
export function provisionLaboratories(
  settings: Readonly<Record<string, string>>,
  ...wanted: (string | (Pick<Tenant, 'slug'> & Partial<Tenant>))[]
): Promise<void> {
  const tenants = wanted.map(entry => {
    const own = typeof entry === 'string' ? { slug: entry } : entry;
    const { slug } = own;
    return { tenant: { ...testTenant(slug), ...own }, people: testPeople(slug), password: passphrase };
  });
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [SCRIPT], {
      env: { ...process.env, ...settings },
      stdio: ['pipe', 'ignore', 'inherit'],
    });
    child.on('error', reject);
    child.on('exit', code => (code === 0 ? resolve() : reject(new Error('the tenants could not be made'))));
    child.stdin.end(JSON.stringify(tenants));
  });
}
