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
  test('deletes its record and its groups, makes the first again, and recovers its own vaults', async () => {
    const { az, asked } = azureWith('stage');
    const said: string[] = [];
    await recreate(az, 'stage', 'westeurope', line => said.push(line));
    assert.deepEqual(asked, [
      'deployment sub delete --name touchstone-stage',
      'group list',
      'group delete --name rg-touchstone-stage --yes',
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
    const { az, state } = azureWith('stage');
    assert.deepEqual(await infrastructure(az), {
      TOUCHSTONE_CHAT_WEBHOOK: 'https://chat.example/1',
      TOUCHSTONE_PAGER_WEBHOOK: 'https://chat.example/1',
    });
    await recreate(az, 'stage', 'westeurope', silent);
    assert.equal(state.vault, 'closed');
    assert.deepEqual(await infrastructure(az), {});
    assert.equal(state.recorded, true);
  });

  test('goes on where it stopped, and again after a deployment that failed', async () => {
    const { az, state } = azureWith('stage');
    const stopping: Az = async (...args) => {
      if (args[1] === 'recover') throw new Error('(InternalServerError) later');
      return az(...args);
    };
    await assert.rejects(recreate(stopping, 'stage', 'westeurope', silent), /later/);
    await recreate(az, 'stage', 'westeurope', silent);
    assert.equal(state.vault, 'closed');
    await recreate(az, 'stage', 'westeurope', silent);
    assert.equal(state.vault, 'closed');
  });

  test('never touches prod', async () => {
    const { az, asked } = azureWith('prod');
    await assert.rejects(recreate(az, 'prod', 'westeurope', silent), /prod is never deleted/);
    assert.deepEqual(asked, []);
  });
});
