import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, test } from 'node:test';
import { promisify } from 'node:util';
import { serverProgram } from '../../local/supervisor/server-bundles.ts';
import topology from '../../shared/topology.json' with { type: 'json' };
import { testStack } from '../stack.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '..', '..');
const read = (path: string) => JSON.parse(readFileSync(join(root, path), 'utf8'));

type Registered = { readonly bundle: string; readonly name: string; readonly bindings: readonly Binding[] };
type Binding = { readonly type: string; readonly direction: string } & Readonly<Record<string, unknown>>;

/** What a host sees that loads every bundle which the root package.json names, as `func start` does. */
async function registeredFunctions(): Promise<readonly Registered[]> {
  const bundles = globSync(read('package.json').main, { cwd: root }).map(path => join(root, path));
  const loader = join(import.meta.dirname, 'load-bundles.cjs');
  const { stdout } = await run(process.execPath, [loader, ...bundles], {
    env: { ...process.env, ...testStack().settings },
  });
  return JSON.parse(stdout);
}

describe('what would be deployed', () => {
  test('`func start` at the root finds the three bundles, and no two functions share a name', async () => {
    const registered = await registeredFunctions();
    const bundles = new Set(registered.map(({ bundle }) => bundle));
    assert.deepEqual([...bundles].sort(), ['api.cjs', 'render.cjs', 'worker.cjs']);
    assert.equal(new Set(registered.map(({ name }) => name)).size, registered.length);
  });

  test('one catch-all function takes every request, and every queue and subscription has a taker', async () => {
    const bindings = (await registeredFunctions()).flatMap(entry => entry.bindings);
    const http = bindings.filter(({ type }) => type === 'httpTrigger');
    assert.deepEqual(
      http.map(({ route }) => route),
      ['{*path}'],
    );
    const queues = bindings.flatMap(({ queueName }) => (queueName === undefined ? [] : [queueName]));
    const subscriptions = bindings.flatMap(({ subscriptionName }) => subscriptionName ?? []);
    assert.deepEqual(queues.sort(), topology.serviceBus.queues.map(({ name }) => name).sort());
    assert.deepEqual(
      subscriptions,
      topology.serviceBus.topics.flatMap(topic => topic.subscriptions.map(({ name }) => name)),
    );
  });

  test('each package holds its own bundle, host.json and a main that is there', () => {
    for (const app of ['api', 'worker', 'render']) {
      const { main, engines } = read(`dist/packages/${app}/package.json`);
      assert.equal(main, `${app}.cjs`);
      assert.equal(engines.node, '24.x');
      assert.ok(readFileSync(join(root, 'dist', 'packages', app, main)).length > 0);
      const { version, extensions } = read(`dist/packages/${app}/host.json`);
      assert.equal(version, '2.0');
      assert.equal(extensions.serviceBus.maxConcurrentCalls, app === 'render' ? 4 : 32);
      assert.equal(extensions.http.routePrefix, '');
    }
  });

  test('an app whose settings are missing does not start, and says which ones, all at once', async () => {
    const host = await serverProgram('host');
    const args = ['--app', 'dist/api.cjs', '--host-json', 'dist/packages/api/host.json', '--port', '0'];
    const { COSMOS_ENDPOINT, KEY_VAULT_ENDPOINT, SERVICE_BUS, ...rest } = testStack().settings;
    const environment = { PATH: process.env['PATH'] ?? '', ...rest };
    const child = spawn(process.execPath, [host, ...args], { cwd: root, env: environment });
    const [said, code] = await Promise.all([
      text(child.stderr),
      new Promise(resolve => child.on('exit', resolve)),
    ]);
    assert.notEqual(code, 0);
    for (const name of ['COSMOS_ENDPOINT', 'KEY_VAULT_ENDPOINT', 'SERVICE_BUS__fullyQualifiedNamespace']) {
      assert.match(said, new RegExp(name));
    }
  });
});
