import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { buildSync } from 'esbuild';
import { COMPILE_CACHE, serverProgram } from '../supervisor/server-bundles.ts';

export type RunningHost = {
  readonly url: string;
  readonly child: ChildProcess;
  /** Everything that it wrote to stderr so far. */
  log(): string;
  /** Resolves when stderr has matched; rejects when the process ends before. */
  logged(pattern: RegExp): Promise<void>;
  exited: Promise<number | null>;
};

export type TestApp = {
  /** Source of the bundle's entry. */
  readonly source: string;
  /** Sources of further bundles of the same app. */
  readonly more?: readonly string[];
  readonly hostJson?: object;
  readonly settings?: Readonly<Record<string, string>>;
  readonly options?: readonly string[];
};

/** Bundles a small app with the real `@azure/functions` and runs a host for it; the test's end kills it. */
export async function startTestHost(test: TestContext, app: TestApp): Promise<RunningHost> {
  const host = await spawnTestHost(test, app);
  const ready = await Promise.race([
    firstLine(host.child),
    host.exited.then(code => {
      throw new Error(`the host ended with ${code}: ${host.log()}`);
    }),
  ]);
  const settings: unknown = JSON.parse(ready).settings;
  const url = typeof settings === 'object' && settings !== null ? Object.values(settings)[0] : undefined;
  return { ...host, url: String(url) };
}

/** As startTestHost, without waiting for it to be ready: for hosts that must not start. */
export async function spawnTestHost(test: TestContext, app: TestApp): Promise<Omit<RunningHost, 'url'>> {
  const program = await serverProgram('host');
  const folder = mkdtempSync(join(tmpdir(), 'host-test-'));
  const bundles = [app.source, ...(app.more ?? [])].map((source, index) => {
    const file = join(folder, `app${index}.cjs`);
    bundle(source, file);
    return ['--app', file];
  });
  const hostJson = join(folder, 'host.json');
  writeFileSync(
    hostJson,
    JSON.stringify({
      version: '2.0',
      extensionBundle: { id: 'Microsoft.Azure.Functions.ExtensionBundle', version: '[4.0.0, 5.0.0)' },
      extensions: { http: { routePrefix: '' } },
      ...app.hostJson,
    }),
  );
  const options = [...bundles.flat(), '--host-json', hostJson, '--port', '0', ...(app.options ?? [])];
  const child = spawn(process.execPath, [program, ...options], {
    env: { PATH: process.env['PATH'], NODE_COMPILE_CACHE: COMPILE_CACHE, ...app.settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  child.stderr.setEncoding('utf8').on('data', text => {
    log += text;
  });
  // Not on exit: its last words may still be in the pipe then.
  const exited = new Promise<number | null>(resolve => child.once('close', resolve));
  test.after(async () => {
    child.kill('SIGKILL');
    await exited;
    rmSync(folder, { recursive: true, force: true });
  });
  const logged = (pattern: RegExp): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (pattern.test(log)) resolve();
      };
      child.stderr.on('data', look);
      void exited.then(() => reject(new Error(`the host ended without ${pattern}: ${log}`)));
      look();
    });
  return { child, exited, log: () => log, logged };
}

function bundle(contents: string, outfile: string): void {
  buildSync({
    stdin: { contents, resolveDir: import.meta.dirname, loader: 'ts' },
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    external: ['@azure/functions-core'],
  });
}

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise(resolve => {
    let text = '';
    child.stdout?.setEncoding('utf8').on('data', chunk => {
      text += chunk;
      const end = text.indexOf('\n');
      if (end >= 0) resolve(text.slice(0, end));
    });
  });
}
