import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Az } from './commands.ts';
import { anEnvironment } from './deployment.fixture.ts';
import { provisionSmokeTenant } from './smoke-tenant.ts';

const silent = () => undefined;
const claims = Buffer.from(JSON.stringify({ oid: 'pipeline' })).toString('base64url');

/** Keeps the roles that are given and not taken back. */
function roles() {
  const held = new Set<string>();
  const after = (args: readonly string[], name: string) => args[args.indexOf(name) + 1] ?? '';
  const az: Az = async (...args) => {
    const said = args.join(' ');
    if (said.includes('get-access-token')) return `x.${claims}.x`;
    if (said.startsWith('account show')) return { type: 'servicePrincipal' };
    if (said.startsWith('keyvault show')) return `/vaults/${after(args, '--name')}`;
    assert.match(said, /role assignment (create|delete)/);
    const role = said.startsWith('cosmosdb')
      ? `data ${after(args, '--role-assignment-id')}`
      : `${after(args, '--role')} on ${after(args, '--scope')}`;
    if (args.includes('create')) held.add(role);
    else held.delete(role);
    return undefined;
  };
  return { az, held };
}

const STAYS = ['Key Vault Secrets Officer on /vaults/kv-tsops-prod'];

describe('the smoke test’s tenant of an environment that was made anew', () => {
  test('is made once the roles that were given for it hold, and they are taken back', async () => {
    const { az, held } = roles();
    let attempts = 0;
    let pauses = 0;
    const provision = async () => {
      assert.equal(held.size, 4);
      attempts += 1;
      if (attempts < 3) throw new Error('Forbidden');
    };
    const pause = async () => {
      pauses += 1;
    };
    await provisionSmokeTenant(az, 'stage', anEnvironment(), silent, { provision, pause });
    assert.deepEqual([attempts, pauses], [3, 2]);
    assert.deepEqual([...held], STAYS);
  });

  test('has the tokens for its data before roles are given and waited for', async () => {
    const { az } = roles();
    const asked: string[] = [];
    const listening: Az = async (...args) => {
      asked.push(args.join(' '));
      return az(...args);
    };
    const work = { provision: async () => undefined, pause: async () => undefined };
    await provisionSmokeTenant(listening, 'stage', anEnvironment(), silent, work);
    assert.deepEqual(asked.slice(0, 2), [
      'account get-access-token --resource https://vault.azure.net --query expiresOn',
      'account get-access-token --resource https://cosmos.documents.azure.com --query expiresOn',
    ]);
  });

  test('gives up in the end, and takes the roles back all the same', async () => {
    const { az, held } = roles();
    const provision = async () => {
      throw new Error('Forbidden');
    };
    const work = { provision, pause: async () => undefined };
    await assert.rejects(provisionSmokeTenant(az, 'stage', anEnvironment(), silent, work), /Forbidden/);
    assert.deepEqual([...held], STAYS);
  });

  test('is made by a person in prod', async () => {
    const { az, held } = roles();
    const work = { provision: async () => undefined, pause: async () => undefined };
    await assert.rejects(provisionSmokeTenant(az, 'prod', anEnvironment(), silent, work), /prod/);
    assert.equal(held.size, 0);
  });
});
