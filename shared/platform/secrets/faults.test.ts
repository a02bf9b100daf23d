import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { askVault } from './faults.ts';

const failing = (fields: object) => () => Promise.reject(Object.assign(new Error('no'), fields));

describe('a call of Key Vault', () => {
  for (const fields of [{ statusCode: 429 }, { statusCode: 503 }, { code: 'ECONNREFUSED' }]) {
    test(`that meets ${JSON.stringify(fields)} comes later`, async () => {
      await assert.rejects(askVault(failing(fields)), {
        code: 'platform.vault_unavailable',
        fault: { status: 503, retry: 'later' },
      });
    });
  }

  test('that is refused keeps its error', async () => {
    await assert.rejects(askVault(failing({ statusCode: 404 })), { statusCode: 404, message: 'no' });
  });
});
