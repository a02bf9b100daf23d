import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = join(import.meta.dirname, '..');

/** The product's own template as a function; it is TSX, so it is bundled before it can be loaded. */
export async function loadTemplate(): Promise<(content: unknown) => string> {
  const outfile = join(root, 'node_modules/.cache/touchstone/bench/documents.mjs');
  await build({
    absWorkingDir: root,
    entryPoints: ['shared/modules/calibration/documents/index.ts'],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    define: { 'process.env.NODE_ENV': '"production"' },
    banner: {
      js: `import { createRequire as makeRequire } from 'node:module'; const require = makeRequire(import.meta.url);`,
    },
  });
  const { certificateHtml } = await import(`${pathToFileURL(outfile).href}?${Date.now()}`);
  return certificateHtml;
}
