/**
 * `npm run coverage [-- words…]`: all tests, or some, with the apps of the stack run from their sources; then how many lines of
 * `shared/modules` and `shared/platform` they passed through. Fails when a test does, and below 90 %.
 */
import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  globSync,
  linkSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

type Raw = { result: { url: string }[]; 'source-map-cache'?: Record<string, unknown> };

const LINES = 90;
const COUNTED = /\/shared\/(modules|platform)\/(?!.*\.(test|fixture)\.)/;
const root = join(import.meta.dirname, '..');
const sources = join(root, 'dist/coverage');
const raw = join(sources, 'raw');
const kept = join(sources, 'kept');

rmSync(sources, { recursive: true, force: true });
mkdirSync(kept, { recursive: true });
placeApps();
// Functions out of the compile cache are counted less precisely (https://nodejs.org/api/module.html#module-compile-cache).
const tests = node(
  { NODE_V8_COVERAGE: raw, NODE_DISABLE_COMPILE_CACHE: '1' },
  'scripts/test.ts',
  '--packages',
  sources,
  ...process.argv.slice(2),
);
keepOurs();
const report = node(
  {},
  fileURLToPath(import.meta.resolve('c8/bin/c8.js')),
  ...['report', '--temp-directory', kept, '--reporter', 'text-summary', '--reporter', 'json-summary'],
  ...['--reports-dir', join(sources, 'report'), '--all', '--extension', '.ts', '--extension', '.tsx'],
  ...['--include', 'shared/modules/**', '--include', 'shared/platform/**'],
  ...['--exclude', '**/*.test.*', '--exclude', '**/*.fixture.*'],
  ...['--check-coverage', '--lines', String(LINES)],
);
process.exitCode = tests || report;

/** Each app as a package that loads its sources: lines of a bundle cannot be told apart well enough. */
function placeApps(): void {
  for (const file of globSync('{functions,shared}/**/*.{ts,tsx,json}', { cwd: root })) {
    mkdirSync(dirname(join(sources, file)), { recursive: true });
    linkSync(join(root, file), join(sources, file));
  }
  symlinkSync(join(root, 'dist/assets'), join(sources, 'functions/assets'));
  for (const app of ['api', 'worker', 'render']) {
    mkdirSync(join(sources, app));
    copyFileSync(join(root, 'dist/packages', app, 'host.json'), join(sources, app, 'host.json'));
    const loads = [join(root, 'scripts/load-jsx.ts'), join(sources, `functions/${app}.ts`)];
    const lines = loads.map(path => `require(${JSON.stringify(path)});\n`);
    writeFileSync(join(sources, app, `${app}.cjs`), lines.join(''));
  }
}

/** What every process said of our files, as if all had loaded them from where they stand. */
function keepOurs(): void {
  const [from, to] = [`${pathToFileURL(sources)}/shared/`, `${pathToFileURL(root)}/shared/`];
  for (const name of globSync('*.json', { cwd: raw })) {
    const said = JSON.parse(readFileSync(join(raw, name), 'utf8').replaceAll(from, to)) as Raw; // as V8 writes it
    said.result = said.result.filter(({ url }) => COUNTED.test(url));
    const maps = Object.entries(said['source-map-cache'] ?? {}).filter(([url]) => COUNTED.test(url));
    said['source-map-cache'] = Object.fromEntries(maps);
    if (said.result.length > 0) writeFileSync(join(kept, name), JSON.stringify(said));
  }
}

function node(env: Readonly<Record<string, string>>, ...args: readonly string[]): number {
  const options = { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } } as const;
  return spawnSync(process.execPath, args, options).status ?? 1;
}
