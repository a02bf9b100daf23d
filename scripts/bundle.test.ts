import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { bundle } from './bundle.ts';

/** A project of the given sources that sees our packages; returns its folder after bundling. */
async function build(
  test: TestContext,
  sources: Readonly<Record<string, string>>,
  entries: readonly string[],
) {
  const root = mkdtempSync(join(tmpdir(), 'bundle-test-'));
  test.after(() => rmSync(root, { recursive: true }));
  symlinkSync(join(import.meta.dirname, '../node_modules'), join(root, 'node_modules'));
  for (const [path, text] of Object.entries(sources)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  const result = await bundle(root, entries, join(root, 'dist'));
  for (const { path, text } of result.files) {
    mkdirSync(dirname(join(root, 'dist', path)), { recursive: true });
    writeFileSync(join(root, 'dist', path), text);
  }
  return { root, ...result };
}

function run(root: string, code: string): string {
  return execFileSync(process.execPath, ['--enable-source-maps', '-e', code], {
    cwd: join(root, 'dist'),
    encoding: 'utf8',
  }).trim();
}

test('a lazily imported package is neither run nor compiled until it is asked for', async t => {
  const { root, bundles } = await build(
    t,
    {
      'functions/api.ts': `globalThis.lazy = async () => (await import('../lazy.ts')).value; export const own = 1;`,
      'lazy.ts': `import { CosmosClient } from '@azure/cosmos'; globalThis.ran = true; export const value = typeof CosmosClient;`,
    },
    ['functions/api.ts'],
  );
  const [api] = bundles;
  assert.ok(api !== undefined && api.eagerBytes < 5000 && api.bytes > 300_000, JSON.stringify(api));
  assert.equal(
    run(root, `require('./api.cjs'); console.log(globalThis.ran); lazy().then(v => console.log(v, ran))`),
    'undefined\nfunction true',
  );
});

test('apps share chunks, and what looks beside itself finds the folder of the app', async t => {
  const { root, bundles } = await build(
    t,
    {
      'functions/api.ts': `export { where } from '../shared.ts';`,
      'functions/render.ts': `export { where } from '../shared.ts';`,
      'shared.ts': `export const where = [import.meta.dirname, __dirname].join();`,
    },
    ['functions/api.ts', 'functions/render.ts'],
  );
  assert.deepEqual(bundles[0]?.files[1], bundles[1]?.files[1]);
  assert.match(bundles[0]?.files[1] ?? '', /^chunks\//);
  assert.equal(
    run(root, `console.log(require('./api.cjs').where)`),
    [join(root, 'dist'), join(root, 'dist')].join(),
  );
});

test('functions-core is required from the worker, and components are bundled for preact', async t => {
  const { root } = await build(
    t,
    {
      'functions/api.ts': `import { app } from '@azure/functions'; import { page } from '../page.tsx'; app.http('x', { handler: async () => ({ body: page() }) });`,
      'page.tsx': `import { renderToString } from 'preact-render-to-string'; export const page = () => renderToString(<b class="x">1</b>);`,
    },
    ['functions/api.ts'],
  );
  const core = `const M = require('module'), old = M.prototype.require; M.prototype.require = function (id) { return id === '@azure/functions-core'
    ? { setProgrammingModel() {}, registerFunction: (m, f) => f().then(r => console.log(m.name, r.body)) } : old.call(this, id); };`;
  assert.equal(run(root, `${core} require('./api.cjs')`), 'x <b class="x">1</b>');
});

test('stack traces lead to the sources', async t => {
  const { root } = await build(
    t,
    {
      'functions/api.ts': `export const where = import.meta.dirname;\n\nexport function fail() {\n  throw new Error('here');\n}\n`,
    },
    ['functions/api.ts'],
  );
  assert.match(
    run(root, `try { require('./api.cjs').fail() } catch (e) { console.log(e.stack) }`),
    /functions\/api\.ts:4:9/,
  );
});
