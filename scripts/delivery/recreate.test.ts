import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { azureWith } from './az.fixture.ts';
import type { Az } from './commands.ts';
import { deployInfrastructure } from './deploy.ts';
import { recreate } from './recreate.ts';
import { standingAddresses, standingBudget } from './standing.ts';

const silent = () => undefined;

/** What `npm run deliver -- infrastructure` does. */
async function infrastructure(az: Az) {
  const found = { ...(await standingBudget(az, 'stage')), ...(await standingAddresses(az, 'stage')) };
  await deployInfrastructure(az, 'stage', 'westeurope');
  return found;
}

describe('recreating an environment', () => {
  test('takes its apps off their network, deletes its record and groups, makes the first again, and recovers its own vaults', async () => {
    const { az, asked, pause } = azureWith('stage');
    const said: string[] = [];
    await recreate(az, 'stage', 'westeurope', line => said.push(line), pause);
    assert.deepEqual(asked, [
      'deployment sub delete --name touchstone-stage',
      'group list',
      'functionapp list --resource-group rg-touchstone-stage',
      'functionapp vnet-integration remove --resource-group rg-touchstone-stage --name func-api',
      'functionapp vnet-integration remove --resource-group rg-touchstone-stage --name func-worker',
      'network vnet list --resource-group rg-touchstone-stage',
      'pause',
      'network vnet list --resource-group rg-touchstone-stage',
      'group delete --name rg-touchstone-stage --yes',
      'functionapp list --resource-group rg-touchstone-stage-northeurope',
      'network vnet list --resource-group rg-touchstone-stage-northeurope',
      'group delete --name rg-touchstone-stage-northeurope --yes',
      'group create --name rg-touchstone-stage --location westeurope',
      'keyvault list-deleted --resource-type vault',
      'keyvault recover --name kv-tsops-prod --resource-group rg-touchstone-stage --location westeurope',
    ]);
    assert.deepEqual(said, [
      'deleted rg-touchstone-stage',
      'deleted rg-touchstone-stage-northeurope',
      'recovered kv-tsops-prod',
    ]);
  });

  test('leaves what the templates can be deployed into, though nobody may ask the recovered vault', async () => {
    const { az, state, pause } = azureWith('stage');
    assert.deepEqual(await infrastructure(az), {
      TOUCHSTONE_CHAT_WEBHOOK: 'https://chat.example/1',
      TOUCHSTONE_PAGER_WEBHOOK: 'https://chat.example/1',
    });
    await recreate(az, 'stage', 'westeurope', silent, pause);
    assert.equal(state.vault, 'closed');
    assert.deepEqual(await infrastructure(az), {});
    assert.equal(state.recorded, true);
  });

  test('goes on where it stopped, and again after a deployment that failed', async () => {
    const { az, state, pause } = azureWith('stage');
    const stopping: Az = async (...args) => {
      if (args[1] === 'recover') throw new Error('(InternalServerError) later');
      return az(...args);
    };
    await assert.rejects(recreate(stopping, 'stage', 'westeurope', silent, pause), /later/);
    await recreate(az, 'stage', 'westeurope', silent, pause);
    assert.equal(state.vault, 'closed');
    await recreate(az, 'stage', 'westeurope', silent, pause);
    assert.equal(state.vault, 'closed');
  });

  test('deletes nothing while a subnet is held, which would leave half of it for days', async () => {
    const { az, state } = azureWith('stage');
    let pauses = 0;
    const pause = async () => {
      pauses += 1;
    };
    await assert.rejects(recreate(az, 'stage', 'westeurope', silent, pause), /is still held: run this again/);
    assert.ok(pauses > 10);
    assert.equal(state.groups.length, 4);
  });

  test('never touches prod', async () => {
    const { az, asked, pause } = azureWith('prod');
    await assert.rejects(recreate(az, 'prod', 'westeurope', silent, pause), /prod is never deleted/);
    assert.deepEqual(asked, []);
  });
});
