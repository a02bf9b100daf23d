import { spawn } from 'node:child_process';
import { join } from 'node:path';

const SCRIPT = join(import.meta.dirname, '..', 'provision-demo.ts');

/**
 * Makes the demo tenants on the stack with these settings. In a process of its own, since Node.js reads its
 * additional certificate authorities only when it starts.
 */
export function provisionDemo(settings: Readonly<Record<string, string>>): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [SCRIPT], {
      env: { ...process.env, ...settings },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    child.on('error', reject);
    child.on('exit', code =>
      code === 0 ? resolve() : reject(new Error('the demo tenants could not be made')),
    );
  });
}
