import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { unzipSync } from 'fflate';
import { type Stack, startStack } from '../../local/supervisor/stack.ts';
import { pack } from '../../scripts/delivery/pack.ts';
import { provisionDemo } from '../../scripts/demo/provision-child.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '..', '..');

/** What is below a folder, with what a write would change. */
function snapshot(folder: string): readonly string[] {
  const entries = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  return entries.map(path => {
    const { size, mtimeMs, mode } = statSync(join(folder, path));
    return `${path} ${size} ${mtimeMs} ${mode.toString(8)}`;
  });
}

/** The packages as they are deployed, where nothing else is: no node_modules above them, no write bit, and no exec bit on a file. */
function unpack(folder: string): void {
  for (const app of ['api', 'worker', 'render']) {
    const files = unzipSync(pack(join(root, 'dist', 'packages', app)));
    for (const [name, bytes] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, app, name)), { recursive: true });
      writeFileSync(join(folder, app, name), bytes);
    }
  }
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    chmodSync(join(entry.parentPath, entry.name), entry.isDirectory() ? 0o555 : 0o444);
  }
}

describe('the packages, each unpacked into an empty folder that is read-only', () => {
  const folder = mkdtempSync(join(tmpdir(), 'touchstone-packages-'));
  const packages = join(folder, 'packages');
  let unpacked: readonly string[] = [];
  let stack: Stack;

  before(async () => {
    unpack(packages);
    unpacked = snapshot(packages);
    const apps = ['api', 'worker', 'render'] as const;
    stack = await startStack({ dataDir: join(folder, 'data'), ports: 'free', apps, packages });
    await provisionDemo(stack.settings);
  });

  after(async () => {
    await stack.stop();
    for (const entry of readdirSync(packages, { recursive: true, withFileTypes: true })) {
      if (entry.isDirectory()) chmodSync(join(entry.parentPath, entry.name), 0o755);
    }
    rmSync(folder, { recursive: true, force: true });
  });

  test('serve the demonstration, and nothing is written beside them', async () => {
    const url = `http://lab.localhost:${new URL(stack.urls['api'] ?? '').port}`;
    const output = join(folder, 'certificate.pdf');
    const { stdout } = await run(process.execPath, [
      join(root, 'scripts', 'demo.ts'),
      ...['--url', url, '--mail', stack.settings['MAIL_URL'] ?? '', '--output', output],
    ]);
    assert.match(stdout, /The certificate is in/);
    assert.deepEqual(snapshot(packages), unpacked);
  });

  test('serve the API page, whose files are in the package', async () => {
    const { port } = new URL(stack.urls['api'] ?? '');
    const headers = { host: `lab.localhost:${port}` };
    const page = await fetch(`http://127.0.0.1:${port}/docs`, { headers });
    assert.equal(page.status, 200);
    const [, script = ''] = /src="([^"]+\.js)"/.exec(await page.text()) ?? [];
    const file = await fetch(new URL(script, `http://127.0.0.1:${port}/docs`), { headers });
    assert.equal(file.status, 200);
    assert.ok((await file.arrayBuffer()).byteLength > 100_000);
  });
});
