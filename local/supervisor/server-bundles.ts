import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
} from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { BuildOptions, Plugin } from 'esbuild';
import { SERVERS, type ServerName } from './definitions.ts';

const LOCAL = join(import.meta.dirname, '..');
const CACHES = join(LOCAL, '..', 'node_modules', '.cache', 'touchstone');
const CACHE = join(CACHES, 'local');
/** Compiled code of servers, apps and tests, shared by all stacks: a start takes a third less with it. */
export const COMPILE_CACHE = join(CACHES, 'compile');
const MAINS = [...SERVERS, 'host'].map(name => [name, join(LOCAL, name, 'main.ts')] as const);
/** Loading what signs certificates takes three times as long from its many modules. */
const ENTRIES = { ...Object.fromEntries(MAINS), certificates: join(LOCAL, 'tls', 'certificates.ts') };
const KEPT_MS = 24 * 3600 * 1000;

/**
 * Folder with each local server and the Functions host as one file, `<name>.mjs`. A server is a few hundred small modules, its
 * own and those of its SDKs; as one file it starts in half of the time. Made anew when a source here or an installed
 * package has changed, which takes a second.
 */
export async function serverBundles(): Promise<string> {
  const folder = join(CACHE, fingerprint());
  if (existsSync(folder)) {
    utimesSync(folder, new Date(), new Date());
    return folder;
  }
  const { build } = await import('esbuild');
  const draft = `${folder}.${process.pid}`;
  await build(recipe(draft));
  put(draft, folder);
  dropOld();
  return folder;
}

/** The program of one server, or of the Functions host, as a stack runs it. */
export async function serverProgram(name: ServerName | 'host'): Promise<string> {
  return join(await serverBundles(), `${name}.mjs`);
}

/** Changes with every source, also unsaved to git, and with every installed package. */
function fingerprint(): string {
  const hash = createHash('sha256');
  const sources = readdirSync(LOCAL, { recursive: true, encoding: 'utf8' }).filter(isSource).sort();
  for (const file of [...sources.map(name => join(LOCAL, name)), join(LOCAL, '..', 'package-lock.json')]) {
    const { mtimeMs, size } = statSync(file);
    hash.update(`${file} ${mtimeMs} ${size}\n`);
  }
  return hash.digest('hex').slice(0, 16);
}

function isSource(name: string): boolean {
  return /\.(ts|json)$/.test(name) && !name.endsWith('.test.ts') && !name.endsWith('conformance.json');
}

function recipe(outdir: string): BuildOptions {
  return {
    entryPoints: ENTRIES,
    outdir,
    outExtension: { '.js': '.mjs' },
    chunkNames: 'chunks/[name]-[hash]',
    bundle: true,
    splitting: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    // An import() of a CommonJS package would bring its default export only.
    mainFields: ['module', 'main'],
    // What it loads by path only.
    external: ['esbuild', 'azurite'],
    minifyWhitespace: true,
    legalComments: 'none',
    logLevel: 'error',
    // CommonJS packages call it.
    banner: {
      js: `import{createRequire as $createRequire}from'node:module';const require=$createRequire(import.meta.url);`,
    },
    plugins: [ownPlaces, builtinsByRequire],
  };
}

/** Each source goes on knowing where it lies, wherever its bundle does. */
const ownPlaces: Plugin = {
  name: 'own places',
  setup(build) {
    build.onLoad({ filter: /[\\/]local[\\/].*\.ts$/ }, ({ path }) => ({
      contents: readFileSync(path, 'utf8')
        .replaceAll('import.meta.dirname', JSON.stringify(dirname(path)))
        .replaceAll('import.meta.filename', JSON.stringify(path))
        .replaceAll('import.meta.url', JSON.stringify(pathToFileURL(path).href)),
      loader: 'ts',
    }));
  },
};

/**
 * Modules of Node.js come by require. An import gives them a namespace, for which every lazy export is evaluated: the one of
 * node:http loads a whole fetch for its WebSocket, 40 ms in each process.
 */
const builtinsByRequire: Plugin = {
  name: 'builtins by require',
  setup(build) {
    const names = new Set(builtinModules);
    build.onResolve({ filter: /^(node:)?[a-z_/0-9]+$/ }, ({ path, kind, namespace }) => {
      if (!path.startsWith('node:') && !names.has(path)) return undefined;
      if (namespace === 'builtin' || kind === 'require-call') return { path, external: true };
      return { path, namespace: 'builtin', sideEffects: false };
    });
    build.onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path }) => ({
      contents: `module.exports = require(${JSON.stringify(path)});`,
      loader: 'js',
    }));
  },
};

function put(draft: string, folder: string): void {
  mkdirSync(CACHE, { recursive: true });
  try {
    renameSync(draft, folder);
  } catch (error) {
    // Another stack was faster, with the same sources.
    if (!existsSync(folder)) throw error;
    rmSync(draft, { recursive: true });
  }
}

/** Bundles of earlier sources; a stack that runs may still load a chunk of its own, so those stay for a day. */
function dropOld(): void {
  for (const name of readdirSync(CACHE)) {
    const path = join(CACHE, name);
    const { mtimeMs } = statSync(path, { throwIfNoEntry: false }) ?? { mtimeMs: Number.POSITIVE_INFINITY };
    if (Date.now() - mtimeMs > KEPT_MS) rmSync(path, { recursive: true, force: true });
  }
}
