import { basename, join, relative } from 'node:path';
import { build, type Metafile, transform } from 'esbuild';

/** One file of a bundle, as it is to be written below the output folder. */
export type BundleFile = { readonly path: string; readonly text: string };

export type Bundle = {
  readonly app: string;
  /** Paths below the output folder: the entry first, then every chunk that it may load. */
  readonly files: readonly string[];
  /** Folders of node_modules whose code is in it. */
  readonly packages: ReadonlySet<string>;
  /** Bytes that loading the entry compiles; the rest waits for its first import(). */
  readonly eagerBytes: number;
  readonly bytes: number;
};

// Chunks lie one folder deeper than entries; what looks for files beside the app must not notice.
const bundleFolder = { entry: '__dirname', chunk: 'require("node:path").dirname(__dirname)' };

/**
 * Bundles the entries to CommonJS, since the Functions worker offers `@azure/functions-core` through `require` only.
 * esbuild splits code for ES modules only, so the chunks are made as such and each is then rewritten. Without
 * splitting V8 would compile every SDK when the entry is loaded (60 ms); so it compiles what an import() asks for.
 */
export async function bundle(
  root: string,
  entries: readonly string[],
  outFolder: string,
): Promise<{ readonly bundles: Bundle[]; readonly files: BundleFile[] }> {
  const result = await build({
    absWorkingDir: root,
    entryPoints: [...entries],
    outdir: outFolder,
    bundle: true,
    write: false,
    metafile: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    // ES module builds of packages first: they are smaller after tree shaking, and nothing comes in twice.
    mainFields: ['module', 'main'],
    external: ['@azure/functions-core'],
    outExtension: { '.js': '.cjs' },
    chunkNames: 'chunks/[name]-[hash]',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    // Names stay: they are in stack traces, and shorter ones load no faster.
    minifyWhitespace: true,
    minifySyntax: true,
    // A stack trace shows the line that it means; it should be one that can be read.
    lineLimit: 400,
    sourcemap: 'inline',
    sourcesContent: false,
    legalComments: 'none',
    define: { 'process.env.NODE_ENV': '"production"' },
    logLevel: 'warning',
  });
  const files = await Promise.all(
    result.outputFiles.map(file => toCommonJs(relative(outFolder, file.path), file.text)),
  );
  const sizes = new Map(files.flat().map(file => [file.path, Buffer.byteLength(file.text)]));
  const bundles = entries.map(entry => describeBundle(entry, result.metafile, root, outFolder, sizes));
  return { bundles, files: files.flat() };
}

async function toCommonJs(path: string, text: string): Promise<BundleFile[]> {
  const folder = path.startsWith('chunks/') ? bundleFolder.chunk : bundleFolder.entry;
  const { code, map } = await transform(text, {
    format: 'cjs',
    platform: 'node',
    target: 'node24',
    minifyWhitespace: true,
    lineLimit: 400,
    // Makes import() of a chunk a require() of it in a promise.
    supported: { 'dynamic-import': false },
    define: {
      __dirname: '__bundleFolder',
      __filename: '__bundleFile',
      'import.meta.dirname': '__bundleFolder',
      'import.meta.filename': '__bundleFile',
      'import.meta.url': '__bundleUrl',
    },
    sourcemap: 'external',
    sourcesContent: false,
    legalComments: 'none',
  });
  // The map is told of the line that is put before the code.
  const head = code.includes('__bundle') ? `${placesOf(folder)}\n` : '';
  const shifted = head === '' ? map : map.replace('"mappings": "', '"mappings": ";');
  const reference = `//# sourceMappingURL=${basename(path)}.map\n`;
  return [
    { path, text: head + code + reference },
    { path: `${path}.map`, text: shifted },
  ];
}

function placesOf(folder: string): string {
  const url = 'require("node:url").pathToFileURL(__filename).href';
  return `"use strict";const __bundleFolder=${folder},__bundleFile=__filename,__bundleUrl=${url};`;
}

function describeBundle(
  entry: string,
  { outputs }: Metafile,
  root: string,
  outFolder: string,
  sizes: ReadonlyMap<string, number>,
): Bundle {
  const [first] = Object.entries(outputs).find(([, output]) => output.entryPoint === entry) ?? [];
  if (first === undefined) throw new Error(`esbuild made nothing of ${entry}`);
  const reachable = follow(first, outputs, () => true);
  const eager = follow(first, outputs, kind => kind !== 'dynamic-import');
  const below = (output: string): string => relative(outFolder, join(root, output));
  const size = (names: readonly string[]): number =>
    names.reduce((sum, name) => sum + (sizes.get(below(name)) ?? 0), 0);
  const packages = new Set<string>();
  for (const name of reachable) {
    for (const input of Object.keys(outputs[name]?.inputs ?? {})) {
      const found = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(input)?.[1];
      if (found !== undefined) packages.add(found);
    }
  }
  return {
    app: basename(entry).replace(/\.tsx?$/, ''),
    files: reachable.map(below),
    packages,
    eagerBytes: size(eager),
    bytes: size(reachable),
  };
}

function follow(first: string, outputs: Metafile['outputs'], wanted: (kind: string) => boolean): string[] {
  const found = [first];
  for (const name of found) {
    for (const { path, kind, external } of outputs[name]?.imports ?? []) {
      if (external !== true && wanted(kind) && !found.includes(path)) found.push(path);
    }
  }
  return found;
}
