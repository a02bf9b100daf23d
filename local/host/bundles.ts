import { globSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import type { FunctionApp } from './functions-core.ts';
import { describe } from './runtime.ts';
import { StartError } from './settings-expansion.ts';

/**
 * Loads the bundles one after the other, as the worker loads what `main` of package.json matches (`dist/*.cjs`). Throws a
 * StartError when one cannot be loaded, or when they register nothing.
 */
export function loadBundles(app: FunctionApp, patterns: readonly string[]): void {
  const paths = patterns.flatMap(pattern =>
    /[*?[{]/.test(pattern) ? globSync(pattern).toSorted() : [pattern],
  );
  for (const path of paths) {
    try {
      createRequire(import.meta.url)(resolve(path));
    } catch (error) {
      throw new StartError([`the app ${path} could not be loaded: ${describe(error)}`]);
    }
  }
  if (app.programmingModel === undefined || app.functions.size === 0) {
    const names = patterns.join(', ');
    throw new StartError([`the app ${names} registers no function through @azure/functions`]);
  }
}
