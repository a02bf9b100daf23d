/**
 * `--import` of test runs: Node strips types by itself but knows no JSX, so files that hold some go through esbuild, once for
 * each state of a file. JSON is data for packages that import it without saying so (`@actions/workflow-parser`), too.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire, registerHooks } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(import.meta.dirname, '..');
const cache = join(root, 'node_modules/.cache/touchstone/jsx');
const require = createRequire(import.meta.url);

registerHooks({
  load(url, context, next) {
    if (url.endsWith('.json'))
      return next(url, { ...context, importAttributes: { ...context.importAttributes, type: 'json' } });
    if (!url.endsWith('.tsx')) return next(url, context);
    return { format: 'module', source: moduleOf(fileURLToPath(url)), shortCircuit: true };
  },
});

function moduleOf(file: string): string {
  const text = readFileSync(file, 'utf8');
  const kept = join(cache, `${createHash('sha256').update(`${file}\n${text}`).digest('hex')}.mjs`);
  try {
    return readFileSync(kept, 'utf8');
  } catch {
    const made = transformed(file, text);
    mkdirSync(cache, { recursive: true });
    // Others may be at the same file: whoever reads it finds all of it.
    const draft = `${kept}.${process.pid}`;
    writeFileSync(draft, made);
    renameSync(draft, kept);
    return made;
  }
}

/** Loaded when it is needed: it takes longer than most tests. */
function transformed(file: string, text: string): string {
  const { transformSync } = require('esbuild') as typeof import('esbuild');
  return transformSync(text, {
    loader: 'tsx',
    format: 'esm',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    sourcefile: file,
    sourcemap: 'inline',
  }).code;
}
