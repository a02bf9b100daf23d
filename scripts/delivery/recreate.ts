import { setTimeout } from 'node:timers/promises';
import * as z from 'zod';
import type { Az } from './commands.ts';
import { deploymentName, type Environment } from './deployment.ts';
import { unlessAbsent } from './standing.ts';

const Named = z.array(z.object({ name: z.string() }));
const Sites = z.array(z.object({ name: z.string(), virtualNetworkSubnetId: z.string().nullish() }));
const Networks = z.array(
  z.object({ subnets: z.array(z.object({ serviceAssociationLinks: z.array(z.unknown()).nullish() })) }),
);
const Deleted = z.array(z.object({ name: z.string(), properties: z.object({ vaultId: z.string() }) }));

/** How long Azure has to let go of a subnet. */
const ATTEMPTS = 20;
const PAUSE = 60_000;

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
  pause: () => Promise<unknown> = () => setTimeout(PAUSE),
): Promise<void> {
  if (environment === 'prod') throw new Error('prod is never deleted');
  await unlessAbsent(az('deployment', 'sub', 'delete', '--name', deploymentName(environment)));
  const group = `rg-touchstone-${environment}`;
  const groups = Named.parse(await az('group', 'list')).map(({ name }) => name);
  for (const name of groups.filter(one => one === group || one.startsWith(`${group}-`))) {
    await leaveNetworks(az, name, pause);
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

/**
 * Flex Consumption lets go of a subnet minutes after an app left it, and when the app is deleted before, for days not: the network cannot
 * be deleted meanwhile (https://github.com/Azure/Azure-Functions/issues/2605).
 */
async function leaveNetworks(az: Az, name: string, pause: () => Promise<unknown>): Promise<void> {
  const group = ['--resource-group', name];
  const sites = Sites.parse(await az('functionapp', 'list', ...group));
  for (const site of sites.filter(({ virtualNetworkSubnetId }) => Boolean(virtualNetworkSubnetId)))
    await az('functionapp', 'vnet-integration', 'remove', ...group, '--name', site.name);
  for (let attempt = 1; await isHeld(az, group); attempt += 1) {
    if (attempt === ATTEMPTS) throw new Error(`a subnet of ${name} is still held: run this again later`);
    await pause();
  }
}

async function isHeld(az: Az, group: readonly string[]): Promise<boolean> {
  const networks = Networks.parse(await az('network', 'vnet', 'list', ...group));
  const links = networks.flatMap(({ subnets }) => subnets.flatMap(subnet => subnet.serviceAssociationLinks));
  return links.some(link => link !== null && link !== undefined);
}
