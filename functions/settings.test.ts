import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readSettings } from './settings.ts';

const complete = {
  TOUCHSTONE_BASE_DOMAIN: 'localhost',
  TOUCHSTONE_PUBLIC_URL: 'http://{slug}.localhost:7071',
  TOUCHSTONE_REGION: 'local',
  COSMOS_ENDPOINT: 'https://localhost:8081',
  COSMOS_DATABASE: 'touchstone',
  BLOB_VAULT_ENDPOINT: 'https://localhost:10000/vault',
  BLOB_EXCHANGE_ENDPOINT: 'https://localhost:10000/exchange',
  KEY_VAULT_ENDPOINT: 'https://localhost:8443',
  SERVICE_BUS: 'Endpoint=sb://localhost',
};

test('a complete environment is read, with safe values where nothing is said', () => {
  const settings = readSettings('worker', complete);
  assert.equal(settings.OUTBOUND_ALLOW_LOOPBACK, false);
  assert.equal(settings.KEY_VAULT_CHALLENGE_VERIFICATION, true);
  assert.equal(settings.MESSAGING_DIRECT_SEND, true);
  assert.equal(settings.RELAY_INTERVAL_SECONDS, 5);
});

test('everything that is missing is named at once', () => {
  const { COSMOS_ENDPOINT, SERVICE_BUS, KEY_VAULT_ENDPOINT, ...rest } = complete;
  assert.throws(
    () => readSettings('api', rest),
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
    () => readSettings('render', { ...complete, COSMOS_ENDPOINT: 'hunter2' }),
    (error: Error) => {
      assert.match(error.message, /COSMOS_ENDPOINT/);
      assert.doesNotMatch(error.message, /hunter2/);
      return true;
    },
  );
});

test('an app reads no setting of another', () => {
  const settings = readSettings('render', { ...complete, FRONT_DOOR_ID: 'one' });
  assert.equal('SMTP_HOST' in settings, false);
  assert.equal('FRONT_DOOR_ID' in settings, false);
});

test('a Front Door of several profiles has several ids, and nobody is none of them', () => {
  assert.deepEqual(readSettings('api', { ...complete, FRONT_DOOR_ID: 'one,two' }).FRONT_DOOR_ID, [
    'one',
    'two',
  ]);
  assert.deepEqual(readSettings('api', complete).FRONT_DOOR_ID, []);
});
