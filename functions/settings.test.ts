import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readSettings } from './settings.ts';

const complete = {
  TOUCHSTONE_ENVIRONMENT: 'test',
  TOUCHSTONE_BASE_DOMAIN: 'localhost',
  TOUCHSTONE_PUBLIC_URL: 'http://{slug}.localhost:7071',
  COSMOS_ENDPOINT: 'https://localhost:8081',
  COSMOS_DATABASE: 'touchstone',
  BLOB_VAULT_ENDPOINT: 'https://localhost:10000/vault',
  KEY_VAULT_ENDPOINT: 'https://localhost:8443',
  SERVICE_BUS: 'Endpoint=sb://localhost',
};

test('a complete environment is read, with safe values where nothing is said', () => {
  const settings = readSettings(complete);
  assert.equal(settings.OUTBOUND_ALLOW_PRIVATE, false);
  assert.equal(settings.KEY_VAULT_CHALLENGE_VERIFICATION, true);
  assert.equal(settings.MESSAGING_DIRECT_SEND, true);
  assert.equal(settings.RELAY_INTERVAL_SECONDS, 5);
});

test('everything that is missing is named at once', () => {
  const { COSMOS_ENDPOINT, SERVICE_BUS, KEY_VAULT_ENDPOINT, ...rest } = complete;
  assert.throws(
    () => readSettings(rest),
    (error: Error) => {
      for (const name of ['COSMOS_ENDPOINT', 'KEY_VAULT_ENDPOINT', 'SERVICE_BUS__fullyQualifiedNamespace']) {
        assert.match(error.message, new RegExp(name));
      }
      return true;
    },
  );
});

test('a wrong value is named, and not shown', () => {
  assert.throws(
    () => readSettings({ ...complete, COSMOS_ENDPOINT: 'hunter2' }),
    (error: Error) => {
      assert.match(error.message, /COSMOS_ENDPOINT/);
      assert.doesNotMatch(error.message, /hunter2/);
      return true;
    },
  );
});
