import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { passphrase, testPeople, testTenant } from './laboratory.ts';

const SCRIPT = join(import.meta.dirname, '..', 'scripts', 'provision-tenants.ts');

/**
 * Makes tenants for one test file on the stack with these settings. In a process of its own, since Node.js reads its
 * additional certificate authorities only when it starts.
 */
export function provisionLaboratories(
  settings: Readonly<Record<string, string>>,
  ...slugs: string[]
): Promise<void> {
  const wanted = slugs.map(slug => ({
    tenant: testTenant(slug),
    people: testPeople(slug),
    password: passphrase,
  }));
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [SCRIPT], {
      env: { ...process.env, ...settings },
      stdio: ['pipe', 'ignore', 'inherit'],
    });
    child.on('error', reject);
    child.on('exit', code => (code === 0 ? resolve() : reject(new Error('the tenants could not be made'))));
    child.stdin.end(JSON.stringify(wanted));
  });
}
