import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rightsOfApps, unusedRights } from '../rights.ts';

test('a right of which a run used nothing is found, and one that it used in part is not', () => {
  const rights = [
    { identity: 'api', scope: 'cosmos/leases', actions: ['read', 'write'] },
    { identity: 'api', scope: 'cosmos/limits', actions: ['read'] },
  ];
  const used = 'api cosmos/leases write\nworker cosmos/limits read\n';
  assert.deepEqual(unusedRights(rights, used), ['api at cosmos/limits: read']);
});

test('every data right of roles.json reaches the local servers, with the actions of its role', () => {
  const rights = rightsOfApps();
  assert.ok(rights.length > 40);
  for (const { identity, scope, actions } of rights) {
    assert.match(identity, /^(api|worker|render)$/);
    assert.match(scope, /^(cosmos|service-bus|blob|key-vault)\/(?!.*undefined)/);
    assert.ok(actions.length > 0, `${identity} at ${scope}`);
  }
});
