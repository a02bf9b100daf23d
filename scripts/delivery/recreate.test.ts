import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Az } from './commands.ts';
import { anEnvironment } from './deployment.fixture.ts';
import { recreate } from './recreate.ts';

function recorder() {
  const asked: string[] = [];
  const az: Az = async (...args) => {
    asked.push(args.join(' '));
    return args[1] === 'list-deleted' ? [{ name: 'kv-tsops-prod' }, { name: 'kv-somebody-else' }] : undefined;
  };
  return { az, asked };
}

describe('recreating an environment', () => {
  test('deletes its groups, makes the first again, and recovers its own vaults that are to be recovered', async () => {
    const { az, asked } = recorder();
    const said: string[] = [];
    await recreate(az, 'stage', anEnvironment(), 'westeurope', line => said.push(line));
    assert.deepEqual(asked, [
      'group delete --name rg-touchstone-prod --yes',
      'group create --name rg-touchstone-prod --location westeurope',
      'keyvault list-deleted --resource-type vault',
      'keyvault recover --name kv-tsops-prod --resource-group rg-touchstone-prod --location westeurope',
    ]);
    assert.deepEqual(said, ['deleted rg-touchstone-prod', 'recovered kv-tsops-prod']);
  });

  test('never touches prod', async () => {
    const { az, asked } = recorder();
    await assert.rejects(
      recreate(az, 'prod', anEnvironment(), 'westeurope', () => undefined),
      /prod is never deleted/,
    );
    assert.deepEqual(asked, []);
  });
});
