/** A regular file of a tar archive. */
export type TarFile = { readonly name: string; readonly mode: number; readonly content: Uint8Array };

const blockSize = 512;

/**
 * The regular files of an uncompressed ustar archive, without folders, links and extended headers: all that the
 * browser's own archives hold. Throws on a name that would leave the target folder.
 */
export function readTar(archive: Uint8Array): readonly TarFile[] {
  const files: TarFile[] = [];
  for (let at = 0; at + blockSize <= archive.length; ) {
    const header = archive.subarray(at, at + blockSize);
    if (header.every(byte => byte === 0)) break;
    const size = octal(header, 124, 12);
    const kind = header[156];
    if (kind === 0 || kind === 48) {
      const name = safeName(text(header, 345, 155), text(header, 0, 100));
      files.push({
        name,
        mode: octal(header, 100, 8),
        content: archive.subarray(at + blockSize, at + blockSize + size),
      });
    }
    at += blockSize + Math.ceil(size / blockSize) * blockSize;
  }
  return files;
}

function safeName(prefix: string, name: string): string {
  const path = prefix === '' ? name : `${prefix}/${name}`;
  if (path.startsWith('/') || path.split('/').includes('..'))
    throw new Error(`unsafe name in archive: ${path}`);
  return path;
}

function text(header: Uint8Array, start: number, length: number): string {
  const field = header.subarray(start, start + length);
  const end = field.indexOf(0);
  return new TextDecoder().decode(end < 0 ? field : field.subarray(0, end));
}

function octal(header: Uint8Array, start: number, length: number): number {
  const value = Number.parseInt(text(header, start, length).trim() || '0', 8);
  if (Number.isNaN(value)) throw new Error('not a tar archive');
  return value;
}
