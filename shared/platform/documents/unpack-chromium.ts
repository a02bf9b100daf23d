import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { lstat, mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { brotliDecompress, createBrotliDecompress, createZstdDecompress } from 'node:zlib';
import { readTar } from './tar.ts';

export type UnpackedChromium = { readonly executable: string; readonly libraries: string };

const chunkSize = 2 ** 21;

/**
 * Unpacks the browser and its libraries into the temp folder, once per version: the deployed tree is read-only and
 * has no exec bits. Everything is written beside its final place and renamed as a whole, so a second process that
 * unpacks at the same time never sees half a browser; the slower one throws its copy away.
 */
export async function unpackChromium(
  archives: { readonly browser: string; readonly libraries: string },
  tempFolder: string,
): Promise<UnpackedChromium> {
  const version = await fingerprint(archives.browser);
  const folder = join(tempFolder, `touchstone-chromium-${version}`);
  const unpacked = { executable: join(folder, 'chromium'), libraries: join(folder, 'lib') };
  if (await isReady(folder)) return unpacked;

  const draft = join(tempFolder, `.touchstone-chromium-${version}-${randomUUID()}`);
  await mkdir(draft, { recursive: true, mode: 0o700 });
  try {
    await Promise.all([
      unpackBrowser(archives.browser, join(draft, 'chromium')),
      unpackLibraries(archives.libraries, draft),
    ]);
    await publish(draft, folder);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  return unpacked;
}

// Another user of the machine could have put a browser of their own at a name that is easy to guess. Cleaners of
// temp folders take single files, so the program itself is looked for.
async function isReady(folder: string): Promise<boolean> {
  const stats = await lstat(folder).catch(() => undefined);
  if (stats === undefined) return false;
  if (!stats.isDirectory() || (process.getuid !== undefined && stats.uid !== process.getuid())) {
    throw new Error(`${folder} belongs to somebody else`);
  }
  if (await lstat(join(folder, 'chromium')).catch(() => undefined)) return true;
  await rm(folder, { recursive: true, force: true });
  return false;
}

async function publish(draft: string, folder: string): Promise<void> {
  try {
    await rename(draft, folder);
  } catch (error) {
    if (!(await isReady(folder))) throw error;
  }
}

async function unpackBrowser(archive: string, target: string): Promise<void> {
  const decompress: Transform = archive.endsWith('.zst')
    ? createZstdDecompress({ chunkSize })
    : createBrotliDecompress({ chunkSize });
  await pipeline(
    createReadStream(archive, { highWaterMark: chunkSize }),
    decompress,
    createWriteStream(target, { mode: 0o700, highWaterMark: chunkSize }),
  );
}

async function unpackLibraries(archive: string, folder: string): Promise<void> {
  const files = readTar(await promisify(brotliDecompress)(await readFile(archive)));
  for (const { name, content } of files) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content, { mode: 0o600 });
  }
}

// Size and tail of the archive tell versions apart without reading all of its 60 MB.
async function fingerprint(archive: string): Promise<string> {
  const file = await open(archive);
  try {
    const { size } = await file.stat();
    const length = Math.min(size, 65_536);
    const { buffer } = await file.read(Buffer.alloc(length), 0, length, size - length);
    return createHash('sha256').update(`${size}:`).update(buffer).digest('hex').slice(0, 16);
  } finally {
    await file.close();
  }
}
