import {
  copyFileSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';

/** Writes a file whole or not at all, since a host may be reading it; leaves it alone when nothing changed. */
export function write(path: string, content: string | Uint8Array): void {
  if (typeof content === 'string' && read(path) === content) return;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(`${path}.${process.pid}`, content);
  renameSync(`${path}.${process.pid}`, path);
}

/** Makes `target` the same file as `source` by a hard link, or by a copy where there can be none. */
export function place(source: string, target: string): void {
  const wanted = statSync(source);
  const present = statSync(target, { throwIfNoEntry: false });
  if (present?.ino === wanted.ino && present.dev === wanted.dev) return;
  if (present?.size === wanted.size && present.mtimeMs >= wanted.mtimeMs) return;
  mkdirSync(dirname(target), { recursive: true });
  const temporary = `${target}.${process.pid}`;
  try {
    linkSync(source, temporary);
  } catch {
    copyFileSync(source, temporary);
  }
  renameSync(temporary, target);
}

/** Removes the files of a folder that are not wanted and have not been written for so long. */
export function dropOld(folder: string, wanted: ReadonlySet<string>, milliseconds: number): void {
  const limit = Date.now() - milliseconds;
  for (const path of filesBelow(folder)) {
    const age = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
    if (!wanted.has(path) && age < limit) rmSync(path, { force: true });
  }
}

/** Removes every file of a folder that is not wanted. */
export function keepOnly(folder: string, wanted: ReadonlySet<string>): void {
  for (const path of filesBelow(folder)) if (!wanted.has(path)) rmSync(path, { force: true });
}

function filesBelow(folder: string): string[] {
  if (statSync(folder, { throwIfNoEntry: false }) === undefined) return [];
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name));
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
