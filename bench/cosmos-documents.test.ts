import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  BATCH,
  batchOf,
  DOCUMENTS,
  documentOf,
  keys,
  PAGE,
  pageStart,
  place,
  SCOPES,
  stored,
  TENANTS,
} from './cosmos-documents.ts';

test('every document is a kilobyte of JSON', () => {
  const sizes = new Set(keys().flatMap(key => stored(key).map(each => JSON.stringify(each).length)));
  assert.deepEqual([...sizes], [1024]);
  const long = documentOf(['tenant-1', 'scope-1'], `ours-batch-4-${'9'.repeat(6)}-4`, 2004);
  assert.equal(JSON.stringify(long).length, 1024);
});

test('the work goes round all scopes, each a key of its own', () => {
  const count = TENANTS * SCOPES;
  const met = new Set(Array.from({ length: count }, (_, n) => place(n).key.join('/')));
  assert.equal(met.size, count);
});

test('a scope is read at many of its documents', () => {
  const count = TENANTS * SCOPES;
  const met = new Set(Array.from({ length: DOCUMENTS }, (_, turn) => place(turn * count).number));
  assert.equal(met.size, DOCUMENTS);
});

test('a whole page follows each start of a query', () => {
  for (let n = 0; n < 5000; n += 1) assert.ok(pageStart(n) + PAGE <= DOCUMENTS, String(n));
});

test('no two batches of a run make the same document', () => {
  const ids = Array.from({ length: 400 }, (_, n) => batchOf(n, 'run').documents.map(({ id }) => id)).flat();
  assert.equal(new Set(ids).size, 400 * BATCH);
});
