import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dropUnset } from './unset-variables.ts';

test('an empty variable and one that no pipeline expanded count as unset, all others stay', () => {
  const variables: NodeJS.ProcessEnv = {
    AZURE_LOCATION: '',
    TOUCHSTONE_ALERTS_TO: '$(alertsTo)',
    TOUCHSTONE_BASE_DOMAIN_PROD: 'touchstone.example',
    PRICE: '$5 (net)',
  };
  dropUnset(variables);
  assert.deepEqual(variables, { TOUCHSTONE_BASE_DOMAIN_PROD: 'touchstone.example', PRICE: '$5 (net)' });
});
