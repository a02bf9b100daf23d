import * as z from 'zod';
import type { Az } from './commands.ts';
import { type Deployment, type Environment, environmentGroups } from './deployment.ts';

const Deleted = z.array(z.object({ name: z.string() }));

/**
 * Deletes an environment whole and makes an empty group with its Key Vaults recovered, into which the templates are deployed anew.
 * The vaults keep their names for days after a deletion, and hold what no template makes: the domain's certificate. Never prod.
 */
export async function recreate(
  az: Az,
  environment: Environment,
  deployment: Deployment,
  location: string,
  say: (line: string) => void,
): Promise<void> {
  if (environment === 'prod') throw new Error('prod is never deleted');
  const vaults = [deployment.keyVaultEndpoint, deployment.operationsVaultEndpoint].map(
    endpoint => new URL(endpoint).hostname.split('.')[0] ?? '',
  );
  for (const group of environmentGroups(deployment)) {
    await az('group', 'delete', '--name', group, '--yes');
    say(`deleted ${group}`);
  }
  const group = deployment.resourceGroupName;
  await az('group', 'create', '--name', group, '--location', location);
  const deleted = Deleted.parse(await az('keyvault', 'list-deleted', '--resource-type', 'vault'));
  for (const name of vaults.filter(vault => deleted.some(one => one.name === vault))) {
    await az('keyvault', 'recover', '--name', name, '--resource-group', group, '--location', location);
    say(`recovered ${name}`);
  }
}
