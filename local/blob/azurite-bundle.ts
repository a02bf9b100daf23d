import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Plugin } from 'esbuild';

const ENTRY = `
export { default as AccountDataStore } from 'azurite/dist/src/common/AccountDataStore';
export { default as BlobGCManager } from 'azurite/dist/src/blob/gc/BlobGCManager';
export { default as BlobRequestListenerFactory } from 'azurite/dist/src/blob/BlobRequestListenerFactory';
export { default as FSExtentStore } from 'azurite/dist/src/common/persistence/FSExtentStore';
export { default as LokiBlobMetadataStore } from 'azurite/dist/src/blob/persistence/LokiBlobMetadataStore';
export { default as LokiExtentMetadataStore } from 'azurite/dist/src/common/persistence/LokiExtentMetadataStore';
export { default as StorageErrorFactory } from 'azurite/dist/src/blob/errors/StorageErrorFactory';
export { default as logger } from 'azurite/dist/src/common/Logger';
export { OAuthLevel } from 'azurite/dist/src/common/models';
export { newEtag } from 'azurite/dist/src/common/utils/utils';
`;

/**
 * What Azurite loads and a silent local server never calls: its telemetry, the queue and table code behind
 * it, a log library, and cookies with a list of all public domains. They would be most of the time to load.
 */
const STUBS: Readonly<Record<string, string>> = {
  Telemetry: 'exports.AzuriteTelemetryClient = { TraceRequest() {} };',
  WinstonLoggerStrategy: 'exports.default = class {};',
  'tough-cookie': 'exports.CookieJar = class {};',
};

const stubs: Plugin = {
  name: 'stubs',
  setup(build) {
    build.onResolve({ filter: /(\/Telemetry|\/WinstonLoggerStrategy|^tough-cookie)$/ }, ({ path }) => ({
      path: path.slice(path.lastIndexOf('/') + 1),
      namespace: 'stub',
    }));
    build.onLoad({ filter: /.*/, namespace: 'stub' }, ({ path }) => ({ contents: STUBS[path] ?? '' }));
  },
};

/**
 * Path of Azurite's blob service as one file. Azurite loads a thousand small files, two seconds on a cold
 * disk; as one file it is there in a tenth of a second. Made once per version of Azurite and of this recipe.
 */
export async function azuriteBundle(): Promise<string> {
  const manifest = createRequire(import.meta.url).resolve('azurite/package.json');
  const recipe = createHash('sha256')
    .update(readFileSync(manifest))
    .update(readFileSync(import.meta.filename))
    .digest('hex');
  const folder = join(dirname(dirname(manifest)), '.cache', 'touchstone');
  const file = join(folder, `azurite-${recipe.slice(0, 16)}.cjs`);
  if (!existsSync(file)) {
    const text = await bundle();
    mkdirSync(folder, { recursive: true });
    writeFileSync(`${file}.${process.pid}`, text);
    renameSync(`${file}.${process.pid}`, file);
  }
  return file;
}

async function bundle(): Promise<string> {
  const { build } = await import('esbuild');
  const result = await build({
    stdin: { contents: ENTRY, resolveDir: import.meta.dirname },
    bundle: true,
    write: false,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: 'inline',
    logLevel: 'error',
    plugins: [stubs],
  });
  const [output] = result.outputFiles;
  if (output === undefined) throw new Error('bundling Azurite gave no output');
  return output.text;
}
