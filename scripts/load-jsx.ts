/**
 * `--import` of test runs: Node strips types by itself but knows no JSX, so files that hold some go through esbuild.
 * JSON is data for packages that import it without saying so (`@actions/workflow-parser`), too.
 */
import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';
import { transformSync } from 'esbuild';

registerHooks({
  load(url, context, next) {
    if (url.endsWith('.json'))
      return next(url, { ...context, importAttributes: { ...context.importAttributes, type: 'json' } });
    if (!url.endsWith('.tsx')) return next(url, context);
    const file = fileURLToPath(url);
    const { code } = transformSync(readFileSync(file, 'utf8'), {
      loader: 'tsx',
      format: 'esm',
      jsx: 'automatic',
      jsxImportSource: 'preact',
      sourcefile: file,
      sourcemap: 'inline',
    });
    return { format: 'module', source: code, shortCircuit: true };
  },
});
