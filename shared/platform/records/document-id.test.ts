import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Container } from '@azure/cosmos';
import { isDocumentId } from './document-id.ts';
import { cosmosStore } from './store.ts';

const IMPOSSIBLE = [
  ...['', ' ', 'x ', '\t', '.', '..', 'a/b', 'a\\b', 'a#b', 'a?b', 'a\u0000', '\ud800', 'é'.repeat(512)],
];

describe('An id that no item can have', () => {
  test('is told from those that items have', () => {
    for (const id of IMPOSSIBLE) assert.equal(isDocumentId(id), false, JSON.stringify(id));
    for (const id of ['srf_01kapx0000000000000000000a', '~common', 'a b', '__proto__', '…', 'x'.repeat(1023)])
      assert.equal(isDocumentId(id), true, id);
  });

  test('is not found and not removed, and the database is not asked', async () => {
    const store = cosmosStore(async (): Promise<Container> => assert.fail('the database was asked'));
    for (const id of IMPOSSIBLE) {
      assert.equal(await store.read(['ten_1', 'x'], id), undefined, JSON.stringify(id));
      assert.equal(await store.remove(['ten_1', 'x'], id), 'absent', JSON.stringify(id));
    }
  });
});
