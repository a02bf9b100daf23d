import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tarOf } from './tar.fixture.ts';
import { readTar } from './tar.ts';

test('reads the files of an archive with their modes', () => {
  const archive = tarOf([
    { name: 'lib/libnss3.so', content: 'x'.repeat(700) },
    { name: 'lib/empty', content: '' },
  ]);
  const files = readTar(archive).map(({ name, mode, content }) => [
    name,
    mode,
    Buffer.from(content).toString(),
  ]);
  assert.deepEqual(files, [
    ['lib/libnss3.so', 0o755, 'x'.repeat(700)],
    ['lib/empty', 0o755, ''],
  ]);
});

test('refuses names that leave the folder', () => {
  assert.throws(() => readTar(tarOf([{ name: '../evil', content: 'x' }])), /unsafe name/);
  assert.throws(() => readTar(tarOf([{ name: '/etc/evil', content: 'x' }])), /unsafe name/);
});

test('refuses what is not an archive', () => {
  assert.throws(() => readTar(Buffer.alloc(1024, 'x')), /not a tar archive/);
});
