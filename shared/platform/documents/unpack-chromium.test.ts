import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { brotliCompressSync, zstdCompressSync } from 'node:zlib';
import { tarOf } from './tar.fixture.ts';
import { unpackChromium } from './unpack-chromium.ts';

async function setUp(t: TestContext, program = '#!/bin/sh\necho works\n', kind: 'br' | 'zst' = 'br') {
  const folder = await mkdtemp(join(tmpdir(), 'unpack-'));
  t.after(() => rm(folder, { recursive: true }));
  const archives = { browser: join(folder, `chromium.${kind}`), libraries: join(folder, 'al2023.tar.br') };
  const compress = kind === 'br' ? brotliCompressSync : zstdCompressSync;
  await writeFile(archives.browser, compress(Buffer.from(program)));
  await writeFile(
    archives.libraries,
    brotliCompressSync(tarOf([{ name: 'lib/libnss3.so', content: 'library' }])),
  );
  const temp = join(folder, 'temp');
  await mkdir(temp);
  return { archives, temp };
}

for (const kind of ['br', 'zst'] as const) {
  test(`unpacks a program that can be run and its libraries (${kind})`, async t => {
    const { archives, temp } = await setUp(t, undefined, kind);
    const unpacked = await unpackChromium(archives, temp);
    assert.equal(execFileSync(unpacked.executable, { encoding: 'utf8' }), 'works\n');
    assert.equal(await readFile(join(unpacked.libraries, 'libnss3.so'), 'utf8'), 'library');
  });
}

test('unpacks a version once', async t => {
  const { archives, temp } = await setUp(t);
  const { executable } = await unpackChromium(archives, temp);
  const before = await stat(executable);
  assert.equal((await unpackChromium(archives, temp)).executable, executable);
  assert.equal((await stat(executable)).ino, before.ino);
});

test('unpacks at the same time in many places without harm, and leaves no drafts', async t => {
  const { archives, temp } = await setUp(t);
  const unpacked = await Promise.all(Array.from({ length: 8 }, () => unpackChromium(archives, temp)));
  assert.equal(new Set(unpacked.map(({ executable }) => executable)).size, 1);
  assert.equal(execFileSync(unpacked[0]?.executable ?? '', { encoding: 'utf8' }), 'works\n');
  assert.equal((await readdir(temp)).length, 1);
});

test('keeps versions apart', async t => {
  const { archives, temp } = await setUp(t);
  const other = await setUp(t, '#!/bin/sh\necho newer\n');
  const older = await unpackChromium(archives, temp);
  const newer = await unpackChromium(other.archives, temp);
  assert.notEqual(older.executable, newer.executable);
});

test('unpacks again when the program has been cleaned away', async t => {
  const { archives, temp } = await setUp(t);
  const { executable } = await unpackChromium(archives, temp);
  await rm(executable);
  await unpackChromium(archives, temp);
  assert.equal(execFileSync(executable, { encoding: 'utf8' }), 'works\n');
});

test('leaves nothing behind when an archive is broken', async t => {
  const { archives, temp } = await setUp(t);
  await writeFile(archives.libraries, 'broken');
  await assert.rejects(unpackChromium(archives, temp));
  assert.deepEqual(await readdir(temp), []);
});
