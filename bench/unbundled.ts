import { globSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';
import { bundle } from '../scripts/bundle.ts';

export type UnbundledApp = {
  /** Our sources file by file, packages from node_modules, everything loaded when it is first needed. */
  readonly lazy: string;
  /** The same, after all packages of the app's bundle were loaded. */
  readonly eager: string;
  readonly packages: readonly string[];
};

export type Unbundled = {
  readonly apps: Readonly<Record<string, UnbundledApp>>;
  /** The local Functions host, bundled itself, so that loading it hides little of what is measured. */
  readonly host: string;
};

const root = join(import.meta.dirname, '..');
const folder = join(root, 'node_modules/.cache/touchstone/bench/unbundled');

/** What CommonJS packages inside of an ES module call. */
const REQUIRE = `import { createRequire as makeRequire } from 'node:module'; const require = makeRequire(import.meta.url);`;

/** Writes what the apps would be without a bundler: each file for itself, as the TypeScript compiler leaves it. */
export async function buildUnbundled(names: readonly string[]): Promise<Unbundled> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, 'functions'), { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{"type":"commonjs"}\n');
  symlinkSync(join(root, 'dist/assets'), join(folder, 'functions/assets'));
  await Promise.all([buildSources(), buildHost()]);
  const { bundles } = await bundle(
    root,
    names.map(name => `functions/${name}.ts`),
    join(root, 'dist'),
  );
  const direct = Object.keys(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).dependencies);
  const apps = bundles.map(({ app, packages }) => {
    const held = direct.filter(name => packages.has(name));
    const eager = join(folder, `functions/${app}-eager.js`);
    const loads = held.map(name => `require(${JSON.stringify(name)});`).join('\n');
    writeFileSync(eager, `${loads}\nrequire('./${app}.js');\n`);
    return [app, { lazy: join(folder, `functions/${app}.js`), eager, packages: held }] as const;
  });
  return { apps: Object.fromEntries(apps), host: join(folder, 'host/main.mjs') };
}

async function buildSources(): Promise<void> {
  const sources = globSync('{functions,shared}/**/*.{ts,tsx,json}', { cwd: root }).filter(
    file => !/\.(test|fixture)\.tsx?$/.test(file),
  );
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: sources.filter(file => !file.endsWith('.json')),
    outdir: folder,
    outbase: root,
    write: false,
    bundle: false,
    format: 'cjs',
    platform: 'node',
    target: 'node24',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    define: { 'import.meta.dirname': '__dirname', 'process.env.NODE_ENV': '"production"' },
  });
  const files = [
    ...outputFiles.map(({ path, text }) => [path, withJsNames(text)] as const),
    ...sources
      .filter(file => file.endsWith('.json'))
      .map(file => [join(folder, file), readFileSync(join(root, file), 'utf8')] as const),
  ];
  for (const [path, text] of files) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
}

function withJsNames(text: string): string {
  return text.replaceAll(/((?:require|import)\("\.[^"]*)\.tsx?"\)/g, '$1.js")');
}

async function buildHost(): Promise<void> {
  await build({
    absWorkingDir: root,
    entryPoints: ['local/host/main.ts'],
    outdir: join(folder, 'host'),
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    format: 'esm',
    mainFields: ['module', 'main'],
    banner: { js: REQUIRE },
    platform: 'node',
    target: 'node24',
  });
}
