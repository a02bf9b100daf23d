import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chooseLibraryPath, missingLibraries } from './libraries.ts';

test('finds nothing missing for a program that runs', async () => {
  assert.deepEqual(await missingLibraries(process.execPath), []);
});

test('uses the shipped libraries only when the system lacks some or when told to', async () => {
  assert.equal(await chooseLibraryPath(process.execPath, '/shipped'), undefined);
  assert.equal(await chooseLibraryPath(process.execPath, '/shipped', 'shipped'), '/shipped');
});
