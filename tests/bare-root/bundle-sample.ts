import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { bundle } from '../../scripts/bundle.ts';
import { assetFiles } from '../../shared/platform/documents/assets.ts';

/** Puts the sample's bundle and its assets into a folder, as a build does, without exec bits. */
const root = join(import.meta.dirname, '../..');
const folder = process.argv[2];
if (folder === undefined) throw new Error('usage: bundle-sample.ts FOLDER');

const { files } = await bundle(root, ['tests/bare-root/print-sample.ts'], folder);
for (const { path, text } of files) put(path, target => writeFileSync(target, text, { mode: 0o444 }));
for (const { source, target } of assetFiles(root)) put(join('assets', target), path => cpSync(source, path));

function put(path: string, write: (target: string) => void): void {
  const target = join(folder ?? '', path);
  mkdirSync(dirname(target), { recursive: true });
  write(target);
}
