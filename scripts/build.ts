/**
 * Builds what is deployed: `dist/{api,worker,render}.cjs` with their chunks and assets, which run in place, and
 * `dist/packages/<app>/`, which are ready to be zipped. Prints one line for each app.
 */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { brotliDecompressSync, constants, zstdCompressSync } from 'node:zlib';
import { assetFiles } from '../shared/platform/documents/index.ts';
import { type Bundle, bundle } from './bundle.ts';
import { dropOld, keepOnly, place, write } from './place-files.ts';

/** A file that ships beside a bundle: where it is, and its path below the assets folder. */
type Asset = { readonly source: string; readonly target: string };
type App = { readonly maxConcurrentCalls: number; readonly assets: () => readonly Asset[] };

const root = join(import.meta.dirname, '..');
const dist = join(root, 'dist');

/** What differs between the apps. Concurrency is host-wide and memory per app, which is why they are three. */
const apps: Readonly<Record<string, App>> = {
  api: { maxConcurrentCalls: 32, assets: swaggerAssets },
  worker: { maxConcurrentCalls: 32, assets: () => [] },
  // Two pages print; the others wait for the database meanwhile.
  render: { maxConcurrentCalls: 4, assets: documentAssets },
};

/** Packages that only one app may contain. */
const exclusive: Readonly<Record<string, string>> = {
  'puppeteer-core': 'render',
  '@sparticuz/chromium': 'render',
};

const started = performance.now();
const entries = Object.keys(apps).flatMap(name => {
  const entry = `functions/${name}.ts`;
  if (existsSync(join(root, entry))) return [entry];
  process.stdout.write(`${name}: skipped, ${entry} does not exist yet\n`);
  return [];
});
if (entries.length > 0) {
  const { bundles, files } = await bundle(root, entries, dist);
  checkExclusive(bundles);
  for (const file of files) write(join(dist, file.path), file.text);
  // A host that runs may still ask for a chunk of an earlier build, so those stay for a day.
  dropOld(join(dist, 'chunks'), new Set(files.map(file => join(dist, file.path))), 24 * 3600 * 1000);
  for (const built of bundles) pack(built);
}
process.stdout.write(`built in ${((performance.now() - started) / 1000).toFixed(1)} s\n`);

function pack({ app, files, bytes, eagerBytes }: Bundle): void {
  const definition = apps[app];
  if (definition === undefined) throw new Error(`there is no app ${app}`);
  const folder = join(dist, 'packages', app);
  const assets = definition.assets();
  for (const { source, target } of assets) place(source, join(dist, 'assets', target));
  const contents = new Map<string, string>();
  for (const file of files) contents.set(file, join(dist, file));
  for (const { target } of assets) contents.set(join('assets', target), join(dist, 'assets', target));
  for (const [path, source] of contents) place(source, join(folder, path));
  write(join(folder, 'host.json'), hostJsonOf(definition));
  write(join(folder, 'package.json'), packageJsonOf(app));
  keepOnly(
    folder,
    new Set([...contents.keys(), 'host.json', 'package.json'].map(path => join(folder, path))),
  );
  const size = `${(bytes / 1e6).toFixed(2)} MB, ${(eagerBytes / 1e3).toFixed(0)} kB of it at start`;
  process.stdout.write(`${app}: ${size}, ${assets.length} assets\n`);
}

/** The root host.json with the app's few differences. */
function hostJsonOf({ maxConcurrentCalls }: App): string {
  const base = JSON.parse(readFileSync(join(root, 'host.json'), 'utf8'));
  base.extensions.serviceBus.maxConcurrentCalls = maxConcurrentCalls;
  return `${JSON.stringify(base, null, 2)}\n`;
}

function packageJsonOf(app: string): string {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const content = {
    name: `touchstone-${app}`,
    version,
    private: true,
    main: `${app}.cjs`,
    engines: { node: '24.x' },
  };
  return `${JSON.stringify(content, null, 2)}\n`;
}

function checkExclusive(bundles: readonly Bundle[]): void {
  for (const { app, packages } of bundles) {
    for (const [name, owner] of Object.entries(exclusive)) {
      if (packages.has(name) && app !== owner)
        throw new Error(`${name} is in the bundle of ${app}; only ${owner} may have it`);
    }
  }
}

function swaggerAssets(): Asset[] {
  const folder = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
  return ['swagger-ui.css', 'swagger-ui-bundle.js'].map(name => ({
    source: join(folder, name),
    target: join('swagger-ui', name),
  }));
}

function documentAssets(): Asset[] {
  return assetFiles(root).map(asset =>
    asset.target === 'chromium/chromium.br'
      ? { source: transcode(asset.source), target: 'chromium/chromium.zst' }
      : asset,
  );
}

/**
 * The browser as zstd, made once and kept: a third larger than as Brotli and unpacked in a third of the time, which
 * every cold start of render waits for.
 */
function transcode(source: string): string {
  const target = join(root, 'node_modules/.cache/touchstone/chromium.zst');
  if (existsSync(target) && statSync(target).mtimeMs >= statSync(source).mtimeMs) return target;
  process.stdout.write('render: transcoding the browser once\n');
  const params = { [constants.ZSTD_c_compressionLevel]: 3 };
  write(target, zstdCompressSync(brotliDecompressSync(readFileSync(source)), { params }));
  return target;
}
