import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Zippable, zipSync } from 'fflate';

/** What is compressed already: packing it again takes seconds and saves nothing. */
const COMPRESSED = /\.(zst|br|woff2|png)$/;
/** The oldest time that a zip file knows; so equal contents make equal files. */
const NO_TIME = new Date(1980, 0, 1);

/** A folder as a zip file, with paths in order and without times. */
export function pack(folder: string): Uint8Array {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name))
    .sort();
  const files: Zippable = {};
  for (const path of entries) {
    const name = path.slice(folder.length + 1).replaceAll('\\', '/');
    files[name] = [readFileSync(path), { level: COMPRESSED.test(name) ? 0 : 6, mtime: NO_TIME }];
  }
  return zipSync(files);
}
