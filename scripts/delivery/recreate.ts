import * as z from 'zod';
import type { Az } from './commands.ts';
import { deploymentName, type Environment } from './deployment.ts';
import { unlessAbsent } from './standing.ts';

const Named = z.array(z.object({ name: z.string() }));
const Deleted = z.array(z.object({ name: z.string(), properties: z.object({ vaultId: z.string() }) }));

/**
 * Deletes an environment whole and makes an empty group with its Key Vaults recovered, into which the templates are deployed anew.
 * The vaults keep their names for days after a deletion, and hold what no template makes: the domain's certificate. The record of
 * the deployment goes first: whoever found it would ask a vault that has neither a way in nor roles. Asks Azure, and not that
 * record, what there is, so that it can be run again wherever it or what came after it stopped. Never prod.
 */
export async function recreate(
  az: Az,
  environment: Environment,
  location: string,
  say: (line: string) => void,
): Promise<void> {
  if (environment === 'prod') throw new Error('prod is never deleted');
  await unlessAbsent(az('deployment', 'sub', 'delete', '--name', deploymentName(environment)));
  const group = `rg-touchstone-${environment}`;
  const groups = Named.parse(await az('group', 'list')).map(({ name }) => name);
  for (const name of groups.filter(one => one === group || one.startsWith(`${group}-`))) {
    await az('group', 'delete', '--name', name, '--yes');
    say(`deleted ${name}`);
  }
  await az('group', 'create', '--name', group, '--location', location);
  const deleted = Deleted.parse(await az('keyvault', 'list-deleted', '--resource-type', 'vault'));
  const ours = `/resourcegroups/${group}/`;
  for (const { name } of deleted.filter(({ properties }) =>
    properties.vaultId.toLowerCase().includes(ours),
  )) {
    await az('keyvault', 'recover', '--name', name, '--resource-group', group, '--location', location);
    say(`recovered ${name}`);
  }
}
